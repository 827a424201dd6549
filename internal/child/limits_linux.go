package child

import (
	"runtime/debug"
	"syscall"
	"time"
)

// Restrict bounds this process. The memory is what it may write to: the
// runtime reserves far more addresses than it ever uses.
func (l Limits) Restrict() error {
	l = l.OrDefault()
	debug.SetMemoryLimit(l.Memory * 3 / 4)
	seconds := uint64((l.CPU + time.Second - 1) / time.Second)
	for _, r := range []struct {
		id    int
		limit uint64
	}{
		{syscall.RLIMIT_DATA, uint64(l.Memory)},
		{syscall.RLIMIT_CPU, seconds},
		{syscall.RLIMIT_FSIZE, uint64(max(l.Disk, 0))},
		{syscall.RLIMIT_CORE, 0},
		{syscall.RLIMIT_NOFILE, 64},
	} {
		if err := syscall.Setrlimit(r.id, &syscall.Rlimit{Cur: r.limit, Max: r.limit}); err != nil {
			return err
		}
	}
	return nil
}
