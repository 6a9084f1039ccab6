package main

import "syscall"

// A group of its own, so that Ctrl-C in a terminal reaches the keeper alone, which then ends the program in order.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
