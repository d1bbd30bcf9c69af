package api

import (
	"slices"

	"lotsen/internal/care"
	"lotsen/internal/hours"
	"lotsen/internal/records"
	"lotsen/internal/texts"
)

// shownDays is how many days of opening hours anyone is shown.
const shownDays = 7

// unitHoursView are the opening hours of a unit in the coming week.
type unitHoursView struct {
	Unit string    `json:"unit"`
	Days []dayView `json:"days"`
}

// dayView are the hours of one day in Sweden, by the clock on the wall; none is closed. One that ends before it begins lasts into the next day.
type dayView struct {
	Date  string   `json:"date"`
	Hours []string `json:"hours"`
	Why   *whyView `json:"why"` // null for a day like any other
}

// whyView is why a day is not like others: the name of a holiday, or what is said of an exception, which may be nothing.
type whyView struct {
	Kind hours.Kind `json:"kind"`
	Text string     `json:"text"`
}

func viewDays(days []hours.Day, lang texts.Lang) []dayView {
	out := make([]dayView, 0, len(days))
	for _, d := range days {
		v := dayView{Date: d.Date.String(), Hours: []string{}}
		for _, w := range d.Windows {
			v.Hours = append(v.Hours, w.String())
		}
		if d.Why.Kind != hours.Weekly {
			v.Why = &whyView{d.Why.Kind, d.Why.Words.In(string(lang))}
		}
		out = append(out, v)
	}
	return out
}

// signs are how the queues of a region stand, by unit.
func (s *Server) signs(r *records.Region) (map[string][]Sign, error) {
	units, err := records.UnitsOf(s.App, r.Id)
	if err != nil {
		return nil, err
	}
	queues, err := records.QueuesIn(s.App, r.Id)
	if err != nil {
		return nil, err
	}
	out := map[string][]Sign{}
	for _, u := range units {
		for _, q := range queues {
			if q.Unit() == u.Id {
				p := care.Place{Queue: q, Unit: u, Region: r}
				out[u.Id] = append(out[u.Id], signOf(p, care.StandingAt(s.App, p, s.Desk.Clock.Now())))
			}
		}
	}
	return out, nil
}

// together is the sign of a place with several doors: open while one of them is, until the last closes; else it opens with the first. Of several that
// are open, one that does not know when it closes is the last.
func together(signs []Sign) Sign {
	var all Sign
	open := slices.DeleteFunc(slices.Clone(signs), func(s Sign) bool { return !s.Open })
	if len(open) > 0 {
		all.Open, all.ClosesAt = true, open[0].ClosesAt
		for _, s := range open {
			if s.ClosesAt == "" || all.ClosesAt == "" {
				all.ClosesAt = ""
			} else {
				all.ClosesAt = max(all.ClosesAt, s.ClosesAt)
			}
		}
		return all
	}
	for _, s := range signs {
		if s.OpensAt != "" && (all.OpensAt == "" || s.OpensAt < all.OpensAt) {
			all.OpensAt = s.OpensAt
		}
	}
	return all
}

// week is when a unit is open in the coming days: by the hours of its first queue, or its own where it has none.
func (s *Server) week(r *records.Region, u *records.Unit, queues []*records.Queue, lang texts.Lang) unitHoursView {
	p := care.Place{Unit: u, Region: r}
	if i := slices.IndexFunc(queues, func(q *records.Queue) bool { return q.Unit() == u.Id }); i >= 0 {
		p.Queue = queues[i]
	}
	return unitHoursView{Unit: u.Slug(), Days: viewDays(care.HoursOf(s.App, p).Days(s.Desk.Clock.Now(), shownDays), lang)}
}
