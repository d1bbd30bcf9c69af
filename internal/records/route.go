package records

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/cases"
)

// Route is a row of a region's table that says which queue a case joins. What it means is internal/routing's to say.
type Route struct{ core.BaseRecordProxy }

// Region is the id of the region whose table the row is of.
func (r *Route) Region() string { return r.GetString("region") }

// Rank is the order of the rows, the lowest first.
func (r *Route) Rank() int { return r.GetInt("rank") }

// SetRank sets it.
func (r *Route) SetRank(rank int) { r.Set("rank", rank) }

// Name is what people call the row.
func (r *Route) Name() string { return r.GetString("name") }

// Unit is the id of the unit whose cases the row takes, or "".
func (r *Route) Unit() string { return r.GetString("unit") }

// Complaints are the codes that the row takes, or none for all.
func (r *Route) Complaints() []string { return codes(r.GetString("complaints")) }

// Levels are those that the row takes, or none for all.
func (r *Route) Levels() []cases.Level {
	var list []cases.Level
	for _, text := range r.GetStringSlice("levels") {
		n, _ := strconv.Atoi(text) // the field takes no others
		list = append(list, cases.Level(n))
	}
	return list
}

// Ages are the youngest and the oldest whom the row takes, 0 for no bound.
func (r *Route) Ages() (from, to int) { return r.GetInt("ageFrom"), r.GetInt("ageTo") }

// Languages are the codes that the row takes, or none for all.
func (r *Route) Languages() []string { return codes(r.GetString("languages")) }

// Hours are the times at which the row holds, as they stand there in JSON.
func (r *Route) Hours() []byte { return []byte(r.GetString("hours")) }

// Queue is the id of the queue that the row sends cases to.
func (r *Route) Queue() string { return r.GetString("queue") }

// codes are the words of a list that people write, with blanks or commas between.
func codes(text string) []string {
	return strings.FieldsFunc(text, func(c rune) bool { return c == ',' || c == ' ' || c == '\n' || c == '\t' || c == ';' })
}

// AsRoute reads a record as a route.
func AsRoute(rec *core.Record) *Route {
	r := &Route{}
	r.SetProxyRecord(rec)
	return r
}

// Row is what a route is made of. What is empty is no condition.
type Row struct {
	Region, Name, Queue   string
	Rank                  int
	Unit                  string
	Complaints, Languages []string
	Levels                []cases.Level
	AgeFrom, AgeTo        int
	Hours                 any // as JSON
}

// NewRoute makes a route that is not saved yet.
func NewRoute(app core.App, row Row) (*Route, error) {
	rec, err := blank(app, Routes)
	if err != nil {
		return nil, err
	}
	levels := make([]string, len(row.Levels))
	for i, l := range row.Levels {
		levels[i] = strconv.Itoa(int(l))
	}
	rec.Load(map[string]any{
		"region": row.Region, "name": row.Name, "queue": row.Queue, "rank": row.Rank, "unit": row.Unit,
		"complaints": strings.Join(row.Complaints, " "), "languages": strings.Join(row.Languages, " "),
		"levels": levels, "ageFrom": row.AgeFrom, "ageTo": row.AgeTo, "hours": row.Hours,
	})
	return AsRoute(rec), nil
}

// RoutesOf lists a region's rows in the order in which they are asked. Index: routes_region.
func RoutesOf(app core.App, region string) ([]*Route, error) {
	return list[Route](app.RecordQuery(Routes).AndWhere(dbx.HashExp{"region": region}).OrderBy("rank", "id"))
}

// CountRoutesAt counts the rows that lead to a queue, or name a unit. of is its collection.
func CountRoutesAt(app core.App, of, id string) (n int, err error) {
	column, ok := map[string]string{Queues: "queue", Units: "unit", Regions: "region"}[of]
	if !ok {
		return 0, fmt.Errorf("count routes: none names a record of %s", of)
	}
	if err := app.DB().Select("count(*)").From(Routes).AndWhere(dbx.HashExp{column: id}).Row(&n); err != nil {
		return 0, fmt.Errorf("count routes: %w", err)
	}
	return n, nil
}

// Reroutes says whether a record that was saved may change where cases go: any row of a table does, and of the places the fields that the table, or
// what stands in for it, asks. What a lead switches, opening hours and names are not among them.
func Reroutes(r *core.Record) bool {
	var asked []string
	switch r.Collection().Name {
	case Routes:
		return true
	case Queues:
		asked = []string{"region", "unit", "rank"}
	case Units:
		asked = []string{"region", "slug", "rank", "inService"}
	case Regions:
		asked = []string{"defaultUnit"}
	}
	was := r.Original()
	return slices.ContainsFunc(asked, func(field string) bool { return r.GetString(field) != was.GetString(field) })
}
