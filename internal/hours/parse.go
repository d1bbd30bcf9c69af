package hours

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
)

// Limits of a plan: a slip of the hand is not to fill a record.
const (
	mostWindows    = 12
	mostExceptions = 400
	longestWords   = 200
)

// weekdays are the names of the days in a plan.
var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"} // as time.Weekday counts

// languages are those that an exception may be told in.
var languages = []string{"sv", "en", "sv-simple", "ar"}

// Parse reads a plan. Nothing and null are the zero Plan. It refuses what it does not know and what cannot be; the error names the part, and says what
// would be right.
//
//	{"week": {"mon": ["08:00-17:00"], "fri": ["08:00-12:00", "13:00-15:00"]}, "holidays": [], "eves": true, "whenClosed": "refuse",
//	 "exceptions": [{"date": "2026-12-23", "hours": ["08:00-12:00"], "sv": "Dagen före julafton"}]}
func Parse(raw []byte) (Plan, error) {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || string(raw) == "null" {
		return Plan{}, nil
	}
	var p Plan
	err := object(raw, map[string]func(json.RawMessage) error{
		"week":       p.readWeek,
		"holidays":   p.readHolidays,
		"eves":       p.readEves,
		"whenClosed": p.readWhenClosed,
		"exceptions": p.readExceptions,
	})
	if err != nil {
		return Plan{}, err
	}
	return p, nil
}

// object reads a JSON object part by part, in the order of the names.
func object(raw json.RawMessage, parts map[string]func(json.RawMessage) error) error {
	var found map[string]json.RawMessage
	if err := json.Unmarshal(raw, &found); err != nil || found == nil {
		return fmt.Errorf("no object; one may hold %q", slices.Sorted(maps.Keys(parts)))
	}
	for _, name := range slices.Sorted(maps.Keys(found)) {
		read, known := parts[name]
		if !known {
			return fmt.Errorf("%s: unknown; there are %q", short(name), slices.Sorted(maps.Keys(parts)))
		}
		if err := read(found[name]); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// short keeps what is said of a slip readable.
func short(text string) string {
	const most = 40
	if r := []rune(text); len(r) > most {
		return strconv.Quote(string(r[:most])) + "…"
	}
	return strconv.Quote(text)
}

// readWeek reads the hours by weekday. A day that is not named is closed.
func (p *Plan) readWeek(raw json.RawMessage) error {
	week, parts := new([7][]Window), map[string]func(json.RawMessage) error{}
	for i, name := range weekdays {
		parts[name] = func(raw json.RawMessage) (err error) {
			week[i], err = windows(raw)
			return err
		}
	}
	p.week = week
	return object(raw, parts)
}

func (p *Plan) readHolidays(raw json.RawMessage) error {
	list, err := windows(raw)
	p.holidays = &list
	return err
}

func (p *Plan) readEves(raw json.RawMessage) error {
	var is *bool
	if err := json.Unmarshal(raw, &is); err != nil || is == nil {
		return errors.New("neither true nor false")
	}
	p.eves = is
	return nil
}

func (p *Plan) readWhenClosed(raw json.RawMessage) error {
	if err := json.Unmarshal(raw, &p.whenClosed); err != nil || p.whenClosed != refuse && p.whenClosed != wait {
		return fmt.Errorf("neither %q nor %q", refuse, wait)
	}
	return nil
}

func (p *Plan) readExceptions(raw json.RawMessage) error {
	var list []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil || list == nil {
		return errors.New(`no list; write [{"date": "2026-12-23", "hours": ["08:00-12:00"]}]`)
	}
	if len(list) > mostExceptions {
		return fmt.Errorf("%d days; at most %d", len(list), mostExceptions)
	}
	p.exceptions = map[Date]exception{}
	for i, one := range list {
		if err := p.readException(one); err != nil {
			return fmt.Errorf("entry %d: %w", i+1, err)
		}
	}
	return nil
}

func (p *Plan) readException(raw json.RawMessage) error {
	var date *Date
	var hours *[]Window
	words := Words{}
	parts := map[string]func(json.RawMessage) error{
		"date": func(raw json.RawMessage) (err error) {
			date, err = readDate(raw)
			return err
		},
		"hours": func(raw json.RawMessage) error {
			list, err := windows(raw)
			hours = &list
			return err
		},
	}
	for _, lang := range languages {
		parts[lang] = func(raw json.RawMessage) error {
			var text string
			if err := json.Unmarshal(raw, &text); err != nil || utf8.RuneCountInString(text) > longestWords {
				return fmt.Errorf("no text of at most %d characters", longestWords)
			}
			words[lang] = text
			return nil
		}
	}
	if err := object(raw, parts); err != nil {
		return err
	}
	if date == nil || hours == nil {
		return errors.New(`date and hours are needed; hours is [] for a day that is closed`)
	}
	if _, twice := p.exceptions[*date]; twice {
		return fmt.Errorf("%s stands twice", date)
	}
	p.exceptions[*date] = exception{*hours, words}
	return nil
}

func readDate(raw json.RawMessage) (*Date, error) {
	var text string
	err := json.Unmarshal(raw, &text)
	if err == nil {
		var at time.Time
		if at, err = time.Parse(time.DateOnly, text); err == nil {
			return &Date{at.Year(), at.Month(), at.Day()}, nil
		}
	}
	return nil, fmt.Errorf("%s is no day; write \"2026-12-23\"", short(text))
}

var form = regexp.MustCompile(`^([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-4]):([0-5][0-9])$`)

// windows reads a list of windows, in any order; they may touch, but not overlap.
func windows(raw json.RawMessage) ([]Window, error) {
	var texts []string
	if err := json.Unmarshal(raw, &texts); err != nil || texts == nil {
		return nil, errors.New(`no list of times; write ["08:00-17:00"], or [] for closed`)
	}
	if len(texts) > mostWindows {
		return nil, fmt.Errorf("%d times; at most %d", len(texts), mostWindows)
	}
	list := make([]Window, 0, len(texts))
	for _, text := range texts {
		w, err := window(text)
		if err != nil {
			return nil, err
		}
		list = append(list, w)
	}
	slices.SortFunc(list, func(a, b Window) int { return a.from - b.from })
	for i := 1; i < len(list); i++ {
		if list[i].from < list[i-1].end() {
			return nil, fmt.Errorf("%s and %s overlap; write one, or move one", list[i-1], list[i])
		}
	}
	return list, nil
}

func window(text string) (Window, error) {
	m := form.FindStringSubmatch(text)
	if m == nil {
		return Window{}, fmt.Errorf(`%s is no time of opening; write "08:00-17:00"`, short(text))
	}
	minutes := func(h, m string) int {
		hour, _ := strconv.Atoi(h)
		minute, _ := strconv.Atoi(m)
		return hour*60 + minute
	}
	w := Window{minutes(m[1], m[2]), minutes(m[3], m[4])}
	switch {
	case w.to > dayMinutes:
		return Window{}, fmt.Errorf("%s ends after 24:00", short(text))
	case w.from == w.to:
		return Window{}, fmt.Errorf(`%s begins and ends at once; a whole day is "00:00-24:00"`, short(text))
	}
	return w, nil
}
