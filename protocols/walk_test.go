package protocols

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"lotsen/internal/triage"
)

// mostQuestions is how many questions any walk may ask; a longer one has lost its way.
const mostQuestions = 30

// forEach runs a property on every protocol.
func forEach(t *testing.T, property func(*rapid.T, *triage.Protocol)) {
	t.Helper()
	for _, code := range written(t) {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			p, err := Read(code)
			if err != nil {
				t.Fatal(err)
			}
			rapid.Check(t, func(rt *rapid.T) { property(rt, p) })
		})
	}
}

// somebody is a person who may use the service: from one year on, and no further back than a long life.
func somebody(t *rapid.T) triage.Person {
	p := triage.Person{Age: rapid.IntRange(1, 105).Draw(t, "age"), Opened: time.Date(2026, time.March, 2, 0, 0, 0, 0, time.UTC)}
	p.Months = 12*p.Age + rapid.IntRange(0, 11).Draw(t, "months")
	if rapid.IntRange(0, 9).Draw(t, "repeats") == 0 {
		p.Repeat72h = rapid.IntRange(0, 2).Draw(t, "repeat72h")
		p.Repeat10d = p.Repeat72h + rapid.IntRange(0, 2).Draw(t, "repeat10d")
	}
	return p
}

// answerTo draws an answer. Most people have few signs, so that most walks pass the red flags and end late.
func answerTo(t *rapid.T, q triage.Question) triage.Value {
	rare := rapid.IntRange(0, 9).Draw(t, q.ID+" is bad") == 0
	if !q.Required && rapid.IntRange(0, 4).Draw(t, q.ID+" is unknown") == 0 {
		return triage.Null()
	}
	switch q.Type {
	case triage.Choice:
		if q.Worse == triage.Up && !rare {
			return triage.String(q.Options[rapid.IntRange(0, min(1, len(q.Options)-1)).Draw(t, q.ID)].Code)
		}
		return triage.String(rapid.SampledFrom(q.Options).Draw(t, q.ID).Code)
	case triage.MultiChoice:
		if !rare && slices.ContainsFunc(q.Options, func(o triage.Option) bool { return o.Code == "none" }) {
			return triage.List("none")
		}
		return someOf(t, q)
	case triage.Boolean:
		return triage.Bool(rare || rapid.IntRange(0, 2).Draw(t, q.ID) == 0)
	case triage.Integer:
		return triage.Number(float64(rapid.IntRange(int(*q.Min), int(min(*q.Max, *q.Min+30))).Draw(t, q.ID)))
	case triage.Decimal:
		return triage.Number(float64(rapid.IntRange(int(math.Round(*q.Min*10)), int(math.Round(*q.Max*10))).Draw(t, q.ID)) / 10)
	case triage.Date:
		back := rapid.IntRange(0, 30).Draw(t, q.ID)
		return triage.String(time.Date(2026, time.March, 2-back, 0, 0, 0, 0, time.UTC).Format(time.DateOnly))
	case triage.Photo:
		return triage.List("photo.jpg")
	case triage.FreeText:
	}
	return triage.String("ord")
}

// someOf draws options other than none.
func someOf(t *rapid.T, q triage.Question) triage.Value {
	var codes []string
	for _, o := range q.Options {
		if o.Code != "none" && rapid.IntRange(0, 2).Draw(t, q.ID+"."+o.Code) == 0 {
			codes = append(codes, o.Code)
		}
	}
	if len(codes) == 0 {
		codes = append(codes, q.Options[0].Code)
	}
	return triage.List(codes...)
}

// onward answers until the decision, and holds each step against what the API promises of it.
func onward(t *rapid.T, p *triage.Protocol, person triage.Person, answers triage.Answers) triage.Decision {
	asked := map[string]bool{}
	step := p.Next(person, answers)
	for step.Question != nil {
		q := *step.Question
		if asked[q.ID] || q.Later || len(asked) > mostQuestions {
			t.Fatalf("want %s asked once, not while waiting, and an end; answers so far %v", q.ID, answers)
		}
		asked[q.ID] = true
		if step.Progress.Expected < step.Progress.Answered+1 {
			t.Fatalf("want expected above answered at %s, got %+v", q.ID, step.Progress)
		}
		for _, lang := range []string{"sv", "en"} {
			if v := q.In(lang); v.Text == "" || (q.Type == triage.Choice || q.Type == triage.MultiChoice) && len(v.Options) < 2 {
				t.Fatalf("want a text and at least two options for %s in %s, got %+v", q.ID, lang, v)
			}
		}
		raw, err := json.Marshal(answerTo(t, q))
		if err != nil {
			t.Fatal(err)
		}
		value, err := p.Validate(person, answers, q.ID, raw)
		if err != nil {
			t.Fatalf("want an answer that the question offers to be taken, got %v for %s", err, raw)
		}
		answers[q.ID] = value
		step = p.Next(person, answers)
	}
	return *step.Decision
}

