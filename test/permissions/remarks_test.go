package permissions

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"lotsen/internal/api"
	"lotsen/internal/care"
	"lotsen/internal/records"
)

// remarkID is the id of what Anna has written to support, and of her view on the care.
const remarkID = "annasremark0001"

// plantRemarks lets Anna write both.
func (w *world) plantRemarks() {
	w.t.Helper()
	ctx, anna := context.Background(), w.people["Anna"]
	_, _, err := w.Desk.AskSupport(ctx, anna, care.Remark{ID: remarkID, Text: openWords("support"), Body: 1}, "")
	w.must(nil, err)
	_, _, err = w.Desk.SayView(ctx, anna, care.View{Remark: care.Remark{ID: remarkID, Text: openWords("view"), Body: 2}, Case: w.cases["active"]})
	w.must(nil, err)
}

// TestWhoReadsRemarks: their author, and who answers them. Every answer is searched for Anna's name, number and telephone besides.
func TestWhoReadsRemarks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	reads := map[string]string{"Anna": "/support /views", "admin": "/admin/support", "leader": "/views/unit"}
	for _, caller := range callers {
		for path, words := range map[string]string{
			"/support": openWords("support"), "/admin/support": openWords("support"), "/views": openWords("view"), "/views/unit": openWords("view"),
		} {
			r := w.get(caller, api.Base+path)
			want := strings.Contains(" "+reads[caller]+" ", " "+path+" ")
			if got := strings.Contains(r.body, words); got != want {
				t.Errorf("%s reads the words by GET %s: %v, want %v: %d %s", caller, path, got, want, r.status, r.body)
			}
		}
	}
}

// TestALeadOfAnotherUnitSeesNoView, nor does one who leads no more, or one whose queue is another now.
func TestALeadOfAnotherUnitSeesNoView(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	answer := request{method: http.MethodPost, path: api.Base + "/views/" + remarkID + "/answer", body: `{"text":"Tack"}`}
	w.move("leader", w.Soder.Id)
	answer.caller = "leader"
	if r := w.send(answer); r.status != http.StatusNotFound {
		t.Errorf("a lead of another unit answers: %d, want 404", r.status)
	}
	if r := w.get("leader", api.Base+"/views/unit"); r.status != http.StatusOK || len(r.items()) > 0 {
		t.Errorf("a lead of another unit reads: %d %s, want nothing", r.status, r.body)
	}
	w.move("leader", w.Norrvik.Id)
	lead := w.record("leader")
	lead.Set("role", "nurse")
	if err := w.App.Save(lead); err != nil {
		t.Fatal(err)
	}
	if r := w.send(answer); r.status != http.StatusForbidden {
		t.Errorf("a lead no more answers: %d, want 403", r.status)
	}
}

// TestAViewIsToldToTheLeadsOfItsUnitAlone: on their own topics, and with no word of it.
func TestAViewIsToldToTheLeadsOfItsUnitAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	topic := func(name string) string { return "lotsen/staff/" + w.people[name].ID }
	streams := map[string]*stream{}
	for _, name := range []string{"leader", "nurse", "southerner"} {
		streams[name] = w.listen(name, topic(name))
	}
	r := w.send(request{caller: "Disa", method: http.MethodPost, path: api.Base + "/views", body: `{"text":"Det dröjer."}`})
	if r.status != http.StatusOK {
		t.Fatalf("Disa writes: %d %s", r.status, r.body)
	}
	for name, s := range streams {
		told := s.all()
		if name != "leader" {
			if len(told) > 0 {
				t.Errorf("%s is told %v, want nothing", name, told)
			}
			continue
		}
		if len(told) != 1 || !strings.Contains(told[0].data, `"type":"views"`) || strings.Contains(told[0].data, "dröjer") {
			t.Errorf("the lead is told %v, want that there is a view", told)
		}
	}
	if n, err := w.App.CountRecords(records.Views); err != nil || n != 2 {
		t.Errorf("%d views, %v; want 2", n, err)
	}
}
