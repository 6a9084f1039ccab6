// Keeper runs a program for as long as its own standard input stays open: `keeper PROGRAM ARGUMENT...`.
//
// Whoever starts it holds the other end of a pipe. When that end closes, however the holder ended, the program gets SIGTERM and, a grace
// later, SIGKILL. On Linux it ends with the keeper too, should that be killed.
package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"syscall"
	"time"
)

const grace = 5 * time.Second

func init() {
	// Linux ties a child's life to the thread that started it; the main thread lives as long as the process.
	runtime.LockOSThread()
}

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: keeper PROGRAM ARGUMENT...")
		os.Exit(2)
	}
	child := exec.Command(os.Args[1], os.Args[2:]...)
	child.Stdout, child.Stderr = os.Stdout, os.Stderr
	child.SysProcAttr = attributes()
	if err := child.Start(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(127)
	}

	stop := make(chan struct{}, 2)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT)
	go func() {
		<-signals
		stop <- struct{}{}
	}()
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		stop <- struct{}{}
	}()
	go func() {
		<-stop
		_ = child.Process.Signal(syscall.SIGTERM)
		time.Sleep(grace)
		_ = child.Process.Kill()
	}()

	_ = child.Wait()
	if status, ok := child.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		os.Exit(128 + int(status.Signal()))
	}
	os.Exit(child.ProcessState.ExitCode())
}
