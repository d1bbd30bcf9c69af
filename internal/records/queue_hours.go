package records

import (
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// Hours are the region's opening hours, as they stand there in JSON.
func (r *Region) Hours() []byte { return []byte(r.GetString(HoursField)) }

// SetHours sets them.
func (r *Region) SetHours(d any) { r.Set(HoursField, d) }

// Region is the id of the unit's region.
func (u *Unit) Region() string { return u.GetString("region") }

// Hours are the unit's opening hours, as they stand there in JSON.
func (u *Unit) Hours() []byte { return []byte(u.GetString(HoursField)) }

// SetHours sets them.
func (u *Unit) SetHours(d any) { u.Set(HoursField, d) }

// UnitList lists every unit.
func UnitList(app core.App) ([]*Unit, error) { return list[Unit](app.RecordQuery(Units)) }

// QueuesIn lists the queues of a region, those of a unit by rank.
func QueuesIn(app core.App, region string) ([]*Queue, error) {
	return list[Queue](app.RecordQuery(Queues).AndWhere(dbx.HashExp{"region": region}).OrderBy("unit", "rank", "id"))
}

// Hours are the queue's opening hours, as they stand there in JSON.
func (q *Queue) Hours() []byte { return []byte(q.GetString(HoursField)) }

// SetHours sets them.
func (q *Queue) SetHours(d any) { q.Set(HoursField, d) }

// PausedUntil is until when the lead lets nobody join; zero where it is not so.
func (q *Queue) PausedUntil() time.Time { return q.GetDateTime("pausedUntil").Time() }

// PauseUntil sets it; zero ends it.
func (q *Queue) PauseUntil(at time.Time) { q.Set("pausedUntil", moment(at)) }

// Cap is how many may join in a day, and until when that holds; the time is zero where there is no limit.
func (q *Queue) Cap() (n int, until time.Time) {
	return q.GetInt("capToday"), q.GetDateTime("capUntil").Time()
}

// Limit sets it; a zero time ends it.
func (q *Queue) Limit(n int, until time.Time) {
	q.Set("capToday", n)
	q.Set("capUntil", moment(until))
}

// Message is the lead's line to those who wait, and until when it stands; the time is zero where there is none.
func (q *Queue) Message() (text string, until time.Time) {
	return q.GetString("message"), q.GetDateTime("messageUntil").Time()
}

// SayToAll sets it; a zero time ends it.
func (q *Queue) SayToAll(text string, until time.Time) {
	q.Set("message", text)
	q.Set("messageUntil", moment(until))
}

// ShutFrom is since when those who wait are told that the queue is closed; zero where they were last told that it is open.
func (q *Queue) ShutFrom() time.Time {
	if !q.GetBool("shut") {
		return time.Time{}
	}
	return q.GetDateTime("shutFrom").Time()
}

// Shut notes that it has closed.
func (q *Queue) Shut(from time.Time) {
	q.Set("shut", true)
	q.Set("shutFrom", moment(from))
}

// Unshut notes that the queue has opened.
func (q *Queue) Unshut() { q.Set("shut", false) }

// ShutTold is when the patient was last told that the queue is closed.
func (c *Case) ShutTold() time.Time { return c.GetDateTime(caseShutTold).Time() }

// TellShut notes it.
func (c *Case) TellShut(at time.Time) { c.Set(caseShutTold, moment(at)) }

// caseShutTold is named by a query, too.
const caseShutTold = "shutTold"

// NotToldShut lists the ids of the cases that wait in a queue and were not told that it has closed at from, in the order of the queue, at most n.
// Index: cases_untold, in which those that were told are passed over unread.
func NotToldShut(app core.App, queue string, from time.Time, n int) ([]string, error) {
	var ids []string
	err := app.DB().Select("id").From(Cases).AndWhere(dbx.And(
		dbx.HashExp{caseQueue: queue}, dbx.NewExp("[[state]] = 'waiting'"),
		dbx.NewExp("[["+caseShutTold+"]] < {:t}", dbx.Params{"t": stamp(from)}))).
		OrderBy(caseLevel, caseSince, "id").Limit(int64(n)).Column(&ids)
	return ids, err
}

// JoinedSince counts the cases of a queue that began to wait at or after since, whatever has become of them. Index: cases_joined.
func JoinedSince(app core.App, queue string, since time.Time) (int, error) {
	var n int
	err := app.DB().Select("count(*)").From(Cases).AndWhere(dbx.And(
		dbx.NewExp("[[queue]] != ''"), dbx.HashExp{caseQueue: queue},
		dbx.NewExp("[["+caseSince+"]] >= {:t}", dbx.Params{"t": stamp(since)}))).Row(&n)
	return n, err
}

// HoursField is the field of regions, units and queues that their opening hours stand in.
const HoursField = "hours"

// HoursIn are the opening hours of a region, a unit or a queue, as they stand there in JSON.
func HoursIn(r *core.Record) []byte { return []byte(r.GetString(HoursField)) }

// QueuesUnder lists the queues of a region or of a unit.
func QueuesUnder(app core.App, place *core.Record) ([]*Queue, error) {
	column := "region"
	if place.Collection().Name == Units {
		column = "unit"
	}
	return list[Queue](app.RecordQuery(Queues).AndWhere(dbx.HashExp{column: place.Id}))
}
