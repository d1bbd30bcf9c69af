package uploads

import (
	"image"
	"image/draw"
)

// shrink returns the picture with its longest side at most maxSide. Each new pixel is the mean of the area that it covers, so fine lines
// fade but none is lost or invented. It holds one row of the source at a time, where a kernel of golang.org/x/image/draw would hold
// 32 bytes for each pixel of an intermediate picture.
func shrink(src image.Image, maxSide int) *image.RGBA {
	from := src.Bounds()
	w, h := fit(from.Dx(), from.Dy(), maxSide)
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	if w == from.Dx() && h == from.Dy() {
		draw.Draw(dst, dst.Rect, src, from.Min, draw.Src)
		return dst
	}
	row := image.NewRGBA(image.Rect(0, 0, from.Dx(), 1))
	parts := split(from.Dx(), w)
	narrow := make([]float32, 4*w)
	sum := make([]float32, 4*w)
	scale := float64(h) / float64(from.Dy())
	for y, done := 0, 0; y < from.Dy(); y++ {
		draw.Draw(row, row.Rect, src, image.Pt(from.Min.X, from.Min.Y+y), draw.Src)
		narrowRow(narrow, row.Pix, parts)
		// In units of the new rows this one reaches from top to bottom; it belongs to one new row, or is shared by two.
		top, bottom := float64(y)*scale, float64(y+1)*scale
		if edge := float64(done + 1); bottom >= edge || y == from.Dy()-1 {
			share := min(edge, bottom) - top
			addRow(sum, narrow, share)
			putRow(dst.Pix[done*dst.Stride:], sum)
			clear(sum)
			addRow(sum, narrow, max(bottom-edge, 0))
			done = min(done+1, h-1)
			continue
		}
		addRow(sum, narrow, bottom-top)
	}
	return dst
}

// fit scales the sides so that the longer is at most maxSide and the shorter at least one pixel.
func fit(w, h, maxSide int) (int, int) {
	switch {
	case max(w, h) <= maxSide:
		return w, h
	case w >= h:
		return maxSide, max(1, (h*maxSide+w/2)/w)
	default:
		return max(1, (w*maxSide+h/2)/h), maxSide
	}
}

// part says to which new pixels an old one adds: so much to the one at, the rest to its neighbour on the right.
type part struct {
	at          int
	share, rest float32
}

// split says for each of n old pixels in a row where it goes in a row of w, w < n.
func split(n, w int) []part {
	parts := make([]part, n)
	scale := float64(w) / float64(n)
	for x := range parts {
		left, right := float64(x)*scale, float64(x+1)*scale
		at := min(int(left), w-1)
		share := min(right, float64(at+1)) - left
		parts[x] = part{at: at, share: float32(share)}
		if at+1 < w {
			parts[x].rest = float32(right - left - share)
		}
	}
	return parts
}

// narrowRow fills dst with the means of src's pixels over each new pixel's width. Colours are premultiplied, so a clear pixel adds none.
func narrowRow(dst []float32, src []uint8, parts []part) {
	clear(dst)
	for x, p := range parts {
		add(dst[4*p.at:], src[4*x:], p.share)
		if p.rest > 0 {
			add(dst[4*(p.at+1):], src[4*x:], p.rest)
		}
	}
}

func add(dst []float32, src []uint8, share float32) {
	_, _ = dst[3], src[3] // one check of bounds in place of eight
	dst[0] += share * float32(src[0])
	dst[1] += share * float32(src[1])
	dst[2] += share * float32(src[2])
	dst[3] += share * float32(src[3])
}

func addRow(sum, row []float32, share float64) {
	s := float32(share)
	for i, v := range row {
		sum[i] += s * v
	}
}

func putRow(dst []uint8, sum []float32) {
	for i := 0; i < len(sum); i += 4 {
		alpha := min(sum[i+3]+0.5, 255)
		for c := range 3 {
			dst[i+c] = uint8(min(sum[i+c]+0.5, alpha)) // rounding must not lift a colour above its alpha
		}
		dst[i+3] = uint8(alpha)
	}
}
