package demo

import (
	"context"
	"errors"
	"fmt"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/records"
)

// info is what a region tells anyone: fees in whole kronor, telephone numbers, who should not use the service.
// The numbers are those that everybody in Sweden rings (112, 1177), and one set aside for fiction.
func info() map[string]any {
	return map[string]any{
		"fees": []map[string]any{
			{"code": "contact", "amount": 100, "currency": "SEK", "sv": "Kontakt med vården", "en": "A contact with the clinic"},
			{"code": "under20", "amount": 0, "currency": "SEK", "sv": "Under 20 år", "en": "Under 20 years of age"},
			{"code": "over85", "amount": 0, "currency": "SEK", "sv": "85 år och äldre", "en": "85 years and older"},
		},
		"phones": []map[string]any{
			{"code": "emergency", "number": "112", "sv": "Fara för livet", "en": "Danger to life"},
			{"code": "advice", "number": "1177", "sv": "Råd om vård, dygnet runt", "en": "Medical advice, day and night"},
			{"code": "technical", "number": "+46701740699", "sv": "Teknisk hjälp (påhittat nummer)", "en": "Technical help (an invented number)"},
		},
		"notFor": []map[string]any{
			{"code": "emergency", "sv": "Ring 112 om det är fara för livet.", "en": "Call 112 if there is danger to life."},
			{"code": "under_one_year", "sv": "Ring 1177 för barn under ett år.", "en": "Call 1177 for children under one year."},
			{"code": "no_eid", "sv": "Ring 1177 om du inte har e-legitimation.", "en": "Call 1177 if you have no e-ID."},
		},
	}
}

// furnishRegion makes the region where the demo plays. It gives the queues by the unit's slug.
func furnishRegion(ctx context.Context, tx core.App) (map[string]string, error) {
	region, err := records.RegionBySlug(tx, "demo")
	if errors.Is(err, records.ErrNotFound) {
		if region, err = records.NewRegion(tx, "demo", "Demoregionen", "", "norrvik", true); err == nil {
			region.SetInfo(info())
			err = tx.SaveWithContext(ctx, region)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("make the region: %w", err)
	}
	queues := map[string]string{}
	for i, u := range []struct{ slug, name string }{{"norrvik", "Norrvik"}, {"soder", "Söder"}} {
		if queues[u.slug], err = furnishUnit(ctx, tx, region.Id, u.slug, u.name, i); err != nil {
			return nil, fmt.Errorf("make the unit %s: %w", u.slug, err)
		}
	}
	return queues, furnishRoutes(ctx, tx, region.Id)
}

// furnishRoutes lets the cases of each unit go to its queue, and those that no row takes to Norrvik's, unless the region has a table of its own.
func furnishRoutes(ctx context.Context, tx core.App, region string) error {
	there, err := records.RoutesOf(tx, region)
	if err != nil || len(there) > 0 {
		return err
	}
	units, err := records.UnitsOf(tx, region)
	if err != nil {
		return fmt.Errorf("find the units: %w", err)
	}
	rest, err := records.FirstQueueIn(tx, region)
	if err != nil {
		return fmt.Errorf("find the queue of the rest: %w", err)
	}
	rows := []records.Row{{Region: region, Rank: 1000, Name: "Alla andra", Queue: rest.Id}} // first, as no row may be saved that leaves a case without a queue
	for i, u := range units {
		q, err := records.FirstQueueOf(tx, u.Id)
		if err != nil {
			return fmt.Errorf("find the queue of the unit %s: %w", u.Slug(), err)
		}
		rows = append(rows, records.Row{Region: region, Rank: 10 * (i + 1), Name: u.Name(), Unit: u.Id, Queue: q.Id})
	}
	for _, row := range rows {
		r, err := records.NewRoute(tx, row)
		if err == nil {
			err = tx.SaveWithContext(ctx, r)
		}
		if err != nil {
			return fmt.Errorf("make the row %s: %w", row.Name, err)
		}
	}
	return nil
}

// furnishUnit makes a unit with one queue, and gives the queue.
func furnishUnit(ctx context.Context, tx core.App, region, slug, name string, rank int) (string, error) {
	unit, err := records.UnitBySlug(tx, region, slug)
	if errors.Is(err, records.ErrNotFound) {
		if unit, err = records.NewUnit(tx, region, slug, name, rank); err == nil {
			err = tx.SaveWithContext(ctx, unit)
		}
	}
	if err != nil {
		return "", err
	}
	queue, err := records.FirstQueueOf(tx, unit.Id)
	if errors.Is(err, records.ErrNotFound) {
		if queue, err = records.NewQueue(tx, region, unit.Id, name, 0); err == nil {
			err = tx.SaveWithContext(ctx, queue)
		}
	}
	if err != nil {
		return "", err
	}
	return queue.Id, nil
}

// furnishElsewhere makes a region that is served by another program, and is only a link here.
func furnishElsewhere(ctx context.Context, tx core.App) error {
	_, err := records.RegionBySlug(tx, "annanstans")
	if !errors.Is(err, records.ErrNotFound) {
		return err
	}
	region, err := records.NewRegion(tx, "annanstans", "Region Annanstans", "https://annanstans.example", "", false) // no case is opened here
	if err == nil {
		err = tx.SaveWithContext(ctx, region)
	}
	if err != nil {
		return fmt.Errorf("make the region served elsewhere: %w", err)
	}
	return nil
}
