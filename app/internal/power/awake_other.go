//go:build !linux && !darwin && !windows

package power

import "errors"

func holdAwake() (func(), error) {
	return nil, errors.New("this system has no way to be asked to stay awake")
}
