package care_test

import (
	"errors"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/care"
	"lotsen/internal/records"
	"lotsen/test/kit"
)

// TestWhatWasNeverSaidIsForgotten holds that what could not be said lies about for 30 days at most, though its author has lost the queue.
func TestWhatWasNeverSaidIsForgotten(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	_, c := s.Active(t, kit.Anna)
	id := s.hold(s.Nurse, c.Id, "ett", 5*time.Second)
	s.must(nil, s.App.RunInTransaction(func(tx core.App) error { return s.Desk.LoseStaff(t.Context(), tx, s.Nurse.ID, nil) }))
	s.after(5 * time.Second)
	forget := func() {
		t.Helper()
		_, err := s.Desk.Forget(t.Context())
		s.must(nil, err)
	}
	s.Clock.Advance(30 * 24 * time.Hour)
	forget()
	if u, err := records.UnsaidByID(s.App, id); err != nil || u.State() != records.Failed || u.Body() != "ett" {
		t.Fatalf("after 30 days: %v, want what could not be said, with its words", err)
	}
	s.Clock.Advance(time.Second)
	forget()
	if _, err := records.UnsaidByID(s.App, id); !errors.Is(err, records.ErrNotFound) {
		t.Errorf("after that: %v, want it gone", err)
	}
}

// TestWhyItCouldNotBeSaid: who reads that they may not write there any more looks for the fault in the wrong place.
func TestWhyItCouldNotBeSaid(t *testing.T) {
	t.Parallel()
	for want, between := range map[string]func(s shift, id string){
		"right": func(s shift, _ string) {
			s.must(nil, s.App.RunInTransaction(func(tx core.App) error { return s.Desk.LoseStaff(s.t.Context(), tx, s.Nurse.ID, nil) }))
			_, err := s.App.DB().Update("staff", dbx.Params{"queues": "[]"}, dbx.HashExp{"id": s.Nurse.ID}).Execute()
			s.must(nil, err)
		},
		"state": func(s shift, id string) {
			_, err := s.App.DB().Update(records.Cases, dbx.Params{"state": "waiting"}, dbx.HashExp{"id": id}).Execute()
			s.must(nil, err)
		},
		"invalid": func(s shift, id string) { // the advice must then stand in Swedish, too
			_, err := s.App.DB().Update(records.Cases, dbx.Params{"language": "en"}, dbx.HashExp{"id": id}).Execute()
			s.must(nil, err)
		},
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			s := newShift(t)
			_, c := s.Active(t, kit.Anna)
			if want == "right" {
				s.hold(s.Nurse, c.Id, "ett", 5*time.Second)
			} else {
				s.holdEnd(c.Id)
			}
			between(s, c.Id)
			s.after(10 * time.Second)
			all, err := s.Desk.HeldOf(t.Context(), s.Nurse, c.Id)
			s.must(nil, err)
			if len(all) != 1 || all[0].Why() != want {
				t.Errorf("kept: %v, want one that failed because of %q", s.kept(s.Nurse, c.Id), want)
			}
		})
	}
}

// TestAFaultOfTheDatabaseIsNoFreeID holds that an id of which nothing can be known is not taken for free.
func TestAFaultOfTheDatabaseIsNoFreeID(t *testing.T) {
	t.Parallel()
	s := newShift(t)
	_, c := s.Active(t, kit.Anna)
	_, err := s.App.DB().RenameTable(records.Messages, "elsewhere").Execute()
	s.must(nil, err)
	_, err = s.Desk.HoldMessage(t.Context(), s.Nurse, c.Id, care.HeldMessage{ID: core.GenerateDefaultRandomId(), Body: "ett", For: time.Second})
	if err == nil || errors.Is(err, care.ErrTaken) {
		t.Errorf("holding a message where the messages cannot be read: %v, want the fault", err)
	}
	if kept := s.kept(s.Nurse, c.Id); len(kept) > 0 {
		t.Errorf("kept: %v, want nothing", kept)
	}
}
