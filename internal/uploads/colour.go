package uploads

import (
	"image"
	"math"

	"lotsen/internal/uploads/meta"
)

// toSRGB repaints a picture whose colour profile has other primaries than sRGB. Profiles are dropped like all that is not a pixel, and a
// phone's Display P3 without its profile is shown too pale: a rash would look milder than it is. The tone curve is taken to be sRGB's, which holds for
// Display P3 and nearly for Adobe RGB. A profile that is absent, of another kind, or nonsense changes nothing.
func toSRGB(img *image.RGBA, profile []byte) {
	primaries, ok := meta.Primaries(profile)
	if !ok {
		return
	}
	m := srgbFromXYZ.times(primaries)
	if m.isIdentity() {
		return
	}
	for i := 0; i < len(img.Pix); i += 4 {
		p := img.Pix[i : i+4 : i+4]
		a := p[3]
		if a == 0 {
			continue
		}
		r, g, b := linear[unmultiply(p[0], a)], linear[unmultiply(p[1], a)], linear[unmultiply(p[2], a)]
		for row := range 3 {
			v := m[row][0]*r + m[row][1]*g + m[row][2]*b
			full := encoded[int(max(0, min(1, v))*float64(len(encoded)-1)+0.5)]
			p[row] = multiply(full, a)
		}
	}
}

func multiply(v, a uint8) uint8 {
	return uint8((uint(v)*uint(a) + 127) / 255) //nolint:gosec // at most 255
}

func unmultiply(v, a uint8) uint8 {
	return uint8(min(255, (uint(v)*255+uint(a)/2)/uint(a)))
}

type matrix [3][3]float64

// srgbFromXYZ takes XYZ as profiles hold it (white point D50) to linear sRGB. It is the inverse of the columns in the ICC's own sRGB profile.
var srgbFromXYZ = matrix{
	{3.1338561, -1.6168667, -0.4906146},
	{-0.9787684, 1.9161415, 0.0334540},
	{0.0719453, -0.2289914, 1.4052427},
}

func (m matrix) times(n matrix) (out matrix) {
	for i := range 3 {
		for j := range 3 {
			for k := range 3 {
				out[i][j] += m[i][k] * n[k][j]
			}
		}
	}
	return out
}

// isIdentity says that the profile means sRGB but for rounding.
func (m matrix) isIdentity() bool {
	for i := range 3 {
		for j := range 3 {
			want := 0.0
			if i == j {
				want = 1
			}
			if math.Abs(m[i][j]-want) > 0.02 {
				return false
			}
		}
	}
	return true
}

// linear and encoded are sRGB's tone curve (IEC 61966-2-1) and its inverse, as tables.
var (
	linear  = linearTable()
	encoded = encodedTable()
)

func linearTable() (t [256]float64) {
	for i := range t {
		if v := float64(i) / 255; v <= 0.04045 {
			t[i] = v / 12.92
		} else {
			t[i] = math.Pow((v+0.055)/1.055, 2.4)
		}
	}
	return t
}

func encodedTable() (t [1 << 14]uint8) {
	for i := range t {
		v := float64(i) / float64(len(t)-1)
		if v <= 0.0031308 {
			v *= 12.92
		} else {
			v = 1.055*math.Pow(v, 1/2.4) - 0.055
		}
		t[i] = uint8(v*255 + 0.5)
	}
	return t
}
