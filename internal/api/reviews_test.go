package api_test

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"lotsen/internal/access"
	"lotsen/internal/audit"
	"lotsen/internal/records"
	"lotsen/test/kit"
)

// reviewing is a world in whose October staff have looked at patients, and whose clock shows November.
type reviewing struct {
	*world
	t     *testing.T
	admin access.Who
	hers  *records.Case
}

// looked writes a look into the access log, as of a time.
func (w *reviewing) looked(who access.Who, at, what, why string) {
	w.t.Helper()
	when, err := time.Parse(time.RFC3339, at)
	if err != nil {
		w.t.Fatal(err)
	}
	if err := audit.Look(w.App, who, what, audit.Subject{Patient: w.hers.Patient(), Case: w.hers.Id}, why, when); err != nil {
		w.t.Fatal(err)
	}
}

func newReviewing(t *testing.T) *reviewing {
	t.Helper()
	w := &reviewing{world: newWorld(t), t: t}
	w.admin = w.world.admin(t)
	w.admin.Name = "admin@demo.test"
	_, w.hers = w.Waiting(t, kit.Anna) // Anna Andersson
	namesake := w.Hire(t, "Nils", "nurse", w.Norrvik.Id)
	namesake.Name = "Nils Andersson"
	w.looked(w.Nurse, "2026-09-30T21:59:59Z", "summary", "") // September in Sweden
	w.looked(namesake, "2026-10-05T09:00:00Z", "summary", "")
	w.looked(w.Doctor, "2026-10-06T22:30:00Z", "summary", "")
	w.looked(w.admin, "2026-10-07T09:00:00Z", "view of cases", "felsökning")
	w.looked(w.South, "2026-10-08T09:00:00Z", "list of queue", "")
	for day := 10; day < 30; day++ {
		w.looked(w.Nurse, "2026-10-"+strconv.Itoa(day)+"T09:00:00Z", "events", "")
	}
	w.looked(w.Nurse, "2026-10-31T23:00:00Z", "summary", "") // November in Sweden
	return w
}

type reviewAnswer struct {
	Review struct {
		ID, Month, State, Head string
		Unit, SignedBy         *string
		Looks, Picked, Left    int
	}
	Rows []struct {
		Nr                                   int
		Rules                                []string
		Verdict, Case, Patient               *string
		Name, Role, Unit, What, Why, Comment string
	}
}

const reviews = "/admin/audit/reviews"

// read reads an answer that must be 200.
func (w *reviewing) read(who access.Who, method, path string, body, out any) {
	w.t.Helper()
	r := w.call(w.t, who, method, path, body)
	r.want(w.t, http.StatusOK)
	if err := json.Unmarshal([]byte(r.raw), out); err != nil {
		w.t.Fatalf("%s: %v", r.raw, err)
	}
}

func (w *reviewing) asks(who access.Who, method, path string, body any) (out reviewAnswer) {
	w.t.Helper()
	w.read(who, method, path, body, &out)
	return out
}

// picked finds which rules have picked a reader's looks.
func (a reviewAnswer) picked(name string) string {
	all := map[string]bool{}
	var rules []string
	for _, r := range a.Rows {
		for _, rule := range r.Rules {
			if r.Name == name && !all[rule] {
				all[rule] = true
				rules = append(rules, rule)
			}
		}
	}
	return strings.Join(rules, " ")
}

