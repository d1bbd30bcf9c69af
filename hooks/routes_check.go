package hooks

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	validation "github.com/pocketbase/ozzo-validation/v4"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/care"
	"lotsen/internal/records"
	"lotsen/internal/routing"
	"lotsen/internal/texts"
)

// What would be right, for who has written it by hand on the dashboard.
const (
	rightHours     = `Not understood (%v). Write {"days": ["mon", "fri", "holiday"], "from": "17:00", "to": "08:00"}, either part alone, or nothing for always.`
	rightQueue     = "The queue is one of another region. Choose one of the row's own region."
	rightUnit      = "The unit is one of another region. Choose one of the row's own region, or none."
	rightComplaint = "No complaint %s is served. Those that are: %s. Write codes, with blanks between, or nothing for all."
	rightLanguage  = "There is no language %s. There are: %s. Write codes, with blanks between, or nothing for all."
	rightRegion    = "A row stays in its region. Make a new one there, and delete this one."
	rightLast      = "The last row of a region takes what no other does, and cannot be deleted before the others. Change its queue, or make a new row without conditions " +
		"and with a higher rank first."
	rightHome  = "Rows of routes name it: %d. Let them lead elsewhere before it goes to another region."
	routesLead = "Rows of routes name it: %d. Let them lead elsewhere, or delete them, and then try again."
)

// bindRoutes checks the tables that say which queue a case joins, as admins write them, and sees anew where cases are headed when one has changed.
func bindRoutes(app core.App, desk *care.Desk, heads *care.Heads, log *slog.Logger) {
	check := routeCheck{desk: desk, log: log}
	app.OnRecordValidate(records.Routes).Bind(on("CheckRoute", check.save))
	app.OnRecordCreate(records.Routes).Bind(on("RankRoute", rankRoute))
	app.OnRecordDelete(records.Routes).Bind(on("KeepLastRoute", keepLastRoute))
	app.OnRecordDelete(records.Queues, records.Units).Bind(on("KeepRouted", keepRouted))
	app.OnRecordValidate(records.Queues, records.Units).Bind(on("KeepRoutedHere", keepRoutedHere))

	rehead := func(e *core.RecordEvent) error { return heads.Rehead(records.RegionOf(e.Record)) }
	rerouted := func(e *core.RecordEvent) error {
		if !records.Reroutes(e.Record) {
			return nil
		}
		if left := records.RegionOf(e.Record.Original()); left != "" && left != records.RegionOf(e.Record) {
			return errors.Join(heads.Rehead(left), rehead(e))
		}
		return rehead(e)
	}
	app.OnRecordAfterCreateSuccess(records.Routes, records.Queues).Bind(afterCommit(log, "Rehead", rehead))
	app.OnRecordAfterUpdateSuccess(records.Routes, records.Queues, records.Units, records.Regions).Bind(afterCommit(log, "Rehead", rerouted))
	app.OnRecordAfterDeleteSuccess(records.Routes, records.Queues).Bind(afterCommit(log, "Rehead", rehead))
}

// routeCheck checks a row as it is saved.
type routeCheck struct {
	desk *care.Desk
	log  *slog.Logger
}

func (k routeCheck) save(e *core.RecordEvent) error {
	if err := e.Next(); err != nil {
		return err
	}
	row, wrong := records.AsRoute(e.Record), validation.Errors{}
	if !e.Record.IsNew() && records.RegionOf(e.Record.Original()) != row.Region() {
		return validation.Errors{"region": validation.NewError("validation_invalid", rightRegion)}
	}
	k.names(row, wrong)
	if err := checkPlaces(e.App, row, wrong); err != nil {
		return err
	}
	if len(wrong) == 0 {
		if err := k.table(e.App, row, wrong); err != nil {
			return err
		}
	}
	return wrong.Filter()
}

// names notes complaints, languages and hours that there are not.
func (k routeCheck) names(row *records.Route, wrong validation.Errors) {
	var langs []string
	for _, l := range texts.Langs() {
		langs = append(langs, string(l))
	}
	for _, list := range []struct {
		field         string
		named, served []string
		right         string
	}{
		{"complaints", row.Complaints(), k.desk.Protocols.Codes(), rightComplaint},
		{"languages", row.Languages(), langs, rightLanguage},
	} {
		for _, code := range list.named {
			if !slices.Contains(list.served, code) {
				wrong[list.field] = validation.NewError("validation_unknown", fmt.Sprintf(list.right, code, strings.Join(list.served, " ")))
			}
		}
	}
	if _, err := care.RowOf(row); err != nil {
		wrong["hours"] = validation.NewError("validation_invalid", fmt.Sprintf(rightHours, err))
	}
}

