//go:build !linux

package worker

import "runtime/debug"

// restrict bounds this process as far as the Go runtime can by itself.
func restrict(l Limits) error {
	debug.SetMemoryLimit(l.Memory * 3 / 4)
	return nil
}
