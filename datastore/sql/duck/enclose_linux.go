package duck

import (
	"fmt"
	"os"
	"runtime"
	"syscall"
	"unsafe"
)

// move gives a descriptor another number.
func move(from, to int) error {
	if err := syscall.Dup3(from, to, 0); err != nil {
		return err
	}
	return syscall.Close(from)
}

// The numbers of Linux that package syscall does not have.
const (
	prSetNoNewPrivs  = 38
	seccompSetFilter = 1
	seccompAllTasks  = 1 // SECCOMP_FILTER_FLAG_TSYNC
	seccompAllow     = 0x7fff0000
	seccompDeny      = 0x00050000 | uint32(syscall.EACCES)
	offsetNumber     = 0
	offsetArch       = 4
	offsetArgument   = 16 // each takes eight bytes
	writing          = syscall.O_WRONLY | syscall.O_RDWR | syscall.O_CREAT | syscall.O_TRUNC
)

// An architecture is what a filter has to know of one.
type architecture struct {
	audit   uint32
	seccomp uintptr
	open    uint32 // 0 = has openat only
	openat  uint32
	tgkill  uint32
	denied  []uint32
}

// enclose has the kernel refuse this process whatever opens a way out: to write
// a file, to make a socket, to start a program, to look into another process.
// Where the machine is one that the filter does not know, limits alone hold.
func enclose() error {
	a, ok := architectures[runtime.GOARCH]
	if !ok {
		return nil
	}
	if _, _, e := syscall.RawSyscall6(syscall.SYS_PRCTL, prSetNoNewPrivs, 1, 0, 0, 0, 0); e != 0 {
		return fmt.Errorf("no new privileges: %w", e)
	}
	filter := filterOf(a)
	program := syscall.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}                                  //nolint:gosec // a few dozen
	_, _, e := syscall.Syscall(a.seccomp, seccompSetFilter, seccompAllTasks, uintptr(unsafe.Pointer(&program))) //nolint:gosec // as the kernel asks
	runtime.KeepAlive(filter)
	if e == syscall.ENOSYS || e == syscall.EINVAL { // a kernel without filters
		return nil
	}
	if e != 0 {
		return fmt.Errorf("filter: %w", e)
	}
	return nil
}

func filterOf(a architecture) []syscall.SockFilter {
	const load, equal, anyBit, end = syscall.BPF_LD | syscall.BPF_W | syscall.BPF_ABS, syscall.BPF_JMP | syscall.BPF_JEQ | syscall.BPF_K,
		syscall.BPF_JMP | syscall.BPF_JSET | syscall.BPF_K, syscall.BPF_RET | syscall.BPF_K
	deny := syscall.SockFilter{Code: end, K: seccompDeny}
	f := []syscall.SockFilter{
		{Code: load, K: offsetArch}, {Code: equal, Jt: 1, K: a.audit}, deny, // another table of calls would be another language
		{Code: load, K: offsetNumber},
	}
	for _, call := range []struct{ number, argument uint32 }{{a.open, 1}, {a.openat, 2}} {
		if call.number != 0 {
			f = append(f, syscall.SockFilter{Code: equal, Jf: 4, K: call.number}, syscall.SockFilter{Code: load, K: offsetArgument + 8*call.argument},
				syscall.SockFilter{Code: anyBit, Jf: 1, K: writing}, deny, syscall.SockFilter{Code: load, K: offsetNumber})
		}
	}
	f = append(f, syscall.SockFilter{Code: equal, Jf: 4, K: a.tgkill}, syscall.SockFilter{Code: load, K: offsetArgument}, // the runtime wakes its own threads so
		syscall.SockFilter{Code: equal, Jt: 1, K: uint32(os.Getpid())}, deny, syscall.SockFilter{Code: load, K: offsetNumber}) //nolint:gosec // a small number
	for _, n := range a.denied {
		f = append(f, syscall.SockFilter{Code: equal, Jf: 1, K: n}, deny)
	}
	return append(f, syscall.SockFilter{Code: end, K: seccompAllow})
}

// architectures are those that we know the numbers of calls of. Denied are:
// openat2, creat, truncate, rename, link, symlink, unlink, mkdir, rmdir, chmod,
// chown, mknod, socket, connect, bind, listen, sendto, execve, fork, ptrace,
// reading and writing the memory of others, kill, setrlimit of others, mount,
// bpf, io_uring, userfaultfd and their kin.
var architectures = map[string]architecture{
	"amd64": {
		audit: 0xc000003e, seccomp: 317, open: 2, openat: 257, tgkill: 234,
		denied: []uint32{
			437, 85, 76, 77, 82, 264, 316, 86, 265, 88, 266, 87, 263, 83, 258, 84, 90, 91, 268, 92, 93, 94, 260, 133, 259,
			41, 53, 42, 49, 50, 59, 322, 57, 58, 101, 310, 311, 62, 200, 165, 272, 308, 321, 425, 426, 427, 323, 304, 161, 155, 188, 189, 175, 313,
		},
	},
	"arm64": {
		audit: 0xc00000b7, seccomp: 277, openat: 56, tgkill: 131,
		denied: []uint32{
			437, 45, 46, 38, 276, 37, 36, 35, 34, 33, 53, 52, 54, 55, 198, 199, 203, 200, 201, 221, 281, 117, 270, 271, 129, 130, 40, 97, 268,
			280, 425, 426, 427, 282, 265, 51, 41, 105, 273,
		},
	},
}