func TestALeadReviewsTheMonthOfHerUnit(t *testing.T) {
	t.Parallel()
	w := newReviewing(t)
	made := w.asks(w.Lead, "POST", reviews, map[string]any{"month": "2026-10"})
	if made.Review.Unit == nil || *made.Review.Unit != "Norrvik" || made.Review.Looks != 22 || made.Review.Left != made.Review.Picked {
		t.Fatalf("made: %+v, want 22 looks of Norrvik in October", made.Review)
	}
	if again := w.asks(w.Lead, "POST", reviews, map[string]any{"month": "2026-10", "unit": "norrvik"}); again.Review.ID != made.Review.ID {
		t.Errorf("the same month again is another review")
	}
	path := reviews + "/" + made.Review.ID
	seen := w.asks(w.Lead, "GET", path, nil)
	if got := seen.picked("Nils Andersson"); !strings.HasPrefix(got, "own_name") {
		t.Errorf("the namesake is picked by %q, want own_name", got)
	}
	if got := seen.picked("Doctor"); !strings.HasPrefix(got, "out_of_hours") {
		t.Errorf("who looked at half past midnight is picked by %q, want out_of_hours", got)
	}
	random := 0
	for _, r := range seen.Rows {
		if strings.Contains(strings.Join(r.Rules, " "), "random") {
			random++
		}
		if r.Patient == nil || *r.Patient != "Anna Andersson" || r.Unit != "Norrvik" || r.Case == nil || *r.Case != w.hers.Id {
			t.Errorf("a row is shown as %+v, want whose it is", r)
		}
	}
	if random != 5 {
		t.Errorf("%d rows were drawn, want 5", random)
	}
	w.judgesAll(w.Lead, path, seen)
	w.call(t, w.Lead, "PUT", path+"/rows/"+strconv.Itoa(seen.Rows[0].Nr), map[string]any{"verdict": "breach"}).want(t, http.StatusConflict, "state", "signed")
	w.call(t, w.admin, "POST", path+"/sign", nil).want(t, http.StatusConflict, "state", "signed")
	if again := w.asks(w.Lead, "POST", path+"/sign", nil); again.Review.State != "signed" {
		t.Error("signing twice is not signed")
	}
	if _, err := audit.Verify(w.App); err != nil {
		t.Error(err)
	}
}

// judgesAll gives each row a verdict and signs, and wants each step to stand in the access log.
func (w *reviewing) judgesAll(who access.Who, path string, seen reviewAnswer) {
	w.t.Helper()
	w.call(w.t, who, "POST", path+"/sign", nil).want(w.t, http.StatusConflict, "state", "unfinished")
	for i, r := range seen.Rows {
		after := w.asks(who, "PUT", path+"/rows/"+strconv.Itoa(r.Nr), map[string]any{"verdict": "fine", "comment": "hade ansvar"})
		if after.Review.Left != len(seen.Rows)-i-1 {
			w.t.Errorf("after %d verdicts %d are left of %d", i+1, after.Review.Left, len(seen.Rows))
		}
	}
	signed := w.asks(who, "POST", path+"/sign", nil)
	if signed.Review.State != "signed" || signed.Review.SignedBy == nil || *signed.Review.SignedBy != who.Name {
		w.t.Errorf("signed: %+v, want %s", signed.Review, who.Name)
	}
	count := map[string]int{}
	if err := records.EachLook(w.App.DB(), func(l records.Look) error {
		if l.By == who.ID {
			count[l.What]++
		}
		return nil
	}); err != nil {
		w.t.Fatal(err)
	}
	if count[audit.ReviewMade] != 1 || count[audit.ReviewRead] != 1 || count[audit.ReviewJudged] != len(seen.Rows) || count[audit.ReviewSigned] != 1 {
		w.t.Errorf("the access log tells of the review %v", count)
	}
}

func TestASuperuserReviewsWithoutNamesOfPatients(t *testing.T) {
	t.Parallel()
	w := newReviewing(t)
	all := w.asks(w.admin, "POST", reviews, map[string]any{"month": "2026-10"})
	if all.Review.Unit != nil || all.Review.Looks != 24 {
		t.Errorf("made: %+v, want the 24 looks of all units", all.Review)
	}
	if r := w.call(t, w.admin, "GET", reviews+"/"+all.Review.ID, nil); r.status != http.StatusOK || strings.Contains(r.raw, "Anna") {
		t.Errorf("a superuser is shown the patient's name: %d %s", r.status, r.raw)
	}
	seen := w.asks(w.admin, "GET", reviews+"/"+all.Review.ID, nil)
	if got := seen.picked("admin@demo.test"); !strings.HasPrefix(got, "breakglass") {
		t.Errorf("the look behind the glass is picked by %q, want breakglass", got)
	}
	for _, row := range seen.Rows {
		if row.Name == "admin@demo.test" {
			w.call(t, w.admin, "PUT", reviews+"/"+all.Review.ID+"/rows/"+strconv.Itoa(row.Nr), map[string]any{"verdict": "fine"}).
				want(t, http.StatusForbidden)
		}
	}
	soder := w.asks(w.admin, "POST", reviews, map[string]any{"month": "2026-10", "unit": "soder"})
	if soder.Review.Looks != 1 {
		t.Errorf("Söder: %+v, want one look", soder.Review)
	}
	var list, hers struct{ Items []any }
	w.read(w.admin, "GET", reviews, nil, &list)
	if len(list.Items) != 2 {
		t.Errorf("a superuser lists %d reviews, want 2", len(list.Items))
	}
	w.read(w.Lead, "GET", reviews, nil, &hers)
	if len(hers.Items) != 0 {
		t.Errorf("the lead of Norrvik lists %d reviews of others", len(hers.Items))
	}
	for _, path := range []string{"/" + soder.Review.ID, "/" + all.Review.ID, "/nobody000000000"} {
		w.call(t, w.Lead, "GET", reviews+path, nil).want(t, http.StatusNotFound)
		w.call(t, w.Lead, "POST", reviews+path+"/sign", "nonsense").want(t, http.StatusNotFound)
	}
}

