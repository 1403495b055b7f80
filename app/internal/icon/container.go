package main

import (
	"bytes"
	"encoding/binary"
)

// ico packs pictures for Windows: a directory and PNGs, which Windows reads since Vista. Each entry has
// 16 bytes, see https://learn.microsoft.com/previous-versions/ms997538(v=msdn.10).
func ico(drawn map[int][]byte) []byte {
	wanted := []int{16, 24, 32, 48, 64, 128, 256}
	var head, body bytes.Buffer
	put := func(values ...any) {
		for _, v := range values {
			_ = binary.Write(&head, binary.LittleEndian, v) // a buffer takes all
		}
	}
	put(uint16(0), uint16(1), uint16(len(wanted)))
	for _, size := range wanted {
		content := drawn[size]
		side := uint8(size % 256) // 0 means 256
		put(side, side, uint8(0), uint8(0), uint16(1), uint16(32), uint32(len(content)), uint32(6+16*len(wanted)+body.Len()))
		body.Write(content)
	}
	return append(head.Bytes(), body.Bytes()...)
}

// icns packs pictures for macOS: elements of a type, a length that counts its own 8 bytes, and a PNG. The
// types ic11 to ic14 are the same sizes for displays with two pixels a point.
func icns(drawn map[int][]byte) []byte {
	elements := []struct {
		kind string
		size int
	}{{"icp4", 16}, {"icp5", 32}, {"ic11", 32}, {"ic12", 64}, {"ic07", 128}, {"ic13", 256}, {"ic08", 256}, {"ic14", 512}, {"ic09", 512}}
	var body bytes.Buffer
	for _, e := range elements {
		content := drawn[e.size]
		body.WriteString(e.kind)
		_ = binary.Write(&body, binary.BigEndian, uint32(8+len(content))) // a buffer takes all
		body.Write(content)
	}
	return append(binary.BigEndian.AppendUint32([]byte("icns"), uint32(8+body.Len())), body.Bytes()...)
}
