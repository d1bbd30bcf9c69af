package meta

import "encoding/binary"

// Orientation is EXIF's tag 0x0112: where the first row and the first column of the stored picture belong. 1 is upright.
type Orientation int

// Upright is the orientation of a picture that says nothing, or nonsense, about it.
const Upright Orientation = 1

const (
	tagOrientation = 0x0112
	typeShort      = 3
)

// OrientationOf reads the orientation from a TIFF block as EXIF returns it (EXIF 2.32, 4.6.4 A).
func OrientationOf(tiff []byte) Orientation {
	if len(tiff) < 8 {
		return Upright
	}
	var order binary.ByteOrder
	switch string(tiff[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return Upright
	}
	first := int64(order.Uint32(tiff[4:]))
	if first+2 > int64(len(tiff)) {
		return Upright
	}
	entries := tiff[first+2:]
	for range order.Uint16(tiff[first:]) {
		if len(entries) < 12 {
			break
		}
		if order.Uint16(entries) == tagOrientation && order.Uint16(entries[2:]) == typeShort {
			if o := Orientation(order.Uint16(entries[8:])); o >= 1 && o <= 8 {
				return o
			}
			break
		}
		entries = entries[12:]
	}
	return Upright
}
