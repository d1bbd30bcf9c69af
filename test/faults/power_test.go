package faults

import (
	"net/http"
	"testing"
)

const cuts = 5 // of a clinic at work

// TestWhatWasAnsweredOutlivesAPowerCut lets patients and nurses work, cuts the power at any moment, and again, on what is left.
func TestWhatWasAnsweredOutlivesAPowerCut(t *testing.T) {
	t.Parallel()
	m := boot(t)
	m.outlives(t, cuts**rounds, m.losePower)
}

// TestADiskThatLiesIsFoundOut holds the means itself: on a disk that acknowledges what it does not keep, an answer is lost. A test of power cuts
// that finds nothing there finds nothing anywhere.
func TestADiskThatLiesIsFoundOut(t *testing.T) {
	t.Parallel()
	m := boot(t)
	p := m.patients[0]
	m.arrive(t, p)
	m.disk.Lie()
	before := len(listOf[messageRow](t, p.Client, "messages", p.theCase))
	if !p.speak(t.Context()) {
		t.Fatalf("a message was not taken: %v", p.told.takeFaults())
	}
	m.chance = nil // nothing is kept by luck
	m.losePower(t)
	m.start(t)
	p.Want(t, http.StatusOK, http.MethodGet, recordPath("cases", p.theCase), nil, nil)
	if now := len(listOf[messageRow](t, p.Client, "messages", p.theCase)); now != before {
		t.Errorf("the message is there (%d before, %d now) although the disk has lost it", before, now)
	}
}