// TestEveryWalkEnds walks at random: no question twice, an end, a decision with everything that a patient needs.
func TestEveryWalkEnds(t *testing.T) {
	t.Parallel()
	forEach(t, func(t *rapid.T, p *triage.Protocol) {
		person, answers := somebody(t), triage.Answers{}
		d := onward(t, p, person, answers)
		for _, lang := range []string{"sv", "en"} {
			v := d.In(lang)
			if v.Level < 1 || v.Level > 5 || v.Code == "" || v.Title == "" || v.Text == "" || len(v.Advice) < 2 || len(v.Reasons) == 0 || !slices.Contains(v.Next, "queue") {
				t.Fatalf("want a whole decision in %s, got %+v", lang, v)
			}
		}
		if (d.Level == triage.Immediate) != slices.Contains(d.Next, "call112") && d.Level != triage.Urgent {
			t.Fatalf("want 112 as a way on at level 1 and not at levels 3 to 5, got %v at level %d", d.Next, d.Level)
		}
		kept, dropped := p.Drop(person, answers)
		if len(dropped) > 0 {
			t.Fatalf("want all answers of an unbroken walk to apply, got %v dropped", dropped)
		}
		if again := p.Decide(person, kept); again.Level != d.Level || !slices.Equal(again.Fired, d.Fired) {
			t.Fatalf("want the same decision again, got %d then %d", d.Level, again.Level)
		}
	})
}

// TestRedFlagsEndAtOnce: each option of a universal red flag screen alone leads to level 1 with no further question.
func TestRedFlagsEndAtOnce(t *testing.T) {
	t.Parallel()
	for _, code := range written(t) {
		p, err := Read(code)
		if err != nil {
			t.Fatal(err)
		}
		person := triage.Person{Age: 5, Months: 60}
		for _, q := range p.RedFlags(person) {
			if !strings.HasPrefix(q.ID, "rf_") {
				continue // a complaint's own question may hold urgent signs beside red flags
			}
			for _, o := range q.Options {
				if o.Code == "none" {
					continue
				}
				step := p.Next(person, triage.Answers{q.ID: triage.List(o.Code)})
				if step.Decision == nil || step.Decision.Level != triage.Immediate {
					t.Errorf("%s: want %s to end the questions at level 1, got %+v", code, o.Code, step.Question)
				}
			}
		}
		if len(p.RedFlags(person)) < 3 {
			t.Errorf("%s: want the universal red flag screens to be asked again, got %d", code, len(p.RedFlags(person)))
		}
	}
}

// TestWorseNeverLowers makes one answer of a finished walk worse, answers what that opens in any way, and expects no lower urgency.
func TestWorseNeverLowers(t *testing.T) {
	t.Parallel()
	forEach(t, func(t *rapid.T, p *triage.Protocol) {
		person, answers := somebody(t), triage.Answers{}
		before := onward(t, p, person, answers)
		worse := map[string]triage.Value{}
		for _, q := range p.Questions() {
			if v, ok := answers[q.ID]; ok {
				if w, can := worsen(t, q, v, person); can {
					worse[q.ID] = w
				}
			}
		}
		if len(worse) == 0 {
			return
		}
		var ids []string
		for _, q := range p.Questions() {
			if _, ok := worse[q.ID]; ok {
				ids = append(ids, q.ID)
			}
		}
		id := rapid.SampledFrom(ids).Draw(t, "worse")
		changed, _ := p.Drop(person, overlay(answers, id, worse[id]))
		after := onward(t, p, person, changed)
		if after.Level > before.Level {
			t.Fatalf("want no lower urgency when %s goes to %v, got %d by %v, before %d by %v; answers %v", id, worse[id], after.Level, after.Fired, before.Level, before.Fired, answers)
		}
	})
}

