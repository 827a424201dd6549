package process_test

import (
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"portico/internal/process"
)

// TestMain lets the test be the other process, too.
func TestMain(m *testing.M) {
	if os.Getenv("PORTICO_TEST_NAME_YOURSELF") != "" {
		os.Stdout.WriteString(process.Self() + "\n")
		os.Stdin.Read(make([]byte, 1))
		return
	}
	os.Exit(m.Run())
}

func TestAProcessIsGoneWhenItWasKilled(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells when a process began")
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), "PORTICO_TEST_NAME_YOURSELF=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := cmd.StdinPipe(); err != nil { // it reads until it is killed
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line := make([]byte, 500)
	n, err := out.Read(line)
	if err != nil {
		t.Fatal(err)
	}
	name := strings.TrimSpace(string(line[:n]))
	if process.Gone(name) {
		t.Errorf("%s is taken for dead while it lives", name)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // says that it was killed
	if !process.Gone(name) {
		t.Errorf("%s is taken for alive after it was killed", name)
	}
}

func TestOnlyWhatIsSurelyGoneIsGone(t *testing.T) {
	self := process.Self()
	if process.Gone(self) {
		t.Errorf("this very process, %s, is taken for dead", self)
	}
	for _, name := range []string{"", "somebody", "other-boot pid:[1] 99999999 1"} {
		if process.Gone(name) {
			t.Errorf("%q is taken for dead", name)
		}
	}
	if runtime.GOOS == "linux" && !process.Gone(self+"1") {
		t.Error("another process with the number of this one is taken for the one before")
	}
}
