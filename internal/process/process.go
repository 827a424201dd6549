// Package process names the running program so that another one on the same
// machine can tell whether it is still there: what a killed program had begun
// is then taken over at once, without waiting for a lease to end. It must not
// know what the programs do.
package process

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// Self names this process: the boot of the machine, the namespace of its
// process numbers, its number and when it began. It is "" where the system
// does not tell these.
func Self() string {
	place, ok := place()
	if !ok {
		return ""
	}
	began, ok := began(os.Getpid())
	if !ok {
		return ""
	}
	return fmt.Sprintf("%s %d %s", place, os.Getpid(), began)
}

// Gone reports whether the process that named itself so is surely no more. One
// of another machine, or of another container, may live: nobody here can tell.
func Gone(name string) bool {
	rest, ok := strings.CutPrefix(name, placeOrNone()+" ")
	if !ok {
		return false
	}
	number, then, ok := strings.Cut(rest, " ")
	pid, err := strconv.Atoi(number)
	if !ok || err != nil || pid <= 0 {
		return false
	}
	if _, err := os.Stat("/proc/" + number); os.IsNotExist(err) {
		return true
	}
	now, ok := began(pid)
	return ok && now != then
}

// place tells one room of process numbers from every other.
func place() (string, bool) {
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return "", false
	}
	numbers, err := os.Readlink("/proc/self/ns/pid")
	if err != nil {
		return "", false
	}
	return string(bytes.TrimSpace(boot)) + " " + numbers, true
}

func placeOrNone() string {
	p, ok := place()
	if !ok {
		return "\x00"
	}
	return p
}

// began returns the tick at which a process began: the 22nd field of its stat.
// Its second is the program's name in brackets and may hold anything.
func began(pid int) (string, bool) {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return "", false
	}
	_, after, ok := bytes.Cut(stat[max(0, bytes.LastIndexByte(stat, ')')):], []byte(") "))
	fields := bytes.Fields(after)
	if !ok || len(fields) < 20 {
		return "", false
	}
	return string(fields[19]), true
}