// worsen gives a worse answer than v, where the question has a direction and v is not the worst.
func worsen(t *rapid.T, q triage.Question, v triage.Value, person triage.Person) (triage.Value, bool) {
	switch q.Type {
	case triage.Boolean:
		yes, ok := v.Bool()
		return triage.Bool(true), ok && !yes
	case triage.Choice:
		code, _ := v.Text()
		at := slices.IndexFunc(q.Options, func(o triage.Option) bool { return o.Code == code })
		if q.Worse != triage.Up || at == len(q.Options)-1 {
			return v, false
		}
		return triage.String(q.Options[rapid.IntRange(at+1, len(q.Options)-1).Draw(t, "worse "+q.ID)].Code), true
	case triage.MultiChoice:
		return added(t, q, v, person)
	case triage.Integer, triage.Decimal:
		n, ok := v.Number()
		if ok && q.Worse == triage.Up && n+1 <= *q.Max {
			return triage.Number(n + 1), true
		}
		if ok && q.Worse == triage.Down && n-1 >= *q.Min {
			return triage.Number(n - 1), true
		}
	case triage.Date, triage.FreeText, triage.Photo:
	}
	return v, false
}

// added gives a list with one more option that this person is offered.
func added(t *rapid.T, q triage.Question, v triage.Value, person triage.Person) (triage.Value, bool) {
	have, _ := v.Items()
	have = slices.DeleteFunc(have, func(c string) bool { return c == "none" })
	var more []string
	for _, o := range q.For(person).Options {
		if o.Code != "none" && !slices.Contains(have, o.Code) {
			more = append(more, o.Code)
		}
	}
	if len(more) == 0 {
		return v, false
	}
	one := rapid.SampledFrom(more).Draw(t, "added to "+q.ID)
	var out []string
	for _, o := range q.Options {
		if o.Code == one || slices.Contains(have, o.Code) {
			out = append(out, o.Code)
		}
	}
	return triage.List(out...), true
}

func overlay(answers triage.Answers, id string, v triage.Value) triage.Answers {
	out := triage.Answers{id: v}
	for other, w := range answers {
		if other != id {
			out[other] = w
		}
	}
	return out
}

// TestChangesLeaveNoTrace changes any answer of a walk to any other and goes on: what no longer applies is dropped, and the walk ends.
func TestChangesLeaveNoTrace(t *testing.T) {
	t.Parallel()
	forEach(t, func(t *rapid.T, p *triage.Protocol) {
		person, answers := somebody(t), triage.Answers{}
		onward(t, p, person, answers)
		for _, q := range p.Questions() {
			if _, ok := answers[q.ID]; !ok || rapid.IntRange(0, 3).Draw(t, "change "+q.ID) > 0 {
				continue
			}
			answers, _ = p.Drop(person, overlay(answers, q.ID, answerTo(t, q.For(person))))
		}
		d := onward(t, p, person, answers)
		kept, dropped := p.Drop(person, answers)
		if len(dropped) > 0 || p.Decide(person, kept).Level != d.Level {
			t.Fatalf("want nothing left to drop, got %v", dropped)
		}
	})
}

// TestBundlesDecideAlike: a case that pins a protocol's source goes on exactly as before.
func TestBundlesDecideAlike(t *testing.T) {
	t.Parallel()
	for _, code := range written(t) {
		p, err := Read(code)
		if err != nil {
			t.Fatal(err)
		}
		again, err := triage.Load(p.Source())
		if err != nil || again.Hash() != p.Hash() || len(again.Rules()) != len(p.Rules()) {
			t.Errorf("%s: want the bundle to load to the same protocol, got %v", code, err)
		}
	}
}

func TestWordsOfDanger(t *testing.T) {
	t.Parallel()
	d, err := Danger()
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"Jag har ont i bröstet": "chest", "brostsmarta sen igår": "chest", "hon kan inte andas": "breathing", "tror det är stroke": "stroke",
		"mamma är förlamad i armen": "stroke", "hängande mungipa": "stroke", "han är medvetslös": "unconscious", "pappa svimmade": "unconscious",
		"krampanfallet": "seizure", "överdos": "poison", "barnet är förgiftat": "poison", "vill dö": "selfharm", "självmordstankar": "selfharm",
		"det blöder mycket": "bleeding", "anafylaxi": "allergy", "allergisk chock": "allergy", "hjärtinfarkt": "chest", "kvävs": "breathing",
		"chest pain": "chest", "I can't breathe": "breathing", "I want to kill myself": "selfharm",
	} {
		if found := d.Find(text); !slices.ContainsFunc(found, func(g triage.DangerGroup) bool { return g.Code == want }) {
			t.Errorf("%q: want %s among the groups found, got %d groups", text, want, len(found))
		}
	}
	for _, text := range []string{"ont i halsen", "halsfluss", "hosta och feber", "ont i ryggen", "röda prickar", "sveda när jag kissar"} {
		if found := d.Find(text); len(found) > 0 {
			t.Errorf("%q: want no danger found, got %s", text, found[0].Code)
		}
	}
}
