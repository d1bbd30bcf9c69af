package api_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"lotsen/internal/access"
	"lotsen/internal/cases"
	"lotsen/internal/records"
	"lotsen/test/kit"
)

func ending() records.Ending { return records.Ending{Outcome: "advice", Advice: "Vila <och> drick."} }

// say writes a message through care.
func (w *world) say(t *testing.T, who whoSays, id, body string, note bool) *records.Message {
	t.Helper()
	m, err := records.NewMessage(w.App, id, body)
	if err != nil {
		t.Fatal(err)
	}
	if note {
		m.Set("kind", records.Note)
	}
	_, err = w.Desk.Say(t.Context(), who, m, body, saveMessage(m))
	if err != nil {
		t.Fatalf("say: %v", err)
	}
	return m
}

func TestQuestionsToTheDecision(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna := w.Person(t, kit.Anna, "Anna Andersson")
	c := w.Open(t, anna)
	path := "/cases/" + c.Id
	step := w.call(t, anna, "GET", path+"/step", nil)
	for i := 0; step.at("question") != nil; i++ {
		progress := step.json["progress"].(object)
		if progress["expected"].(float64) < progress["answered"].(float64)+1 {
			t.Fatalf("progress is %v, want expected above answered", progress)
		}
		q := step.json["question"].(object)
		a := w.call(t, anna, "PUT", path+"/answers/"+q["id"].(string), object{"value": mildest(q)}, "Accept-Language", "en")
		a.want(t, http.StatusOK)
		again := w.call(t, anna, "PUT", path+"/answers/"+q["id"].(string), object{"value": mildest(q)}, "Accept-Language", "en")
		again.want(t, http.StatusOK)
		if a.raw != again.raw {
			t.Fatalf("the same answer again gives %s, want %s", again.raw, a.raw)
		}
		if step = w.call(t, anna, "GET", path+"/step", nil); i > 60 {
			t.Fatal("the questions do not end")
		}
	}
	d := step.json["decision"].(object)
	for _, name := range []string{"level", "code", "title", "text", "advice", "reasons", "next"} {
		if d[name] == nil {
			t.Errorf("the decision lacks %s: %v", name, d)
		}
	}
	if step.json["question"] != nil || step.json["progress"] != nil {
		t.Errorf("a decision comes with %s, want nothing beside it", step.raw)
	}
	simple := w.call(t, anna, "GET", path+"/step", nil, "Accept-Language", "sv-simple")
	if simple.raw != step.raw {
		t.Errorf("simple Swedish is %s, want it to fall back to %s", simple.raw, step.raw)
	}
	w.InState(t, c.Id, cases.Recommended)
}

// mildest is the answer to a question of the interface that raises the urgency least.
func mildest(q object) any {
	options, _ := q["options"].([]any)
	switch q["type"] {
	case "choice":
		return options[0].(object)["code"]
	case "multichoice":
		return []any{options[len(options)-1].(object)["code"]}
	case "boolean":
		return false
	case "integer", "decimal":
		return q["min"]
	}
	return nil
}

// TestNoQuestionOfAnEndedCase holds that who comes back to a case that ended undecided is told so, and not asked what no answer helps.
func TestNoQuestionOfAnEndedCase(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna, bo := w.Person(t, kit.Anna, "Anna Andersson"), w.Person(t, kit.Bo, "Bo Berg")
	left, decided := w.Open(t, anna), w.Open(t, bo)
	w.Decide(t, bo, decided.Id, nil)
	for id, who := range map[string]access.Who{left.Id: anna, decided.Id: bo} {
		if _, err := w.Desk.Leave(t.Context(), who, id); err != nil {
			t.Fatal(err)
		}
	}
	a := w.call(t, anna, "GET", "/cases/"+left.Id+"/step", nil)
	a.want(t, http.StatusConflict)
	if a.at("data", "state", "code") != "cancelled" {
		t.Errorf("data.state is %v, want cancelled", a.at("data", "state"))
	}
	if a = w.call(t, bo, "GET", "/cases/"+decided.Id+"/step", nil); a.at("decision") == nil {
		t.Errorf("of a case that was decided: %d %s, want the decision", a.status, a.raw)
	}
}

func TestARedFlagEndsTheQuestions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna := w.Person(t, kit.Anna, "Anna Andersson")
	c := w.Open(t, anna)
	a := w.call(t, anna, "PUT", "/cases/"+c.Id+"/answers/rf_now", object{"value": []string{"rf_blue"}}, "Accept-Language", "en")
	a.want(t, http.StatusOK)
	if a.at("step", "decision", "code") != "immediate" || a.at("step", "decision", "title") != "Call 112 now" {
		t.Errorf("a red flag gives %s", a.raw)
	}
}

