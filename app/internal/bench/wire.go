package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
)

// The load and the sink share the computer with what is measured, so they speak HTTP/1.1 by hand, at a
// fraction of what net/http takes. Both sides send bodies with a length and keep connections open.

var errWire = errors.New("the other side does not speak as agreed")

// read reads a message: its first line, and its body into the buffer given.
func read(r *bufio.Reader, body []byte) (first string, _ []byte, err error) {
	length := 0
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return "", nil, err
		}
		line = bytes.TrimRight(line, "\r\n")
		switch {
		case first == "":
			first = string(line)
		case len(line) == 0:
			if cap(body) < length {
				body = make([]byte, length)
			}
			body = body[:length]
			_, err := io.ReadFull(r, body)
			return first, body, err
		case len(line) > 15 && bytes.EqualFold(line[:15], []byte("Content-Length:")):
			if length, err = strconv.Atoi(string(bytes.TrimSpace(line[15:]))); err != nil {
				return "", nil, errWire
			}
		}
	}
}

// status returns the number in an answer's first line.
func status(first string) (int, error) {
	if len(first) < 12 {
		return 0, errWire
	}
	return strconv.Atoi(first[9:12])
}
