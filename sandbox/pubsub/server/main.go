// Command server is the sandbox's Pub/Sub: Google's own in-memory fake, pstest, behind a port on the loopback interface.
// What pstest leaves out and the sandbox needs is added: messages are checked against the schema of their topic.
//
// It prints one line of JSON, {"host":"127.0.0.1:<port>"}, once it serves, and exits as soon as its standard input is closed,
// so that it never outlives the process that started it.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"strconv"
	"syscall"

	"cloud.google.com/go/pubsub/v2/pstest"
)

func main() {
	port := flag.Int("port", 0, "port on 127.0.0.1 to serve on; 0 picks a free one")
	flag.Parse()
	if err := serve(*port); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve(port int) error {
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	// pstest panics when it cannot listen; find that out first, to say it in a sentence.
	probe, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w", address, err)
	}
	if err := probe.Close(); err != nil {
		return err
	}
	server := pstest.NewServerWithAddress(address, newSchemas().options()...)
	if err := json.NewEncoder(os.Stdout).Encode(map[string]string{"host": server.Addr}); err != nil {
		return err
	}

	done := make(chan os.Signal, 1)
	signal.Notify(done, syscall.SIGINT, syscall.SIGTERM)
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		done <- syscall.SIGTERM
	}()
	<-done
	// Nothing is kept, so there is nothing to save; closing would wait for open streams.
	return nil
}
