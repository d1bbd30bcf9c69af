package meta

import "encoding/binary"

// Primaries returns the XYZ of red, green and blue, as columns, of an ICC profile that describes RGB by three primaries (ICC.1:2022, 8.3). ok is
// false for any other profile, and for primaries no device could have.
func Primaries(icc []byte) (xyz [3][3]float64, ok bool) {
	const header = 128
	if len(icc) < header+4 || string(icc[16:20]) != "RGB " || string(icc[20:24]) != "XYZ " {
		return xyz, false
	}
	columns := map[string]int{"rXYZ": 0, "gXYZ": 1, "bXYZ": 2}
	tags := icc[header+4:]
	for range binary.BigEndian.Uint32(icc[header:]) {
		if len(tags) < 12 {
			break
		}
		if column, known := columns[string(tags[:4])]; known {
			if !readXYZ(icc, binary.BigEndian.Uint32(tags[4:]), column, &xyz) {
				return xyz, false
			}
			delete(columns, string(tags[:4]))
		}
		tags = tags[12:]
	}
	return xyz, len(columns) == 0 && plausible(xyz)
}

// readXYZ reads an XYZType: its name, four zero bytes, three numbers of 16 bits before and 16 behind the point.
func readXYZ(icc []byte, offset uint32, column int, xyz *[3][3]float64) bool {
	if int64(offset)+20 > int64(len(icc)) || string(icc[offset:offset+4]) != "XYZ " {
		return false
	}
	for row := range 3 {
		fixed := int32(binary.BigEndian.Uint32(icc[int(offset)+8+4*row:])) //nolint:gosec // s15Fixed16Number is signed by definition
		xyz[row][column] = float64(fixed) / 65536
	}
	return true
}

// plausible holds that the three primaries make the white that all profiles share (D50), so that grey stays grey.
func plausible(xyz [3][3]float64) bool {
	white := [3]float64{0.9642, 1, 0.8249}
	for row, want := range white {
		if sum := xyz[row][0] + xyz[row][1] + xyz[row][2]; sum < want-0.02 || sum > want+0.02 {
			return false
		}
	}
	return true
}