// checkPlaces notes a queue or a unit of another region.
func checkPlaces(app core.App, row *records.Route, wrong validation.Errors) error {
	q, err := records.QueueByID(app, row.Queue())
	switch {
	case records.IgnoreMissing(err) != nil:
		return fmt.Errorf("find queue of route: %w", err)
	case err == nil && q.Region() != row.Region():
		wrong["queue"] = validation.NewError("validation_invalid", rightQueue)
	}
	units, err := records.UnitsOf(app, row.Region())
	if err != nil {
		return fmt.Errorf("find units of region: %w", err)
	}
	if row.Unit() != "" && !slices.ContainsFunc(units, func(u *records.Unit) bool { return u.Id == row.Unit() }) {
		wrong["unit"] = validation.NewError("validation_invalid", rightUnit)
	}
	return nil
}

// table notes what would be wrong with the region's table with this row in it. A row that others would never let through is refused; one that
// takes everything from another is logged: it may be meant, for a while.
func (k routeCheck) table(app core.App, row *records.Route, wrong validation.Errors) error {
	all, err := records.RoutesOf(app, row.Region())
	if err != nil {
		return fmt.Errorf("find routes: %w", err)
	}
	all = append(slices.DeleteFunc(all, func(r *records.Route) bool { return r.Id == row.Id }), row)
	slices.SortStableFunc(all, func(a, b *records.Route) int { return a.Rank() - b.Rank() })
	var table []routing.Route
	for _, r := range all {
		if read, err := care.RowOf(r); err == nil { // one that cannot be read is passed over, and logged, where cases join
			table = append(table, read)
		}
	}
	for _, f := range routing.Check(table) {
		switch {
		case table[f.Row].ID == row.Id:
			wrong[string(f.Field)] = validation.NewError("validation_invalid", f.Right)
		case f.Warning:
			k.log.Warn("a row of routes is never reached", "region", row.Region(), "route", table[f.Row].ID)
		default:
			wrong["rank"] = validation.NewError("validation_invalid", f.Right)
		}
	}
	return nil
}

// rankRoute puts a new row before the last of its region where it comes without a rank; the first row is the last.
func rankRoute(e *core.RecordEvent) error {
	row := records.AsRoute(e.Record)
	if row.Rank() == 0 {
		all, err := records.RoutesOf(e.App, row.Region())
		if err != nil {
			return fmt.Errorf("find routes: %w", err)
		}
		row.SetRank(rankBeforeLast(all))
	}
	return e.Next()
}

// The rank of a region's first row, and the step between others.
const (
	lastRank = 1000
	rankStep = 10
)

// rankBeforeLast is a rank before the last row's and after all others, or that of the row before where there is no room: the check says so.
func rankBeforeLast(all []*records.Route) int {
	if len(all) == 0 {
		return lastRank
	}
	before, last := 0, all[len(all)-1].Rank()
	if len(all) > 1 {
		before = all[len(all)-2].Rank()
	}
	return min(before+rankStep, before+(last-before)/2)
}

// keepLastRoute refuses to delete the row that takes what no other does, while there are others.
func keepLastRoute(e *core.RecordEvent) error {
	all, err := records.RoutesOf(e.App, records.AsRoute(e.Record).Region())
	if err != nil {
		return fmt.Errorf("find routes: %w", err)
	}
	if len(all) > 1 && all[len(all)-1].Id == e.Record.Id {
		return apis.NewBadRequestError(rightLast, nil)
	}
	return e.Next()
}

// keepRouted refuses to delete a queue or a unit that rows name: PocketBase would take the unit out of the row, which then took every case.
func keepRouted(e *core.RecordEvent) error {
	n, err := records.CountRoutesAt(e.App, e.Record.Collection().Name, e.Record.Id)
	if err != nil {
		return err
	}
	if n > 0 {
		return apis.NewBadRequestError(fmt.Sprintf(routesLead, n), nil)
	}
	return e.Next()
}

// keepRoutedHere refuses to move to another region what rows of this one name.
func keepRoutedHere(e *core.RecordEvent) error {
	if err := e.Next(); err != nil || e.Record.IsNew() {
		return err
	}
	if records.RegionOf(e.Record.Original()) == records.RegionOf(e.Record) {
		return nil
	}
	n, err := records.CountRoutesAt(e.App, e.Record.Collection().Name, e.Record.Id)
	if err != nil || n == 0 {
		return err
	}
	return validation.Errors{"region": validation.NewError("validation_invalid", fmt.Sprintf(rightHome, n))}
}