func TestOwnWordsShowDanger(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna := w.Person(t, kit.Anna, "Anna Andersson")
	c := w.Open(t, anna)
	path := "/cases/" + c.Id + "/freetext"
	calm := w.call(t, anna, "POST", path, object{"text": "Det kliar lite."})
	calm.want(t, http.StatusOK)
	if calm.raw != `{"danger":[],"alert":null}`+"\n" {
		t.Errorf("calm words give %s", calm.raw)
	}
	a := w.call(t, anna, "POST", path, object{"text": "Ont i bröstet sedan i går"}, "Accept-Language", "en")
	a.want(t, http.StatusOK)
	danger := a.json["danger"].([]any)
	if len(danger) != 1 || danger[0].(object)["code"] != "chest" || !strings.Contains(danger[0].(object)["text"].(string), "112") {
		t.Errorf("words of danger give %v, want the group chest and 112", danger)
	}
	if alert, _ := a.json["alert"].(string); !strings.Contains(alert, "112") {
		t.Errorf("the alert is %q, want that nobody has been alerted", alert)
	}
	w.call(t, anna, "POST", path, object{"text": strings.Repeat("å", 4000)}).want(t, http.StatusOK)
	w.call(t, anna, "POST", path, object{"text": strings.Repeat("å", 4001)}).want(t, http.StatusBadRequest, "text", "validation_too_long")
	if now := w.Case(t, c.Id); now.Level() != 0 || now.Words() != 3 || !now.Danger() {
		t.Errorf("after words: level %d, %d rows, danger %v; want 0, 3, true", now.Level(), now.Words(), now.Danger())
	}
}

func TestFeelingWorseSaysWhatToDo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna, c := w.Waiting(t, kit.Anna)
	path := "/cases/" + c.Id + "/worse"
	got := w.call(t, anna, "GET", path, nil, "Accept-Language", "en")
	got.want(t, http.StatusOK)
	answers := object{}
	for _, q := range got.json["questions"].([]any) {
		answers[q.(object)["id"].(string)] = []string{"none"}
	}
	if len(answers) < 2 {
		t.Fatalf("the red flags are %s", got.raw)
	}
	w.call(t, anna, "POST", path, nil).want(t, http.StatusBadRequest, "answers", "validation_required")
	w.call(t, anna, "POST", path, object{"answers": object{"rf_now": []string{"cold"}}}).want(t, http.StatusBadRequest,
		"answers.rf_now", "validation_not_one_of", "answers.rf_more", "validation_required")

	same := w.call(t, anna, "POST", path, object{"answers": answers}, "Accept-Language", "en")
	same.want(t, http.StatusOK)
	if same.json["level"] != float64(c.Level()) || same.at("step", "decision") == nil || same.json["alert"] == "" {
		t.Errorf("worse without a red flag gives %s", same.raw)
	}
	answers["rf_now"] = []string{"rf_chest"}
	a := w.call(t, anna, "POST", path, object{"answers": answers}, "Accept-Language", "en")
	a.want(t, http.StatusOK)
	if a.json["level"] != 1.0 || a.at("step", "decision", "code") != "immediate" || !strings.Contains(a.json["alert"].(string), "112") {
		t.Errorf("a red flag while waiting gives %s", a.raw)
	}
	if !w.Case(t, c.Id).FeelsWorse() {
		t.Error("the case is not marked worse")
	}
	if step := w.call(t, anna, "GET", "/cases/"+c.Id+"/step", nil); step.at("decision", "code") != "immediate" {
		t.Errorf("the step of who should ring 112 is %s, want the decision", step.raw)
	}
}

