package permissions

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/api"
)

// page says what of a collection is whose. Each collection's file has one.
type page struct {
	// verbs is a table: what PocketBase answers to whom. `list`, `view`, `create`, `update` and `delete` are asked with a record of
	// subject's case (or, where rows have no case, of Anna), as everybody. A dash is for what is no refusal and not tried here.
	verbs string
	// record finds the record that is asked for; nil where there is none.
	record func(*world) string
	// subject is the case whose ties the columns mean; "" for Anna's.
	subject string
}

// pages are all of them, by collection.
var pages = map[string]page{}

// about registers the page of a collection.
func about(collection string, p page) bool {
	pages[collection] = p
	return true
}

// aRow is a record of a collection that has rows: the first.
func aRow(collection string) func(*world) string {
	return func(w *world) string {
		r, err := w.App.FindFirstRecordByFilter(collection, "id != ''")
		if err != nil {
			w.t.Fatalf("no row in %s: %v", collection, err)
		}
		return r.Id
	}
}

// TestEveryCollectionHasAPage fails when a collection is added and nothing says who may not see it.
func TestEveryCollectionHasAPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	all, err := w.App.FindAllCollections()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range all {
		if strings.HasPrefix(c.Name, "_") {
			continue
		}
		if _, ok := pages[c.Name]; !ok {
			t.Errorf("the collection %s has no page: write %s_test.go and say who may do what", c.Name, c.Name)
		}
		if _, err := os.Stat(c.Name + "_test.go"); err != nil {
			t.Errorf("the collection %s has no test file of its own", c.Name)
		}
	}
	if len(pages) < 15 {
		t.Errorf("%d pages, want 15 at least", len(pages))
	}
}

// TestVerbs asks of every collection every verb as everybody, and that nothing was changed by it.
func TestVerbs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.everything()
	for name, p := range pages {
		subject := p.subject
		if subject == "" {
			subject = "active"
		}
		verbs := read(p.verbs)
		if !slices.Equal(verbs.columns, ties) {
			t.Fatalf("%s: the columns are %v, want %v", name, verbs.columns, ties)
		}
		for _, caller := range callers {
			for _, verb := range []string{"list", "view", "create", "update", "delete"} {
				want := verbs.at(verb, tie(caller, subject))
				if want == "-" {
					continue
				}
				r := verbRequest(verb, name, p.record(w))
				r.caller = caller
				if got := w.send(r); fmt.Sprint(got.status) != want {
					t.Errorf("%s: %s as %s answers %d, want %s: %s", name, verb, caller, got.status, want, got.body)
				}
			}
		}
	}
	w.unchanged(before)
}

func verbRequest(verb, collection, id string) request {
	base := recordsOf(collection)
	const anything = `{"state":"closed","seq":999,"body":"x","level":1,"value":"x","name":"x","hash":"x","key":"x","queues":[],"role":"lead"}`
	switch verb {
	case "list":
		return request{method: http.MethodGet, path: base}
	case "view":
		return request{method: http.MethodGet, path: base + "/" + id}
	case "create":
		return request{method: http.MethodPost, path: base, body: anything}
	case "update":
		return request{method: http.MethodPatch, path: base + "/" + id, body: anything}
	}
	return request{method: http.MethodDelete, path: base + "/" + id}
}

// everything is all rows of ours as text, by table.
func (w *world) everything() map[string]string {
	w.t.Helper()
	out := map[string]string{}
	for name := range pages {
		rows := []dbx.NullStringMap{}
		if err := w.App.DB().NewQuery("SELECT * FROM " + name + " ORDER BY id").All(&rows); err != nil {
			w.t.Fatalf("read %s: %v", name, err)
		}
		raw, err := json.Marshal(rows)
		if err != nil {
			w.t.Fatal(err)
		}
		out[name] = string(raw)
	}
	return out
}

// unchanged fails unless all rows are as before, but for the access log, the ends of log-ins, and what timers note of who has no live line.
func (w *world) unchanged(before map[string]string) {
	w.t.Helper()
	for name, now := range w.everything() {
		if name != "audit" && name != "sessions" && name != "absences" && now != before[name] {
			w.t.Errorf("%s has changed\nfrom %.600s\nto   %.600s", name, before[name], now)
		}
	}
}

// hiddenFields are the fields that a collection shows to nobody but superusers.
func (w *world) hiddenFields(collection string) []string {
	c, err := w.App.FindCachedCollectionByNameOrId(collection)
	if err != nil {
		return nil
	}
	var names []string
	for _, f := range c.Fields {
		if f.GetHidden() {
			names = append(names, f.GetName())
		}
	}
	return names
}

// toldByCommands are hidden fields that a command shows with a record, to those who may read it: how many messages a case has.
var toldByCommands = map[string]string{"cases": "messages"}

// searchHidden fails the test if a record in an answer has a field that is hidden in its collection.
func (w *world) searchHidden(caller, where, told string) {
	w.t.Helper()
	var whole any
	if json.Unmarshal([]byte(told), &whole) != nil {
		return
	}
	w.walk(whole, func(record map[string]any) {
		name, _ := record["collectionName"].(string)
		for _, hidden := range w.hiddenFields(name) {
			if strings.Contains(where, api.Base) && hidden == toldByCommands[name] {
				continue
			}
			if _, told := record[hidden]; told {
				w.t.Errorf("%s reads the hidden field %s.%s by %s", caller, name, hidden, where)
			}
		}
	})
}