// TestASampleCannotBeChosen: it is drawn by the last hash of the month, so it is the same whoever makes it, and whenever.
func TestASampleCannotBeChosen(t *testing.T) {
	t.Parallel()
	w := newReviewing(t)
	first := w.asks(w.Lead, "POST", reviews, map[string]any{"month": "2026-10"})
	rows := func() string {
		v, err := records.ReviewByID(w.App, first.Review.ID)
		if err != nil {
			v, err = records.ReviewOf(w.App, "2026-10", w.Nurse.Unit)
		}
		if err != nil {
			t.Fatal(err)
		}
		all, err := v.Rows()
		if err != nil {
			t.Fatal(err)
		}
		text := ""
		for _, r := range all {
			text += strconv.Itoa(r.Nr) + strings.Join(r.Rules, ",") + " "
		}
		return text
	}
	before := rows()
	if _, err := w.App.NonconcurrentDB().NewQuery("DELETE FROM reviews").Execute(); err != nil {
		t.Fatal(err)
	}
	w.looked(w.Nurse, "2026-11-24T09:00:00Z", "summary", "")
	w.Clock.Advance(24 * time.Hour)
	w.asks(w.admin, "POST", reviews, map[string]any{"month": "2026-10", "unit": "norrvik"})
	if after := rows(); after != before || before == "" {
		t.Errorf("made again, by somebody else and later, it holds\n%s\nwant\n%s", after, before)
	}
}

func TestWhatIsNoMonthToReview(t *testing.T) {
	t.Parallel()
	w := newReviewing(t)
	for _, c := range []struct{ body, field, code string }{
		{`{}`, "month", "validation_required"},
		{`{"month":"October"}`, "month", "validation_invalid"},
		{`{"month":"2026-13"}`, "month", "validation_invalid"},
		{`{"month":"2026-11"}`, "month", "validation_in_future"},
		{`{"month":"2024-02"}`, "month", "validation_unknown"},
		{`{"month":"2026-10","unit":"soder"}`, "unit", "validation_unknown"},
		{`{"month":"2026-10","unit":"norrvik","region":"elsewhere"}`, "unit", "validation_unknown"},
	} {
		w.call(t, w.Lead, "POST", reviews, c.body).want(t, http.StatusBadRequest, c.field, c.code)
	}
	for _, who := range []access.Who{w.Nurse, w.Doctor, w.Idle, w.Person(t, kit.Bo, "Bo")} {
		for _, call := range []string{"POST " + reviews, "GET " + reviews, "GET " + reviews + "/x", "POST " + reviews + "/x/sign", "GET /admin/audit/head"} {
			method, path, _ := strings.Cut(call, " ")
			w.call(t, who, method, path, nil).want(t, http.StatusForbidden)
		}
	}
}

func TestTheHeadOfTheAccessLogIsShownToWhoReviewsIt(t *testing.T) {
	t.Parallel()
	w := newReviewing(t)
	for _, who := range []access.Who{w.Lead, w.admin} {
		var head struct {
			Nr       int
			Head, At string
		}
		w.read(who, "GET", "/admin/audit/head", nil, &head)
		want, err := audit.LastHead(w.App)
		if err != nil || head.Head != want.String() || head.Nr != want.Nr {
			t.Errorf("%s reads the head %+v, want %v (%v)", who.Name, head, want, err)
		}
	}
}
