package triage

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

var adult = Person{Age: 30, Months: 360, Opened: time.Date(2026, 3, 2, 23, 30, 0, 0, time.UTC)}

func with(p Person, change func(*Person)) Person {
	change(&p)
	return p
}

// healthy is a complete set of answers that ends in self-care.
func healthy() Answers {
	return Answers{"rf_now": List("none"), "drink": String("fine"), "signs": List("none"), "pain": Number(0), "onset": String("2026-03-01"), "words": Null()}
}

func TestNextAsksInOrderAndEnds(t *testing.T) {
	t.Parallel()
	p, answers := small(t), Answers{}
	var asked []string
	step := p.Next(adult, answers)
	for step.Question != nil {
		if step.Decision != nil || step.Progress.Expected < step.Progress.Answered+1 || step.Progress.Answered != len(answers) {
			t.Fatalf("want a question alone and expected above answered, got %+v", step)
		}
		asked = append(asked, step.Question.ID)
		answers[step.Question.ID] = healthy()[step.Question.ID]
		step = p.Next(adult, answers)
	}
	if want := []string{"rf_now", "drink", "signs", "pain", "onset", "words"}; !slices.Equal(asked, want) {
		t.Errorf("want %v to be asked, got %v", want, asked)
	}
	if step.Decision == nil || step.Decision.Level != SelfCare || step.Progress != (Progress{6, 6}) {
		t.Errorf("want self-care at 6 of 6, got %+v", step)
	}
}

func TestDecide(t *testing.T) {
	t.Parallel()
	p := small(t)
	for _, c := range []struct {
		name   string
		person Person
		change Answers
		level  int
		fired  []string
	}{
		{"self-care is earned", adult, nil, 5, []string{"well"}},
		{"what no rule catches", adult, Answers{"pain": Number(4)}, 4, nil},
		{"don't know can raise", adult, Answers{"pain": Null(), "signs": List("spots")}, 2, []string{"pain_unknown"}},
		{"don't know never lowers", adult, Answers{"pain": Null()}, 4, nil},
		{"a red flag wins", adult, Answers{"rf_now": List("rf_breath"), "onset": String("2026-01-01")}, 1, []string{"rf_breath", "long"}},
		{"two answers together", adult, Answers{"drink": String("nothing"), "dry": Bool(true)}, 1, []string{"stroke"}},
		{"date below the threshold", adult, Answers{"onset": String("2026-02-21")}, 5, []string{"well"}},
		{"date on the threshold", adult, Answers{"onset": String("2026-02-20")}, 3, []string{"long"}},
		{"a date after the opening counts as its day", adult, Answers{"onset": String("2026-03-04")}, 5, []string{"well"}},
		{"count", adult, Answers{"signs": List("spots", "chills")}, 3, []string{"two_signs"}},
		{"count among", adult, Answers{"signs": List("pregnant")}, 3, []string{"two_signs"}},
		{"a score", adult, Answers{"drink": String("less"), "dry": Bool(false), "signs": List("spots")}, 2, []string{"high"}},
		{"a question that was not asked has its fallback", with(adult, func(p *Person) { p.Age, p.Months = 10, 120 }), Answers{"temp": Number(38), "signs": List("spots")}, 2, []string{"high"}},
		{"a number on the threshold", with(adult, func(p *Person) { p.Age, p.Months = 10, 120 }), Answers{"temp": Number(37.9), "signs": List("spots")}, 4, nil},
		{"repeat", with(adult, func(p *Person) { p.Repeat72h = 1 }), nil, 3, []string{"again", "well"}},
		{"months", with(adult, func(p *Person) { p.Age, p.Months = 1, 23 }), Answers{"temp": Null()}, 3, []string{"again", "well"}},
		{"nothing answered", adult, Answers{"rf_now": Null(), "drink": Null(), "signs": Null(), "pain": Null(), "onset": Null()}, 4, nil},
		{"what comes while waiting can raise", adult, Answers{"worse_now": Bool(true)}, 3, []string{"later_worse", "well"}},
	} {
		d := p.Decide(c.person, healthy().overlay(c.change))
		if d.Level != c.level || !slices.Equal(d.Fired, c.fired) {
			t.Errorf("%s: want level %d by %v, got %d by %v", c.name, c.level, c.fired, d.Level, d.Fired)
		}
	}
}

