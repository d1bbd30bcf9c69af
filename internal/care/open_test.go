package care_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lotsen/internal/access"
	"lotsen/internal/care"
	"lotsen/internal/cases"
	"lotsen/internal/records"
	"lotsen/internal/triage"
	"lotsen/test/kit"
)

// forChild is an opening for the child of the kit. Its body stands for what was sent.
func forChild(t *testing.T, name string) care.Opening {
	t.Helper()
	return care.Opening{
		Region: "demo", Complaint: "sore_throat", Phone: kit.Phone, Language: "sv", Body: name,
		Dependant: &care.Dependant{Number: kit.Number(t, kit.Child), Name: name, Guardian: true},
	}
}

func personOf(t *testing.T, c *records.Case) triage.Person {
	t.Helper()
	var p triage.Person
	if err := c.Person(&p); err != nil {
		t.Fatal(err)
	}
	return p
}

// TestFortyEqualOpeningsAtOnceAreOneCase goes round many times: the twin that commits between two looks at the database is rare.
func TestFortyEqualOpeningsAtOnceAreOneCase(t *testing.T) {
	t.Parallel()
	c := kit.New(t)
	anna := c.Person(t, kit.Anna, "Anna Andersson")
	for round := range 12 {
		in := care.Opening{ID: fmt.Sprintf("caseanna%07d", round), Region: "demo", Complaint: "sore_throat", Body: "the same"}
		if made := openAtOnce(t, c.Desk, anna, in, 40); made != 1 {
			t.Errorf("%d requests have made the case, want 1", made)
		}
		if seq := c.Case(t, in.ID).Seq(); seq != 1 {
			t.Errorf("the case has %d events, want 1", seq)
		}
		if _, err := c.Desk.Leave(t.Context(), anna, in.ID); err != nil {
			t.Fatal(err)
		}
	}
}

// openAtOnce makes the same request n times at once, and counts the answers that say they have made the case.
func openAtOnce(t *testing.T, desk *care.Desk, who access.Who, in care.Opening, n int) int32 {
	t.Helper()
	var wg sync.WaitGroup
	var made atomic.Int32
	for range n {
		wg.Go(func() {
			opened, first, err := desk.Open(t.Context(), who, in)
			if err != nil || opened.Id != in.ID {
				t.Errorf("open: %v, want the case that was asked for", err)
			}
			if first {
				made.Add(1)
			}
		})
	}
	wg.Wait()
	return made.Load()
}

func TestACaseKnowsTheDayInSweden(t *testing.T) {
	t.Parallel()
	c := kit.New(t)
	c.Clock.Advance(15*time.Hour + 30*time.Minute) // 23:30 UTC is half past midnight in Sweden
	opened := c.Open(t, c.Person(t, kit.Anna, "Anna Andersson"))
	if day := personOf(t, opened).Opened.Format(time.DateOnly); day != "2026-11-26" {
		t.Errorf("the case was opened on %s, want the Swedish day 2026-11-26", day)
	}
}

// TestNoHashOfARequestCanBeTriedOut holds that the hash kept of a request, whose body may hold a personal number, is keyed.
func TestNoHashOfARequestCanBeTriedOut(t *testing.T) {
	t.Parallel()
	c := kit.New(t)
	anna := c.Person(t, kit.Anna, "Anna Andersson")
	opened, _, err := c.Desk.Open(t.Context(), anna, forChild(t, "Elsa"))
	if err != nil {
		t.Fatal(err)
	}
	plain := care.Fingerprint("open", anna.ID, "Elsa")
	if got := opened.Fingerprint(); got == plain || !strings.HasPrefix(got, "v1.test.") {
		t.Errorf("the case keeps %q of its request, want a hash under the key in use", got)
	}
}

func TestAGuardianRenamesNobody(t *testing.T) {
	t.Parallel()
	c := kit.New(t)
	anna, bo := c.Person(t, kit.Anna, "Anna Andersson"), c.Person(t, kit.Bo, "Bo Berg")
	first, _, err := c.Desk.Open(t.Context(), anna, forChild(t, "Elsa"))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.Desk.Open(t.Context(), bo, forChild(t, "Somebody Else")); err != nil {
		t.Fatal(err)
	}
	child, err := records.PatientByID(c.App, first.Patient())
	if err != nil || child.Name() != "Elsa" {
		t.Errorf("the child is called %q, %v; want the name that was known", child.Name(), err)
	}
}

