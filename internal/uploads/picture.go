package uploads

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/webp"

	"lotsen/internal/uploads/meta"
)

const (
	// jpegQuality keeps the grain of a rash; a 2000-pixel photo is then about 700 KiB.
	jpegQuality = 88
	// maxPNG is the weight above which a PNG is kept as a JPEG: a drawing or a screenshot stays below it, a photo does not.
	maxPNG = 2 << 20
	// maxScans is far above what an encoder writes, and far below what it takes to keep a core busy for minutes.
	maxScans = 100
)

// decoder is a format's way to tell a picture's size before it unpacks it.
type decoder struct {
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
}

var decoders = map[string]decoder{
	jpegType:     {jpeg.DecodeConfig, jpeg.Decode},
	pngType:      {png.DecodeConfig, png.Decode},
	"image/gif":  {gif.DecodeConfig, gif.Decode},
	"image/webp": {webp.DecodeConfig, webp.Decode},
}

// cleanPicture decodes a picture and encodes its pixels anew. Nothing else of the file can come through.
func cleanPicture(ctx context.Context, kind string, in []byte) (mime string, out []byte, err error) {
	defer refusePanic(&err)
	weight, err := sizeBefore(kind, in)
	if err != nil {
		return "", nil, err
	}
	if err := atWork.Acquire(ctx, weight); err != nil {
		return "", nil, fmt.Errorf("wait to clean a picture: %w", err)
	}
	defer atWork.Release(weight)

	src, err := decoders[kind].decode(bytes.NewReader(in))
	if err != nil {
		return "", nil, refuseDecoding(err)
	}
	img := shrink(src, MaxSide)
	toSRGB(img, meta.Profile(in))
	img = turn(img, meta.OrientationOf(meta.EXIF(in)))
	return encode(img, kind == jpegType || kind == "image/webp")
}

// sizeBefore says how many pixels the picture unpacks to, and refuses a bomb before it is lit.
func sizeBefore(kind string, in []byte) (int64, error) {
	config, err := decoders[kind].config(bytes.NewReader(in))
	if err != nil {
		return 0, refuseDecoding(err)
	}
	if config.Width < 1 || config.Height < 1 {
		return 0, refuse(Damaged, nil)
	}
	pixels := int64(config.Width) * int64(config.Height)
	if pixels > MaxPixels {
		return 0, refuse(TooManyPixels, nil)
	}
	if kind == jpegType && meta.Scans(in) > maxScans {
		return 0, refuse(Damaged, errors.New("too many scans"))
	}
	return pixels, nil
}

// refuseDecoding tells what is broken from what is whole but of a kind that our decoders do not know.
func refuseDecoding(err error) error {
	var jpegKind jpeg.UnsupportedError
	var pngKind png.UnsupportedError
	if errors.As(err, &jpegKind) || errors.As(err, &pngKind) {
		return refuse(UnsupportedType, err)
	}
	return refuse(Damaged, err)
}

// encode writes a photo as JPEG and anything drawn as PNG, unless the PNG grows too heavy. What is transparent becomes white in a JPEG.
func encode(img *image.RGBA, photo bool) (mime string, out []byte, err error) {
	var buf bytes.Buffer
	if !photo || !img.Opaque() {
		if err := png.Encode(&buf, img); err != nil {
			return "", nil, fmt.Errorf("encode PNG: %w", err)
		}
		if buf.Len() <= maxPNG {
			return pngType, buf.Bytes(), nil
		}
		buf.Reset()
		img = onWhite(img)
	}
	if err := jpeg.Encode(&buf, img, &jpeg.Options{Quality: jpegQuality}); err != nil {
		return "", nil, fmt.Errorf("encode JPEG: %w", err)
	}
	return jpegType, buf.Bytes(), nil
}

func onWhite(img *image.RGBA) *image.RGBA {
	page := image.NewRGBA(img.Rect)
	draw.Draw(page, page.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(page, page.Rect, img, img.Rect.Min, draw.Over)
	return page
}