func TestUnansweredNeverFires(t *testing.T) {
	t.Parallel()
	p := small(t)
	if d := p.Decide(adult, nil); d.Level != Fallback || len(d.Fired) != 0 || d.Reasons[0].Rule != DefaultRule {
		t.Errorf("want the fallback with its reason where nothing is answered, got %+v", d)
	}
	for _, id := range []string{"drink", "signs", "pain", "onset"} {
		answers := healthy()
		delete(answers, id)
		if d := p.Decide(adult, answers); d.Level == SelfCare {
			t.Errorf("want no self-care while %s is unanswered, got it by %v", id, d.Fired)
		}
	}
}

func TestRedFlagEndsAtOnce(t *testing.T) {
	t.Parallel()
	p := small(t)
	step := p.Next(adult, Answers{"rf_now": List("rf_breath")})
	if step.Decision == nil || step.Decision.Level != Immediate || step.Question != nil {
		t.Fatalf("want level 1 at once, got %+v", step)
	}
	view := step.Decision.In("en")
	if !slices.Equal(view.Next, []string{"call112", "queue"}) || view.Code != "immediate" {
		t.Errorf("want 112 and the queue as ways on, got %+v", view)
	}
}

func TestAdviceAndReasons(t *testing.T) {
	t.Parallel()
	p := small(t)
	for _, c := range []struct {
		person  Person
		change  Answers
		advice  []string
		reasons []string
	}{
		{adult, nil, []string{"advice5", "adult", "B5"}, []string{"well"}},
		{with(adult, func(p *Person) { p.Age = 15 }), Answers{"temp": Null()}, []string{"advice5", "B5"}, []string{"well"}},
		{adult, Answers{"drink": String("less"), "dry": Bool(false), "signs": List("spots")}, []string{"when high", "advice2", "B2"}, []string{"high"}},
		{adult, Answers{"drink": String("nothing"), "dry": Bool(true), "signs": List("spots", "chills")}, []string{"first", "B1"}, []string{"stroke", "two_signs"}},
		{with(adult, func(p *Person) { p.Repeat72h = 1 }), nil, []string{"advice3", "B3"}, []string{"again"}},
		{adult, Answers{"pain": Number(4)}, []string{"advice4", "B4"}, []string{"default"}},
	} {
		v := p.Decide(c.person, healthy().overlay(c.change)).In("en")
		var reasons []string
		for _, r := range v.Reasons {
			reasons = append(reasons, r.Rule)
		}
		if !slices.Equal(v.Advice, c.advice) || !slices.Equal(reasons, c.reasons) {
			t.Errorf("%v: want advice %v for %v, got %v for %v", c.change, c.advice, c.reasons, v.Advice, reasons)
		}
	}
}

func TestDrop(t *testing.T) {
	t.Parallel()
	p := small(t)
	answers := healthy().overlay(Answers{
		"dry": Bool(true), "temp": Number(39), // their condition is not true
		"pain": Number(99), "onset": Bool(true), // they do not fit
		"gone":  String("x"), // no such question
		"photo": List("a.jpg"),
	})
	kept, dropped := p.Drop(adult, answers)
	if want := []string{"dry", "pain", "temp", "onset", "gone"}; !slices.Equal(dropped, want) {
		t.Errorf("want %v dropped, got %v", want, dropped)
	}
	if _, again := p.Drop(adult, kept); len(again) != 0 {
		t.Errorf("want nothing more to drop the second time, got %v", again)
	}
	if len(kept) != len(answers)-len(dropped) {
		t.Errorf("want all others kept, got %v", kept)
	}
}

