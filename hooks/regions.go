package hooks

import (
	"errors"
	"fmt"

	validation "github.com/pocketbase/ozzo-validation/v4"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/care"
	"lotsen/internal/records"
)

// What would be right, for who has written it by hand on the dashboard.
const (
	rightTimes = `Not understood (%v). An object with any of these, in whole minutes from 1 to 43200: "noShow", "hold", "unanswered", "regret", "overdue", "free", "alone"; ` +
		`"secondMiss" is "call" or "end"; "targets" is six times by level from 0 to 5, 0 for none. Example: {"noShow": 15, "secondMiss": "end"}.`
	rightInfo = `Not understood (%v). An object with any of the lists "fees", "phones", "notFor", whose entries are objects with words by ` +
		`language. Example: {"phones": [{"code": "advice", "number": "1177", "sv": "Råd om vård", "en": "Medical advice"}]}.`
	unitUnknown = `No unit of this region has this slug. Write the slug of the unit that takes the cases that name none.`
	unitNeeded  = `A region in service needs the slug of the unit that takes the cases that name none. Fill it in, or take the region out of service.`
)

// bindRegions checks what admins set up, as it is saved: what is mistyped is said there and then, and not to a patient later.
func bindRegions(app core.App) {
	app.OnRecordValidate(records.Regions).Bind(on("CheckRegion", checkRegion))
	app.OnRecordCreate(records.Queues).Bind(on("RankQueue", rankQueue))
	app.OnRecordDelete(records.Queues, records.Units, records.Regions).Bind(on("KeepPlaces", keepPlaces))
}

// checkRegion refuses a region whose times, info or default unit no program can use.
func checkRegion(e *core.RecordEvent) error {
	if err := e.Next(); err != nil {
		return err
	}
	region, wrong := records.AsRegion(e.Record), validation.Errors{}
	if _, err := care.ParseTimes(region.Times()); err != nil {
		wrong["times"] = validation.NewError("validation_invalid", fmt.Sprintf(rightTimes, err))
	}
	if _, err := care.ParseInfo(region.Info()); err != nil {
		wrong["info"] = validation.NewError("validation_invalid", fmt.Sprintf(rightInfo, err))
	}
	if err := checkDefaultUnit(e.App, region, wrong); err != nil {
		return err
	}
	return wrong.Filter()
}

// checkDefaultUnit notes what is wrong with the unit of cases that name none. A region is made before its units, so that of one without any
// may name a unit to come; one that is served elsewhere has none.
func checkDefaultUnit(app core.App, region *records.Region, wrong validation.Errors) error {
	slug := region.DefaultUnit()
	if slug == "" {
		if region.InService() && region.URL() == "" {
			wrong["defaultUnit"] = validation.NewError("validation_required", unitNeeded)
		}
		return nil
	}
	units, err := records.UnitsOf(app, region.Id)
	if err != nil {
		return fmt.Errorf("find units of region: %w", err)
	}
	for _, u := range units {
		if u.Slug() == slug {
			return nil
		}
	}
	if len(units) > 0 {
		wrong["defaultUnit"] = validation.NewError("validation_unknown", unitUnknown)
	}
	return nil
}

// rankQueue puts a new queue last of its unit where it comes without a rank: which queue of a unit stands in where no row
// of routes takes a case is never chance.
func rankQueue(e *core.RecordEvent) error {
	q := records.AsQueue(e.Record)
	if q.Rank() == 0 {
		last, err := records.LastQueueOf(e.App, q.Unit())
		switch {
		case err == nil:
			q.SetRank(last.Rank() + 1)
		case !errors.Is(err, records.ErrNotFound):
			return fmt.Errorf("find queues of unit: %w", err)
		}
	}
	return e.Next()
}

// instead says what to do with what cannot be deleted.
var instead = map[string]string{
	records.Queues:  "Let the rows of routes lead elsewhere, so that no new case comes here, and hand over those that are open.",
	records.Units:   "Take it out of service (inService), so that no new case comes here.",
	records.Regions: "Take it out of service (inService), so that no new case comes here.",
}

// keepPlaces refuses to delete a queue, a unit or a region that cases stand in: they are a journal, and keep where they were.
func keepPlaces(e *core.RecordEvent) error {
	of := e.Record.Collection().Name
	all, open, err := records.CountAt(e.App, of, e.Record.Id)
	if err != nil {
		return err
	}
	if all > 0 {
		return apis.NewBadRequestError(fmt.Sprintf("Cases stand here: %d, of which %d are open. They are a journal and keep their place, so it cannot "+
			"be deleted. %s", all, open, instead[of]), nil)
	}
	return e.Next()
}
