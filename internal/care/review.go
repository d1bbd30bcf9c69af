package care

import (
	"context"
	"errors"
	"time"

	"lotsen/internal/access"
	"lotsen/internal/audit"
	"lotsen/internal/hours"
	"lotsen/internal/records"
)

// MakeReview draws the sample of a month of the access log that is over, or gives the one that is there. month is as 2006-01; unit is nil for all.
// Errors: *Invalid.
func (d *Desk) MakeReview(ctx context.Context, who access.Who, month string, unit *records.Unit) (*records.Review, error) {
	first, err := time.Parse("2006-01", month)
	if err != nil {
		return nil, &Invalid{Field: "month", Code: "validation_invalid"}
	}
	p := audit.Period{Month: month, From: startOf(first), To: startOf(first.AddDate(0, 1, 0)), Shut: d.shut()}
	if unit != nil {
		p.Unit = unit.Id
	}
	now := d.Clock.Now()
	if now.Before(p.To) {
		return nil, &Invalid{Field: "month", Code: "validation_in_future"}
	}
	v, err := audit.MakeReview(d.App, who, p, now)
	if errors.Is(err, audit.ErrNoRows) {
		return nil, &Invalid{Field: "month", Code: "validation_unknown"}
	}
	if err != nil {
		return nil, err
	}
	return v, d.durable(ctx)
}

// startOf is the first instant of a day in Sweden.
func startOf(day time.Time) time.Time {
	return hours.Date{Year: day.Year(), Month: day.Month(), Day: day.Day()}.Start()
}

// shut says whether a unit was closed at a time, by the hours that it has now: those of then are not kept. For one without hours, night counts.
func (d *Desk) shut() func(string, time.Time) (bool, error) {
	known := map[string]*hours.Hours{}
	return func(id string, at time.Time) (bool, error) {
		h, asked := known[id]
		if !asked {
			var err error
			if h, err = d.hoursOf(id); err != nil {
				return false, err
			}
			known[id] = h
		}
		if h == nil {
			return audit.Night(hours.Local(at)), nil
		}
		return !h.At(at).Open, nil
	}
}

// hoursOf are the hours of a unit; nil where it has none.
func (d *Desk) hoursOf(id string) (*hours.Hours, error) {
	unit, err := records.UnitByID(d.App, id)
	if err != nil {
		return nil, records.IgnoreMissing(err)
	}
	region, err := records.RegionByID(d.App, unit.Region())
	if err != nil {
		return nil, err
	}
	if isNothing(unit.Hours()) && isNothing(region.Hours()) {
		return nil, nil
	}
	h := HoursOf(d.App, Place{Unit: unit, Region: region})
	return &h, nil
}

// isNothing says whether JSON holds nothing.
func isNothing(raw []byte) bool {
	switch string(raw) {
	case "", "null", "{}", `""`:
		return true
	}
	return false
}

// Judge writes what a reviewer thinks of a row of a review.
func (d *Desk) Judge(ctx context.Context, who access.Who, id string, nr int, verdict, comment string) (*records.Review, error) {
	v, err := audit.Judge(d.App, who, id, nr, verdict, comment, d.Clock.Now())
	if err != nil {
		return nil, err
	}
	return v, d.durable(ctx)
}

// SignReview ends a review.
func (d *Desk) SignReview(ctx context.Context, who access.Who, id string) (*records.Review, error) {
	v, err := audit.Sign(d.App, who, id, d.Clock.Now())
	if err != nil {
		return nil, err
	}
	return v, d.durable(ctx)
}