func TestChangedAnswerReopensAndCloses(t *testing.T) {
	t.Parallel()
	p := small(t)
	answers := healthy()
	answers["drink"] = String("nothing")
	if step := p.Next(adult, answers); step.Question == nil || step.Question.ID != "dry" {
		t.Fatalf("want the question that the change opened, got %+v", step)
	}
	answers["dry"], answers["temp"] = Bool(false), Number(40)
	answers["drink"] = String("fine")
	if _, dropped := p.Drop(adult, answers); !slices.Equal(dropped, []string{"dry", "temp"}) {
		t.Errorf("want the answers behind the change dropped, got %v", dropped)
	}
}

func TestLaterAndRedFlags(t *testing.T) {
	t.Parallel()
	p := small(t)
	if got := ids(p.Later(adult, healthy())); !slices.Equal(got, []string{"photo", "worse_now"}) {
		t.Errorf("want both later questions, got %v", got)
	}
	if got := ids(p.Later(adult, healthy().overlay(Answers{"photo": Null()}))); !slices.Equal(got, []string{"worse_now"}) {
		t.Errorf("want the one without an answer, got %v", got)
	}
	if got := ids(p.RedFlags(adult)); !slices.Equal(got, []string{"rf_now"}) {
		t.Errorf("want the question marked again, got %v", got)
	}
}

func TestWorseOnlyRises(t *testing.T) {
	t.Parallel()
	p := small(t)
	flag, no := Answers{"rf_now": List("rf_breath")}, Answers{"rf_now": List("none")}
	if d := p.Worse(adult, healthy(), flag); d.Level != Immediate {
		t.Errorf("want level 1, got %d", d.Level)
	}
	if d := p.Worse(adult, healthy().overlay(flag), no); d.Level != Immediate || d.Fired[0] != "rf_breath" {
		t.Errorf("want the old level and its grounds to stand, got %d by %v", d.Level, d.Fired)
	}
	if d := p.Worse(adult, healthy(), no); d.Level != SelfCare {
		t.Errorf("want no change without a change, got %d", d.Level)
	}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	p := small(t)
	old := Answers{"drink": String("nothing")}
	for _, c := range []struct{ question, raw, code string }{
		{"drink", `"less"`, ""},
		{"drink", `"lots"`, CodeUnknownOption},
		{"drink", `7`, CodeInvalidType},
		{"drink", `["less"]`, CodeInvalidType},
		{"drink", `null`, CodeRequired},
		{"drink", ``, CodeRequired},
		{"drink", `{`, CodeInvalidType},
		{"drink", `{"a":1}`, CodeInvalidType},
		{"drink", "\"\xff\"", CodeInvalidType},
		{"signs", `["chills","spots"]`, ""},
		{"signs", `["none"]`, ""},
		{"signs", `[]`, CodeRequired},
		{"signs", `[1]`, CodeInvalidType},
		{"signs", `"spots"`, CodeInvalidType},
		{"signs", `["spots","spots"]`, CodeDuplicateOption},
		{"signs", `["spots","none"]`, CodeNoneStandsAlone},
		{"signs", `["x"]`, CodeUnknownOption},
		{"dry", `true`, ""},
		{"dry", `"true"`, CodeInvalidType},
		{"dry", `1`, CodeInvalidType},
		{"pain", `10`, ""},
		{"pain", `10.0`, ""},
		{"pain", `null`, ""},
		{"pain", `11`, CodeMax},
		{"pain", `-1`, CodeMin},
		{"pain", `1e999`, CodeInvalidType},
		{"pain", `1.5`, CodeInvalidType},
		{"pain", `"1"`, CodeInvalidType},
		{"temp", `38.5`, ""},
		{"temp", `33.9`, CodeMin},
		{"temp", `43.1`, CodeMax},
		{"temp", `"38,5"`, CodeInvalidType},
		{"onset", `"2026-03-02"`, ""},
		{"onset", `"2026-03-05"`, ""},
		{"onset", `"2026-03-06"`, CodeDateInFuture},
		{"onset", `"2026-02-30"`, CodeInvalidDate},
		{"onset", `"2025-01-26"`, ""},
		{"onset", `"2025-01-25"`, CodeDateTooEarly},
		{"onset", `5`, CodeInvalidType},
		{"words", `"ont"`, ""},
		{"words", `"  "`, CodeRequired},
		{"words", `"` + strings.Repeat("å", MaxFreeText) + `"`, ""},
		{"words", `"` + strings.Repeat("å", MaxFreeText+1) + `"`, CodeMaxLength},
		{"photo", `["a.jpg"]`, ""},
		{"photo", `[]`, CodeRequired},
		{"photo", `["a","b","c","d"]`, CodeMaxItems},
		{"gone", `true`, CodeUnknownQuestion},
	} {
		_, err := p.Validate(adult, old, c.question, json.RawMessage(c.raw))
		var refused *AnswerError
		got := ""
		if errors.As(err, &refused) {
			got = refused.Code
		}
		if got != c.code {
			t.Errorf("%s = %.40s: want %q, got %q", c.question, c.raw, c.code, got)
		}
	}
}

