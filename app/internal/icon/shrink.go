package main

import "image"

// shrink returns a square picture of size by size. Each of its pixels is the mean of what it covers, by
// area, in colours already multiplied by their opacity, so that edges stay clean.
func shrink(from *image.RGBA, size int) *image.RGBA {
	to := image.NewRGBA(image.Rect(0, 0, size, size))
	side := from.Bounds().Dx()
	for y := range size {
		for x := range size {
			// In units of 1/size of a pixel of the large picture, so that all of it is whole numbers.
			left, top := x*side, y*side
			var sum [4]int
			for v := top / size; v*size < top+side; v++ {
				for h := left / size; h*size < left+side; h++ {
					area := overlap(h, left, side, size) * overlap(v, top, side, size)
					at := from.PixOffset(h, v)
					for c := range sum {
						sum[c] += area * int(from.Pix[at+c])
					}
				}
			}
			at := to.PixOffset(x, y)
			for c := range sum {
				to.Pix[at+c] = uint8((sum[c] + side*side/2) / (side * side))
			}
		}
	}
	return to
}

// overlap is how much of the large picture's pixel number n lies between start and start+side.
func overlap(n, start, side, size int) int {
	return min((n+1)*size, start+side) - max(n*size, start)
}