func TestEarlierContactsAreThoseOfTheCaller(t *testing.T) {
	t.Parallel()
	c := kit.New(t)
	anna, bo := c.Person(t, kit.Anna, "Anna Andersson"), c.Person(t, kit.Bo, "Bo Berg")
	open := func(who access.Who, body string) triage.Person {
		opened, _, err := c.Desk.Open(t.Context(), who, forChild(t, body))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Desk.Leave(t.Context(), who, opened.Id); err != nil {
			t.Fatal(err)
		}
		return personOf(t, opened)
	}
	open(anna, "first")
	if p := open(bo, "his"); p.Repeat72h != 0 || p.Repeat10d != 0 {
		t.Errorf("the other guardian's case counts %d and %d earlier contacts, want none", p.Repeat72h, p.Repeat10d)
	}
	if p := open(anna, "second"); p.Repeat72h != 1 || p.Repeat10d != 1 {
		t.Errorf("her second case counts %d and %d earlier contacts, want 1 and 1", p.Repeat72h, p.Repeat10d)
	}
	c.Clock.Advance(73 * time.Hour)
	if p := open(bo, "his second"); p.Repeat72h != 0 || p.Repeat10d != 1 {
		t.Errorf("after three days his case counts %d and %d, want 0 and 1", p.Repeat72h, p.Repeat10d)
	}
}

func TestABlockedGuardianOpensNothing(t *testing.T) {
	t.Parallel()
	c := kit.New(t)
	anna := c.Person(t, kit.Anna, "Anna Andersson")
	opened, _, err := c.Desk.Open(t.Context(), anna, forChild(t, "Elsa"))
	if err != nil {
		t.Fatal(err)
	}
	c.Decide(t, anna, opened.Id, nil)
	if _, err := c.Desk.Join(t.Context(), anna, opened.Id, care.Joining{}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Desk.Claim(t.Context(), c.Nurse, opened.Id, "test"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Desk.Verify(t.Context(), c.Nurse, opened.Id, false, "inte vårdnadshavare"); err != nil {
		t.Fatal(err)
	}
	_, _, err = c.Desk.Open(t.Context(), anna, forChild(t, "again"))
	var no *care.NotEligible
	if !errors.As(err, &no) || no.Code != "not_guardian" {
		t.Errorf("got %v, want not_guardian", err)
	}
}

// TestThirteenAtMidnight holds a guardian's right to the instant at which the child turns 13 in Sweden.
func TestThirteenAtMidnight(t *testing.T) {
	t.Parallel()
	c := kit.New(t)
	anna := c.Person(t, kit.Anna, "Anna Andersson")
	in := forChild(t, "Elsa")
	in.Dependant.Number = kit.Number(t, "201311262388") // 13 tomorrow
	c.Clock.Advance(14*time.Hour + 59*time.Minute)      // 22:59 UTC, 23:59 in Sweden
	hers, _, err := c.Desk.Open(t.Context(), anna, in)
	if err != nil {
		t.Fatalf("a minute before the birthday: %v", err)
	}
	c.Clock.Advance(time.Minute)
	in.Body = "later"
	_, _, err = c.Desk.Open(t.Context(), anna, in)
	var open *care.AlreadyOpen
	if !errors.As(err, &open) {
		t.Errorf("before the due row ends her right: got %v, want her open case", err)
	}
	for {
		if more, err := c.Desk.RunBirthdays(t.Context()); err != nil || !more {
			break
		}
	}
	_, _, err = c.Desk.Open(t.Context(), anna, in)
	var no *care.NotEligible
	if !errors.As(err, &no) || no.Code != "guardian_age_limit" {
		t.Errorf("at the birthday: got %v, want guardian_age_limit", err)
	}
	child := access.Who{Kind: access.Patient, ID: hers.Patient()}
	_, _, err = c.Desk.Open(t.Context(), child, care.Opening{Region: "demo", Complaint: "sore_throat", Body: "own"})
	if !errors.As(err, &open) || open.Case != hers.Id || open.State != cases.Answering {
		t.Errorf("the child, who sees the case, got %v, want it named", err)
	}
}