func TestValidateKnowsWhatIsNotAsked(t *testing.T) {
	t.Parallel()
	p := small(t)
	child := with(adult, func(p *Person) { p.Age = 8 })
	for _, c := range []struct {
		name     string
		person   Person
		answers  Answers
		question string
		raw      string
		code     string
	}{
		{"condition false", adult, Answers{"drink": String("fine")}, "dry", `true`, CodeNotApplicable},
		{"condition unknown", adult, nil, "dry", `true`, CodeNotApplicable},
		{"condition true", adult, Answers{"drink": String("less")}, "dry", `true`, ""},
		{"option not for a child", child, nil, "signs", `["pregnant"]`, CodeUnknownOption},
		{"option for an adult", adult, nil, "signs", `["pregnant"]`, ""},
		{"later is taken at any time", adult, nil, "photo", `["a.jpg"]`, ""},
	} {
		_, err := p.Validate(c.person, c.answers, c.question, json.RawMessage(c.raw))
		var refused *AnswerError
		got := ""
		if errors.As(err, &refused) {
			got = refused.Code
		}
		if got != c.code {
			t.Errorf("%s: want %q, got %q", c.name, c.code, got)
		}
	}
}

func TestMultichoiceComesInTheQuestionsOrder(t *testing.T) {
	t.Parallel()
	v, err := small(t).Validate(adult, nil, "signs", json.RawMessage(`["chills","spots"]`))
	if err != nil || !v.Equal(List("spots", "chills")) {
		t.Errorf("want spots before chills, got %v (%v)", v, err)
	}
}