func TestHereHoldReadTypingFeedback(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna, c := w.Taken(t, kit.Anna)
	path := "/cases/" + c.Id
	w.call(t, anna, "POST", path+"/hold", nil).want(t, http.StatusOK)
	w.call(t, anna, "POST", path+"/feedback", object{"rating": 5}).want(t, http.StatusConflict, "state", "called")
	w.call(t, anna, "POST", path+"/here", nil).want(t, http.StatusNoContent)
	w.call(t, anna, "POST", path+"/here", object{}).want(t, http.StatusNoContent)
	w.InState(t, c.Id, cases.Active)

	w.say(t, anna, c.Id, "Hej", false)
	w.call(t, w.Nurse, "PUT", path+"/read", object{"upTo": 1}).want(t, http.StatusNoContent)
	w.call(t, w.Nurse, "PUT", path+"/read", object{"freetext": true}).want(t, http.StatusNoContent)
	w.call(t, anna, "PUT", path+"/read", object{"upTo": 1}).want(t, http.StatusNoContent)
	w.call(t, anna, "PUT", path+"/read", object{"upTo": 1, "freetext": true}).want(t, http.StatusBadRequest, "freetext", "validation_unknown_field")
	w.call(t, anna, "PUT", path+"/read", object{}).want(t, http.StatusBadRequest, "upTo", "validation_required")
	w.call(t, anna, "PUT", path+"/read", object{"upTo": -1}).want(t, http.StatusBadRequest, "upTo", "validation_too_small")
	if now := w.Case(t, c.Id); now.ReadByPatient() != 1 || now.ReadByStaff() != 1 {
		t.Errorf("read marks are %d and %d, want 1 and 1", now.ReadByPatient(), now.ReadByStaff())
	}

	w.call(t, anna, "POST", path+"/typing", object{"on": true}).want(t, http.StatusNoContent)
	w.call(t, w.Nurse, "POST", path+"/typing", object{"on": false}).want(t, http.StatusNoContent)
	if got := strings.Join(w.typed, ", "); got != "patient on, staff off" {
		t.Errorf("typing told %q", got)
	}

	if _, err := w.Desk.Close(t.Context(), w.Nurse, c.Id, ending()); err != nil {
		t.Fatal(err)
	}
	w.call(t, anna, "POST", path+"/feedback", object{"rating": 6, "text": 1}).want(t, http.StatusBadRequest,
		"rating", "validation_too_large", "text", "validation_invalid_type")
	w.call(t, anna, "POST", path+"/feedback", object{"rating": 4, "text": "Tack"}).want(t, http.StatusNoContent)
	w.call(t, anna, "POST", path+"/feedback", object{"rating": 4, "text": "Tack"}).want(t, http.StatusNoContent)
	w.call(t, anna, "POST", path+"/feedback", object{"rating": 1}).want(t, http.StatusConflict, "state", "closed")
	if stars, text := w.Case(t, c.Id).Rating(); stars != 4 || text != "Tack" {
		t.Errorf("the rating is %d, %q", stars, text)
	}
}

func TestReadersAreStaff(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna, c := w.Waiting(t, kit.Anna)
	if list := w.call(t, anna, "GET", "/cases/"+c.Id+"/readers", nil); list.raw != "[]\n" {
		t.Fatalf("before anybody has looked the readers are %s", list.raw)
	}
	w.Clock.Advance(1500 * 1e6)
	w.call(t, w.Nurse, "GET", "/cases/"+c.Id+"/events", nil).want(t, http.StatusOK)
	list := w.call(t, anna, "GET", "/cases/"+c.Id+"/readers", nil).list(t)
	if len(list) != 1 {
		t.Fatalf("%d readers, want the nurse alone", len(list))
	}
	want := map[string]any{"name": "Nurse", "role": "nurse", "at": "2026-11-25T08:00:01.500Z", "what": "events"}
	for name, value := range want {
		if list[0][name] != value {
			t.Errorf("%s of a reader is %v, want %v", name, list[0][name], value)
		}
	}
}

func TestThePageToPrint(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna, c := w.Active(t, kit.Anna)
	w.say(t, anna, c.Id, "<script>alert(1)</script>", false)
	w.say(t, w.Nurse, c.Id, "Bara mellan oss", true)
	if _, err := w.Desk.Close(t.Context(), w.Nurse, c.Id, ending()); err != nil {
		t.Fatal(err)
	}
	a := w.call(t, anna, "GET", "/cases/"+c.Id+"/print", nil, "Accept-Language", "en")
	a.want(t, http.StatusOK)
	for _, want := range []string{
		`<html lang="en" dir="ltr">`, "Vila &lt;och&gt; drick.", "&lt;script&gt;alert(1)", "Nurse, ", "2026-11-25 09:00", "<title>Lotsen</title>",
	} {
		if !strings.Contains(a.raw, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, no := range []string{"<script", "Bara mellan oss", "http://", "https://", kit.Anna} {
		if strings.Contains(a.raw, no) {
			t.Errorf("the page holds %q", no)
		}
	}
	if strings.Index(a.raw, "Vila") > strings.Index(a.raw, "Nurse, ") {
		t.Error("the advice does not come first")
	}
	for name, want := range map[string]string{
		"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox", "Cache-Control": "no-store",
		"Content-Disposition": "inline", "Content-Type": "text/html; charset=UTF-8", "X-Content-Type-Options": "nosniff",
	} {
		if got := a.header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if own := w.call(t, anna, "GET", "/cases/"+c.Id+"/print", nil); !strings.Contains(own.raw, `<html lang="sv"`) {
		t.Error("without a wish the page is not in the case's language")
	}
	if ar := w.call(t, anna, "GET", "/cases/"+c.Id+"/print", nil, "Accept-Language", "ar"); !strings.Contains(ar.raw, `lang="ar" dir="rtl"`) {
		t.Error("the Arabic page does not run from the right")
	}
}

// encoded is a value as JSON.
func encoded(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