// shown are the fields of a record that people other than admins are shown, as api.md promises them, and no more.
var shown = map[string]string{
	"cases": "advice clinician clinicianName clinicianRole closed complaint created due guardian level messages outcome patient queue region seq since " +
		"state struck unit",
	"messages": "author authorName body case created files kind mentions nr seq",
	"answers":  "case created dropped files question seq value",
	"patients": "email emailVisibility language name phone verified",
	"staff":    "duty email emailVisibility name queues role verified",
	"queues":   "name rank region unit",
	"regions":  "inService name slug url",
	"units":    "inService name rank region slug",
}

func TestRecordsShowTheseFieldsAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for collection, want := range shown {
		found := false
		for _, caller := range []string{"Anna", "Kim", "nurse", "Mona"} {
			for _, item := range w.get(caller, list(collection)).items() {
				found = true
				for _, always := range []string{"id", "collectionId", "collectionName"} {
					delete(item, always)
				}
				if got := strings.Join(slices.Sorted(maps.Keys(item)), " "); got != want {
					t.Errorf("%s is shown of %s:\n%s\nwant\n%s", caller, collection, got, want)
				}
			}
		}
		if !found {
			t.Errorf("nobody was shown a record of %s", collection)
		}
	}
}

func (w *world) walk(v any, each func(map[string]any)) {
	switch v := v.(type) {
	case map[string]any:
		each(v)
		for _, inner := range v {
			w.walk(inner, each)
		}
	case []any:
		for _, inner := range v {
			w.walk(inner, each)
		}
	}
}

// TestHiddenFieldsAreNoAnswerToAQuestion asks lists by every hidden field: as a filter, as a sort, as a choice of fields, through relations too.
func TestHiddenFieldsAreNoAnswerToAQuestion(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	through := map[string]string{ // a way from what somebody may list to each collection
		"cases": "", "messages": "case.", "answers": "case.",
	}
	for name := range pages {
		for _, hidden := range w.hiddenFields(name) {
			for _, caller := range []string{"no token", "Anna", "nurse", "idle nurse"} {
				for _, path := range []string{list(name, "filter", hidden+" != 'x'"), list(name, "sort", hidden)} {
					if r := w.get(caller, path); r.status != 400 && r.status != 403 {
						t.Errorf("%s: %s as %s answers %d, want 400", name, path, caller, r.status)
					}
				}
				w.get(caller, list(name, "fields", "*,"+hidden)) // send looks at the answer
				if name != "cases" {
					continue
				}
				for from, way := range through {
					if way == "" {
						continue
					}
					if r := w.get(caller, list(from, "filter", way+hidden+" != 'x'")); r.status != 400 {
						t.Errorf("%s filtered by %s%s as %s answers %d, want 400", from, way, hidden, caller, r.status)
					}
				}
			}
		}
	}
}

// TestNoListHoldsAPersonalNumber asks every list, with everything expanded, as everybody.
func TestNoListHoldsAPersonalNumber(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, caller := range callers {
		for name := range pages {
			r := w.get(caller, list(name, "expand", "case.patient,patient,region,unit,queue.unit.region,queues.unit"))
			for person := range born {
				n := number(t, born[person])
				for _, form := range []string{n.Digits(), n.Long(), n.Digits()[2:], n.Mask()} {
					if strings.Contains(r.body, form) {
						t.Errorf("the list of %s as %s holds %s's number as %s", name, caller, person, form)
					}
				}
			}
		}
	}
}

// seen fails unless a caller reads exactly these records of a collection: in the list, and one by one.
func (w *world) seen(caller, collection string, all map[string]string, may func(key string) bool) {
	w.t.Helper()
	var want []string
	for key, id := range all {
		status := http.StatusNotFound
		if may(key) {
			want, status = append(want, id), http.StatusOK
		}
		if r := w.get(caller, recordsOf(collection)+"/"+id); r.status != status {
			w.t.Errorf("%s views %s of %s: %d, want %d", caller, collection, key, r.status, status)
		}
	}
	slices.Sort(want)
	got := w.get(caller, list(collection))
	if got.status != http.StatusOK {
		w.t.Errorf("%s lists %s: %d, want 200", caller, collection, got.status)
	}
	if !slices.Equal(got.ids(), want) {
		w.t.Errorf("%s lists %s %v, want %v", caller, collection, got.ids(), want)
	}
}

// expands is what a record of a list holds under expand, by name.
func expands(item map[string]any) map[string]any {
	e, _ := item["expand"].(map[string]any)
	return e
}

func query(name, value string) string { return url.QueryEscape(name) + "=" + url.QueryEscape(value) }

func (w *world) recordAt(collection, id string) *core.Record {
	w.t.Helper()
	r, err := w.App.FindRecordById(collection, id)
	if err != nil {
		w.t.Fatalf("find %s: %v", collection, err)
	}
	return r
}
