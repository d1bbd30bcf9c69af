package uploads

import (
	"image"

	"lotsen/internal/uploads/meta"
)

// turn returns the picture as it was meant to be seen. The cases say where a pixel of the upright picture, x from the left and y from the top, stands in
// the stored one (EXIF 2.32, 4.6.4 A, "Orientation").
func turn(img *image.RGBA, o meta.Orientation) *image.RGBA {
	if o == meta.Upright {
		return img
	}
	w, h := img.Rect.Dx(), img.Rect.Dy()
	upright := image.Rect(0, 0, w, h)
	if o >= 5 { // row and column change places
		upright = image.Rect(0, 0, h, w)
	}
	out := image.NewRGBA(upright)
	for y := range upright.Dy() {
		for x := range upright.Dx() {
			sx, sy := stored(o, x, y, w, h)
			from, to := sy*img.Stride+4*sx, y*out.Stride+4*x
			copy(out.Pix[to:to+4], img.Pix[from:from+4])
		}
	}
	return out
}

func stored(o meta.Orientation, x, y, w, h int) (sx, sy int) {
	switch o {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return y, h - 1 - x
	case 7:
		return w - 1 - y, h - 1 - x
	case 8:
		return w - 1 - y, x
	case meta.Upright:
	}
	return x, y
}