func TestAnswersSurviveJSON(t *testing.T) {
	t.Parallel()
	in := Answers{"a": Null(), "b": Bool(true), "c": Number(38.5), "d": String("x"), "e": List("x", "y"), "f": List()}
	data, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"a":null,"b":true,"c":38.5,"d":"x","e":["x","y"],"f":[]}`; string(data) != want {
		t.Errorf("want %s, got %s", want, data)
	}
	var out Answers
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	for id, v := range in {
		if !out[id].Equal(v) {
			t.Errorf("want %v back, got %v", v, out[id])
		}
	}
	for _, bad := range []string{`{"a":{}}`, `{"a":[1]}`} {
		if err := json.Unmarshal([]byte(bad), &out); err == nil {
			t.Errorf("want %s to be refused, it was read", bad)
		}
	}
}

func TestViews(t *testing.T) {
	t.Parallel()
	p := small(t)
	q := p.Next(with(adult, func(p *Person) { p.Age = 5 }), Answers{"rf_now": List("none")}).Question
	if got := q.In("sv").Text; got != "Dricker barnet?" {
		t.Errorf("want the guardian's words, got %q", got)
	}
	q = p.Next(adult, Answers{"rf_now": List("none")}).Question
	for lang, want := range map[string]string{"sv": "Dricker du?", "en": "Do you drink?", "sv-simple": "Drick?", "ar": "Dricker du?", "": "Dricker du?"} {
		if got := q.In(lang).Text; got != want {
			t.Errorf("%s: want %q, got %q", lang, want, got)
		}
	}
	data, err := json.Marshal(q.In("en"))
	want := `{"id":"drink","type":"choice","text":"Do you drink?","help":"","required":true,"later":false,"options":[{"code":"fine","text":"fine"},{"code":"less","text":"less"},{"code":"nothing","text":"nothing"}],"min":null,"max":null,"unit":""}`
	if err != nil || string(data) != want {
		t.Errorf("want %s, got %s", want, data)
	}
	if words, ok := q.Describe(String("less"), "sv"); !ok || !slices.Equal(words, []string{"mindre"}) {
		t.Errorf("want the option's words, got %v %t", words, ok)
	}
	if _, ok := q.Describe(Bool(true), "sv"); ok {
		t.Error("want no words for a yes, got some")
	}
}

func TestOptionsAreThePersons(t *testing.T) {
	t.Parallel()
	p := small(t)
	answers := Answers{"rf_now": List("none"), "drink": String("fine")}
	for age, want := range map[int]bool{11: false, 12: true, 55: true, 56: false} {
		q := p.Next(with(adult, func(p *Person) { p.Age = age }), answers).Question
		if got := slices.Contains(codes(q.Options), "pregnant"); got != want {
			t.Errorf("age %d: want the option offered = %t, got %t", age, want, got)
		}
	}
}

func TestRulesTellWhatTheyRead(t *testing.T) {
	t.Parallel()
	for _, r := range small(t).Rules() {
		if r.ID == "high" && !slices.Equal(r.Reads(), []string{"drink", "signs", "temp"}) {
			t.Errorf("want the questions behind the score, got %v", r.Reads())
		}
	}
	without := small(t).Without("well")
	if d := without.Decide(adult, healthy()); d.Level != Fallback {
		t.Errorf("want the fallback without the self-care rule, got %d", d.Level)
	}
}

func TestVignettes(t *testing.T) {
	t.Parallel()
	p := small(t)
	usual := map[string]any{"rf_now": []any{"none"}, "drink": "fine", "signs": []any{"none"}, "pain": uint64(0), "onset": uint64(1), "words": nil}
	for name, c := range map[string]struct {
		change map[string]any
		level  int
		fault  string
	}{
		"usual":             {nil, 5, ""},
		"date as days":      {map[string]any{"onset": uint64(10)}, 3, ""},
		"later":             {map[string]any{"worse_now": true}, 3, ""},
		"never asked":       {map[string]any{"dry": true}, 0, "dry is answered but was never asked"},
		"no answer":         {map[string]any{"drink": "less"}, 0, "dry is asked and has no answer"},
		"unknown question":  {map[string]any{"gone": true}, 0, "the question gone does not exist"},
		"bad answer":        {map[string]any{"pain": "x"}, 0, "answer to pain: invalid_type"},
		"after a red flag":  {map[string]any{"rf_now": []any{"rf_breath"}, "pain": uint64(3)}, 1, ""},
		"null is an answer": {map[string]any{"pain": nil, "signs": []any{"spots"}}, 2, ""},
	} {
		v := Vignette{Answers: c.change}
		v.Person.Age = 30
		d, err := p.Walk(v, usual)
		if err == nil && (c.fault != "" || d.Level != c.level) || err != nil && err.Error() != c.fault {
			t.Errorf("%s: want level %d or %q, got %d and %v", name, c.level, c.fault, d.Level, err)
		}
	}
}

func TestVignetteFilesAreChecked(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"vignettes: []": "it is not clear what the vignettes belong to",
		"protocol: a\nvignettes: [{id: x, source: mine, level: 3, rules: [r]}]":                                            "vignette x has no valid source",
		"protocol: a\nvignettes: [{id: x, source: own, level: 9, rules: [r]}]":                                             "vignette x has no valid level",
		"protocol: a\nvignettes: [{id: x, source: own, level: 3}]":                                                         "vignette x names no rule",
		"protocol: a\nvignettes: [{id: x, source: own, level: 3, rules: [r]}, {id: x, source: own, level: 3, rules: [r]}]": `the vignette id "x" is missing or repeated`,
		"protocol: a\nvignettes: [{id: x, source: own, level: 3, rules: [r], wrong: 1}]":                                   `unknown field "wrong"`,
	} {
		if _, err := ParseVignettes("a.vignettes.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}

func TestDanger(t *testing.T) {
	t.Parallel()
	const list = "shared: danger\ngroups:\n  - {code: chest, show: {sv: 'a', en: 'b'}, words: {sv: [bröstsmärt, ont i bröstet], en: [chest pain, can't breathe]}}\n"
	d, err := ParseDanger("danger.yaml", []byte(list))
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{
		"Jag har BRÖSTSMÄRTOR": true, "brostsmarta": true, "ont  i\nbröstet!": true, "ingen bröstsmärta": true, "I cant breathe": true, "I can’t breathe": true,
		"ont i halsen": false, "": false, "ont i bröst": false, "xbröstsmärta": false,
	} {
		if got := len(d.Find(text)) > 0; got != want {
			t.Errorf("%q: want found = %t, got %t", text, want, got)
		}
	}
	for text, want := range map[string]string{
		strings.Replace(list, "bröstsmärt", "a", 1):               "would be found everywhere",
		strings.Replace(list, ", en: 'b'", "", 1):                 "group chest: show is missing in en",
		strings.Replace(list, "chest pain, can't breathe", "", 1): "group chest lacks words in a language",
	} {
		if _, err := ParseDanger("danger.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}

func FuzzValidate(f *testing.F) {
	for _, q := range []string{"drink", "signs", "dry", "pain", "temp", "onset", "words", "photo", "gone"} {
		for _, raw := range []string{`"less"`, `["spots"]`, `true`, `3`, `38.5`, `"2026-03-01"`, `null`, `[[[[`, `{"a":[]}`, ""} {
			f.Add(q, raw)
		}
	}
	p := small(f)
	f.Fuzz(func(t *testing.T, question, raw string) {
		answers := Answers{"drink": String("nothing")}
		v, err := p.Validate(adult, answers, question, json.RawMessage(raw))
		if err != nil {
			var refused *AnswerError
			if !errors.As(err, &refused) || refused.Code == "" || refused.Key() != "answer."+refused.Code {
				t.Fatalf("want an AnswerError with a code, got %v", err)
			}
			return
		}
		answers[question] = v
		if kept, dropped := p.Drop(adult, answers); len(dropped) > 0 || !kept[question].Equal(v) {
			t.Fatalf("want a valid answer to apply, %v was dropped", dropped)
		}
		data, err := json.Marshal(v)
		var back Value
		if err != nil || json.Unmarshal(data, &back) != nil || !reflect.DeepEqual(back, v) {
			t.Fatalf("want the answer to survive JSON, got %s (%v)", data, err)
		}
	})
}

func BenchmarkNext(b *testing.B) {
	p, answers := small(b), healthy()
	for b.Loop() {
		p.Next(adult, answers)
	}
}

func ids(questions []Question) []string {
	var out []string
	for _, q := range questions {
		out = append(out, q.ID)
	}
	return out
}
