// Package load lets a lively clinic work in the built binary, with thousands of phones connected, and asks afterwards whether anything was lost.
//
// `make load` runs it at full size and shows how long each command took. It proves no speed: its load generator shares the machine with the
// server, and the report says how much of it each of the two used. docs/performance.md says what generates what.
package load

import (
	"flag"
	"testing"
	"time"

	"lotsen/test/kit"
)

var (
	streams = flag.Int("streams", 5000, "phones that wait, each with a connection")
	pace    = flag.Int("commands", 50, "commands a second")
	lasting = flag.Duration("lasting", 3*time.Minute, "how long")
	back    = flag.Int("back", 1600, "phones that are connected when the program is killed, and come back")
)

func TestMain(m *testing.M) { kit.RunBinary(m) }

// BenchmarkLoad is the load at full size, once. Run it with -benchtime 1x.
func BenchmarkLoad(b *testing.B) {
	c := open(b, size{phones: *streams, pace: *pace, lasting: *lasting, back: *back})
	c.run()
	c.report(b)
}

// TestNothingIsLostUnderLoad is the load in small: it holds the promises, and no time.
func TestNothingIsLostUnderLoad(t *testing.T) {
	t.Parallel()
	open(t, size{phones: 150, pace: 20, lasting: 5 * time.Second, back: 100}).run()
}

// size is how much happens.
type size struct {
	phones, pace, back int
	lasting            time.Duration
}

// run lets people come and be helped, kills the program under them, starts it again, and asks what is there.
func (c *clinic) run() {
	c.t.Helper()
	c.connectAll()
	c.begin()
	c.work(c.size.lasting)
	c.heardInTime()
	c.restart()
	c.finish()
	c.checkMessages()
	c.checkPlaces()
}
