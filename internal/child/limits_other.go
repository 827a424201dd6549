//go:build !linux

package child

import "runtime/debug"

// Restrict bounds this process as far as the Go runtime can by itself.
func (l Limits) Restrict() error {
	debug.SetMemoryLimit(l.OrDefault().Memory * 3 / 4)
	return nil
}
