package records

import (
	"encoding/json"
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// Region is who runs the service.
type Region struct{ core.BaseRecordProxy }

// Slug is the region's name in bodies and addresses.
func (r *Region) Slug() string { return r.GetString("slug") }

// Name is how people know it.
func (r *Region) Name() string { return r.GetString("name") }

// URL is where a region that is served elsewhere is found.
func (r *Region) URL() string { return r.GetString("url") }

// InService says whether cases may be opened here.
func (r *Region) InService() bool { return r.GetBool("inService") }

// DefaultUnit is the slug of the unit of a case that names none.
func (r *Region) DefaultUnit() string { return r.GetString("defaultUnit") }

// Info is fees, phone numbers and the like, as they stand there in JSON.
func (r *Region) Info() []byte { return []byte(r.GetString("info")) }

// Times are the region's own minutes, as they stand there in JSON.
func (r *Region) Times() []byte { return []byte(r.GetString("times")) }

// NamesReaders says whether patients here read the names of those who have looked at their case, or role and unit only.
func (r *Region) NamesReaders() bool { return r.GetString("readers") != "roles" }

// NameReaders sets that.
func (r *Region) NameReaders(names bool) {
	r.Set("readers", map[bool]string{true: "names", false: "roles"}[names])
}

func readJSON(raw string, d any) error {
	if raw == "" || raw == "null" {
		return nil
	}
	if err := json.Unmarshal([]byte(raw), d); err != nil {
		return fmt.Errorf("decode: %w", err)
	}
	return nil
}

// NewRegion makes a region that is not saved yet.
func NewRegion(app core.App, slug, name, url, defaultUnit string, inService bool) (*Region, error) {
	rec, err := blank(app, Regions)
	if err != nil {
		return nil, err
	}
	rec.Load(map[string]any{"slug": slug, "name": name, "url": url, "defaultUnit": defaultUnit, "inService": inService})
	r := &Region{}
	r.SetProxyRecord(rec)
	return r, nil
}

// SetInfo sets fees, phone numbers and the like.
func (r *Region) SetInfo(d any) { r.Set("info", d) }

// SetTimes sets the region's own minutes.
func (r *Region) SetTimes(d any) { r.Set("times", d) }

// AsRegion reads a record as a region.
func AsRegion(rec *core.Record) *Region {
	r := &Region{}
	r.SetProxyRecord(rec)
	return r
}

// RegionOf is the id of the region that a record is, or belongs to.
func RegionOf(r *core.Record) string {
	if r.Collection().Name == Regions {
		return r.Id
	}
	return r.GetString("region")
}

// RegionList lists every region, by name.
func RegionList(app core.App) ([]*Region, error) {
	return list[Region](app.RecordQuery(Regions).OrderBy("name", "id"))
}

// RegionByID finds a region.
func RegionByID(app core.App, id string) (*Region, error) { return byID[Region](app, Regions, id) }

// RegionBySlug finds a region by its name in bodies and addresses.
func RegionBySlug(app core.App, slug string) (*Region, error) {
	return first[Region](app.RecordQuery(Regions).AndWhere(dbx.HashExp{"slug": slug}))
}

// Unit is a clinic of a region.
type Unit struct{ core.BaseRecordProxy }

// Slug is the unit's name in bodies.
func (u *Unit) Slug() string { return u.GetString("slug") }

// Name is how people know it.
func (u *Unit) Name() string { return u.GetString("name") }

// InService says whether cases may be opened here.
func (u *Unit) InService() bool { return u.GetBool("inService") }

// NewUnit makes a unit that is not saved yet.
func NewUnit(app core.App, region, slug, name string, rank int) (*Unit, error) {
	rec, err := blank(app, Units)
	if err != nil {
		return nil, err
	}
	rec.Load(map[string]any{"region": region, "slug": slug, "name": name, "inService": true, "rank": rank})
	u := &Unit{}
	u.SetProxyRecord(rec)
	return u, nil
}

// UnitByID finds a unit.
func UnitByID(app core.App, id string) (*Unit, error) { return byID[Unit](app, Units, id) }

// UnitBySlug finds a unit of a region.
func UnitBySlug(app core.App, region, slug string) (*Unit, error) {
	return first[Unit](app.RecordQuery(Units).AndWhere(dbx.HashExp{"region": region, "slug": slug}))
}

// UnitsOf lists a region's units.
func UnitsOf(app core.App, region string) ([]*Unit, error) {
	return list[Unit](app.RecordQuery(Units).AndWhere(dbx.HashExp{"region": region}).OrderBy("rank", "name", "id"))
}

// Queue is where cases wait.
type Queue struct{ core.BaseRecordProxy }

// Name is how staff know it.
func (q *Queue) Name() string { return q.GetString("name") }

// Region is the id of the queue's region.
func (q *Queue) Region() string { return q.GetString("region") }

// Unit is the id of the queue's unit.
func (q *Queue) Unit() string { return q.GetString("unit") }

// Rank is the queue's place among those of its unit; the lowest stands in where no row of the region's table takes a case.
func (q *Queue) Rank() int { return q.GetInt("rank") }

// SetRank sets that place.
func (q *Queue) SetRank(rank int) { q.Set("rank", rank) }

// AsQueue reads a record as a queue.
func AsQueue(r *core.Record) *Queue {
	q := &Queue{}
	q.SetProxyRecord(r)
	return q
}

// LastQueueOf finds the queue of a unit with the highest rank.
func LastQueueOf(app core.App, unit string) (*Queue, error) {
	return first[Queue](app.RecordQuery(Queues).AndWhere(dbx.HashExp{"unit": unit}).OrderBy("rank DESC", "id"))
}

// NewQueue makes a queue that is not saved yet.
func NewQueue(app core.App, region, unit, name string, rank int) (*Queue, error) {
	rec, err := blank(app, Queues)
	if err != nil {
		return nil, err
	}
	rec.Load(map[string]any{"region": region, "unit": unit, "name": name, "rank": rank})
	q := &Queue{}
	q.SetProxyRecord(rec)
	return q, nil
}

// QueueByID finds a queue.
func QueueByID(app core.App, id string) (*Queue, error) { return byID[Queue](app, Queues, id) }

// FirstQueueIn finds the queue of a region that takes what nothing else says a queue of: the first of its default unit, or, where that has none or
// is none of the region's, the first of its others; units in service come first.
func FirstQueueIn(app core.App, region string) (*Queue, error) {
	return first[Queue](app.RecordQuery(Queues).AndWhere(dbx.NewExp(
		"[[id]] = (SELECT q.id FROM queues q JOIN units u ON u.id = q.unit JOIN regions r ON r.id = u.region WHERE r.id = {:region} "+
			"ORDER BY u.slug = r.[[defaultUnit]] DESC, u.[[inService]] DESC, u.rank, q.rank, q.id LIMIT 1)", dbx.Params{"region": region})))
}

// FirstQueueOf finds the queue of a unit with the lowest rank.
func FirstQueueOf(app core.App, unit string) (*Queue, error) {
	return first[Queue](app.RecordQuery(Queues).AndWhere(dbx.HashExp{"unit": unit}).OrderBy("rank", "id"))
}

// QueueList lists queues by id, or every one where none is named.
func QueueList(app core.App, ids ...string) ([]*Queue, error) {
	q := app.RecordQuery(Queues).OrderBy("name", "id")
	if len(ids) > 0 {
		any := make([]any, len(ids))
		for i, id := range ids {
			any[i] = id
		}
		q.AndWhere(dbx.In("id", any...))
	}
	return list[Queue](q)
}
