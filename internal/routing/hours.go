package routing

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // Swedish time on machines without a zone database
)

// Hours are the times of the week at which a row holds, by the clock on the wall in Sweden. As JSON, in which each part may be left out:
//
//	{"days": ["mon", "tue", "holiday"], "from": "17:00", "to": "08:00"}
type Hours struct {
	Days []Day // on which the time begins; none for every day
	From int   // minutes after midnight, 0 to 1439
	To   int   // minutes after midnight, 1 to 1440; not after From: it ends on the next day
}

// Day is a day of the week, or a public holiday. A holiday from Monday to Friday is a holiday alone: what holds on working days does not hold
// then. One on a Saturday or a Sunday is both.
type Day string

// Holiday is the day that a public holiday is.
const Holiday Day = "holiday"

// weekdays are the days by time.Weekday.
var weekdays = [7]Day{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// Days lists all days, from Monday on.
func Days() []Day { return append(slices.Clone(weekdays[1:]), weekdays[0], Holiday) }

const (
	hour     = 60
	midnight = 24 * hour
)

var stockholm = func() *time.Location {
	zone, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		panic("routing: " + err.Error()) // the database is embedded
	}
	return zone
}()

// hold says whether an errand comes within the hours: those of its own day, or those of the day before that go on past midnight.
func (h *Hours) hold(e Errand) bool {
	at := e.At.In(stockholm)
	minute := at.Hour()*hour + at.Minute()
	today, yesterday := at.Weekday(), (at.Weekday()+6)%7
	if h.From < h.To {
		return h.begin(today, e.Holiday) && minute >= h.From && minute < h.To
	}
	return h.begin(today, e.Holiday) && minute >= h.From || h.begin(yesterday, e.HolidayBefore) && minute < h.To
}

// begin says whether the hours begin on such a day.
func (h *Hours) begin(day time.Weekday, holiday bool) bool {
	if len(h.Days) == 0 || holiday && slices.Contains(h.Days, Holiday) {
		return true
	}
	weekend := day == time.Saturday || day == time.Sunday
	return (!holiday || weekend) && slices.Contains(h.Days, weekdays[day])
}

// end is when the hours end, in minutes after the midnight before they begin.
func (h *Hours) end() int {
	if h.To <= h.From {
		return h.To + midnight
	}
	return h.To
}

// cover says whether these hours hold whenever others do.
func (h *Hours) cover(others *Hours) bool {
	return others != nil && (len(h.Days) == 0 || len(others.Days) > 0 && subset(others.Days, h.Days)) &&
		h.From <= others.From && h.end() >= others.end()
}

// written are hours as they stand there in JSON.
type written struct {
	Days []Day   `json:"days"`
	From *string `json:"from"`
	To   *string `json:"to"`
}

// ParseHours reads hours; nil for none. It refuses names, days and times that there are not: a slip is to be told to who makes it.
func ParseHours(raw []byte) (*Hours, error) {
	if text := strings.TrimSpace(string(raw)); text == "" || text == "null" {
		return nil, nil
	}
	var w *written
	in := json.NewDecoder(bytes.NewReader(raw))
	in.DisallowUnknownFields()
	if err := in.Decode(&w); err != nil {
		return nil, fmt.Errorf("decode hours: %w", err)
	}
	if _, err := in.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("decode hours: more than one value")
	}
	if w == nil {
		return nil, nil
	}
	return w.hours()
}

func (w *written) hours() (*Hours, error) {
	h := &Hours{Days: w.Days, To: midnight}
	for _, d := range w.Days {
		if !slices.Contains(Days(), d) {
			return nil, fmt.Errorf("days: there is no day %q", d)
		}
	}
	switch {
	case w.From == nil && w.To == nil && len(w.Days) == 0:
		return nil, errors.New("neither days nor times: leave the hours empty for a row that always holds")
	case w.From == nil && w.To == nil:
		return h, nil
	case w.From == nil || w.To == nil:
		return nil, errors.New("of from and to, one is missing")
	}
	var err error
	if h.From, err = clockTime(*w.From); err != nil {
		return nil, fmt.Errorf("from: %w", err)
	}
	if h.To, err = clockTime(*w.To); err != nil {
		return nil, fmt.Errorf("to: %w", err)
	}
	if h.From == midnight || h.From == h.To {
		return nil, errors.New("from and to span no time: a whole day is 00:00 to 24:00")
	}
	if h.To == 0 {
		h.To = midnight
	}
	return h, nil
}

// clockTime reads a time of the day, 00:00 to 24:00, as minutes after midnight.
func clockTime(text string) (int, error) {
	if text == "24:00" {
		return midnight, nil
	}
	t, err := time.Parse("15:04", text)
	if err != nil || len(text) != len("15:04") {
		return 0, fmt.Errorf("%q is no time of the day, such as 08:30", text)
	}
	return t.Hour()*hour + t.Minute(), nil
}

func subset[T comparable](small, large []T) bool {
	return !slices.ContainsFunc(small, func(v T) bool { return !slices.Contains(large, v) })
}
