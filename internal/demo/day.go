package demo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"lotsen/internal/access"
	"lotsen/internal/care"
	"lotsen/internal/cases"
	"lotsen/internal/records"
)

// ErrNotEmpty says that there are cases already: an invented day would push itself between them.
var ErrNotEmpty = errors.New("--day fills an empty demo only, and there are cases in this one")

// visit is one person's errand on the invented day.
type visit struct {
	after     time.Duration // from the visit before
	name      string
	age       int
	complaint string
	level     cases.Level // of the vignette whose answers the person gives
	unit      string
	talk      time.Duration                      // how long the talk with the nurse goes on, if there is one
	fate      func(context.Context, *play) error // what becomes of it, once it has been decided
}

// visits are the day, in order. Every queue has people of every urgency, and some of everything that can happen to a case.
func visits() []visit {
	return []visit{
		{0, "Birgit Åkesson", 71, "cough", cases.Today, "norrvik", talkTime, treated},
		{10 * time.Minute, "Oskar Lind", 24, "sore_throat", cases.SelfCare, "norrvik", 0, decided},
		{5 * time.Minute, "Amira Haddad", 33, "urinary", cases.Today, "norrvik", talkTime, treated},
		{10 * time.Minute, "Göran Ek", 58, "back_pain", cases.Days, "soder", 0, waits},
		{5 * time.Minute, "Ebba Nyström", 29, "rash", cases.Days, "norrvik", 0, waits},
		{10 * time.Minute, "Johan Sandberg", 45, "back_pain", cases.Today, "norrvik", talkTime, paused},
		{5 * time.Minute, "Maja Holm", 19, "sore_throat", cases.Today, "norrvik", 0, waitsWithWords},
		{5 * time.Minute, "Lars Bergkvist", 66, "eye", cases.Today, "norrvik", 0, left},
		{10 * time.Minute, "Fatima Yusuf", 38, "fever", cases.Today, "soder", talkTime, talks},
		{5 * time.Minute, "Sven Öberg", 80, "urinary", cases.Urgent, "norrvik", 0, waits},
		{5 * time.Minute, "Klara Dahlin", 41, "cough", cases.Days, "norrvik", 0, waits},
		{5 * time.Minute, "Nils Wallin", 27, "eye", cases.Days, "norrvik", talkTime, talks},
		{5 * time.Minute, "Hanna Strand", 35, "fever", cases.Today, "norrvik", 0, feelsWorse},
		{2 * time.Minute, "Erik Palm", 52, "rash", cases.Urgent, "soder", 0, waits},
		{3 * time.Minute, "Linnéa Frisk", 22, "sore_throat", cases.Days, "norrvik", 0, called},
		{1 * time.Minute, "Ahmed Ali", 47, "back_pain", cases.Days, "norrvik", 0, nil}, // still answering
	}
}

// Day lets an invented day happen, in the hours before now: all of it through care, as if people had pressed. It needs the stage.
// The error is ErrNotEmpty where there are cases already.
func (d *Demo) Day(ctx context.Context) error {
	desk := d.desk.Load()
	if desk == nil {
		return errors.New("the demo's day needs the stage")
	}
	n, err := desk.App.CountRecords(records.Cases)
	if err != nil {
		return fmt.Errorf("look for cases: %w", err)
	}
	if n > 0 {
		return ErrNotEmpty
	}
	now, length := d.Clock.Offset(), dayLength()
	d.Clock.SetOffset(now - length)
	defer d.Clock.SetOffset(now)
	for i, v := range visits() {
		d.Clock.Advance(v.after)
		if err := d.happen(ctx, desk, i, v); err != nil {
			return fmt.Errorf("the demo's day, visit %d: %w", i+1, err)
		}
	}
	return nil
}

// talkTime is how long a talk with the nurse goes on, on this day.
const talkTime = 4 * time.Minute

// dayLength is how long the day is: the time between the visits, and that of the talks.
func dayLength() time.Duration {
	length := time.Minute
	for _, v := range visits() {
		length += v.after + v.talk
	}
	return length
}

func (d *Demo) happen(ctx context.Context, desk *care.Desk, i int, v visit) error {
	number, err := numberOf(v.age, i, desk.Clock.Now())
	if err != nil {
		return err
	}
	patient, err := desk.Admit(ctx, number, v.name)
	if err != nil {
		return err
	}
	p := &play{demo: d, desk: desk, visit: v, phone: fmt.Sprintf("+467017406%02d", 10+i)}
	p.patient = access.Who{Kind: access.Patient, ID: patient.Id, Name: patient.Name()}
	c, _, err := desk.Open(ctx, p.patient, care.Opening{
		Region: "demo", Unit: v.unit, Complaint: v.complaint, Phone: p.phone, Language: "sv", Body: []any{"day", i},
	})
	if err != nil {
		return err
	}
	p.id = c.Id
	if err := p.answer(ctx); err != nil || v.fate == nil {
		return err
	}
	return v.fate(ctx, p)
}

// play is one visit while it happens.
type play struct {
	visit
	demo    *Demo
	desk    *care.Desk
	patient access.Who
	phone   string
	id      string // of the case
}

func decided(context.Context, *play) error { return nil }

func waits(ctx context.Context, p *play) error {
	_, err := p.desk.Join(ctx, p.patient, p.id, care.Joining{Phone: p.phone})
	return err
}

func waitsWithWords(ctx context.Context, p *play) error {
	if err := waits(ctx, p); err != nil {
		return err
	}
	_, _, err := p.desk.OwnWords(ctx, p.patient, p.id, "Jag har prov på torsdag och undrar om jag smittar de andra i klassen.")
	return err
}

func feelsWorse(ctx context.Context, p *play) error {
	if err := waits(ctx, p); err != nil {
		return err
	}
	return p.worse(ctx)
}

func left(ctx context.Context, p *play) error {
	if err := waits(ctx, p); err != nil {
		return err
	}
	_, err := p.desk.Leave(ctx, p.patient, p.id)
	return err
}

func called(ctx context.Context, p *play) error {
	if err := waits(ctx, p); err != nil {
		return err
	}
	return Nurse(ctx, p.desk, p.id, "take")
}

func talks(ctx context.Context, p *play) error {
	if err := called(ctx, p); err != nil {
		return err
	}
	if _, err := p.desk.Here(ctx, p.patient, p.id); err != nil {
		return err
	}
	if err := Nurse(ctx, p.desk, p.id, "write"); err != nil {
		return err
	}
	p.demo.Clock.Advance(p.talk)
	return say(ctx, p.desk, p.patient, p.id, "Tack för att ni svarar så snabbt. Det är ungefär som i går, kanske lite sämre.")
}

func treated(ctx context.Context, p *play) error {
	if err := talks(ctx, p); err != nil {
		return err
	}
	return Nurse(ctx, p.desk, p.id, "close")
}

func paused(ctx context.Context, p *play) error {
	if err := talks(ctx, p); err != nil {
		return err
	}
	c, err := records.CaseByID(p.desk.App, p.id)
	if err != nil {
		return err
	}
	nurse, err := nurseOf(p.desk.App, c)
	if err != nil {
		return err
	}
	_, err = p.desk.Pause(ctx, nurse, p.id, p.desk.Clock.Now().Add(24*time.Hour))
	return err
}
