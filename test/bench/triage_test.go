package bench

import (
	"encoding/json"
	"testing"
	"time"

	"cel.dev/cel-go/cel"

	"lotsen/internal/triage"
	"lotsen/protocols"
	"lotsen/test/crowd"
)

// triageStep holds one step of the questions against one rule evaluated by CEL alone.
func triageStep(b *testing.B, out *table) {
	b.Helper()
	p, err := protocols.Read(crowd.Complaint)
	if err != nil {
		b.Fatal(err)
	}
	person := triage.Person{Age: 40, Months: 480, Opened: time.Now()}
	half, whole := answered(b, p, person)
	rule := bareRule(b)
	found := turns(5, timed(2000, func() { p.Next(person, half) }), timed(200_000, rule), timed(2000, func() { p.Next(person, whole) }))
	out.add("triage: the next question, half of them answered", found[0], "one rule of CEL alone", found[1], took)
	out.add("triage: the decision, all answered", found[2], "one rule of CEL alone", found[1], took)
}

// answered are a patient's answers halfway, and in the end.
func answered(b *testing.B, p *triage.Protocol, person triage.Person) (half, whole triage.Answers) {
	b.Helper()
	half, whole = triage.Answers{}, triage.Answers{}
	var order []string
	for step := p.Next(person, whole); step.Question != nil; step = p.Next(person, whole) {
		q := step.Question
		given, err := crowd.Errand{Level: triage.Days}.Reply(q.ID, string(q.Type))
		if err != nil {
			b.Fatal(err)
		}
		raw, err := json.Marshal(given)
		if err != nil {
			b.Fatal(err)
		}
		order = append(order, q.ID)
		if whole[q.ID], err = p.Validate(person, whole, q.ID, raw); err != nil {
			b.Fatal(err)
		}
	}
	for _, id := range order[:len(order)/2] {
		half[id] = whole[id]
	}
	return half, whole
}

// bareRule evaluates a rule of the usual kind: three facts and a list.
func bareRule(b *testing.B) func() {
	b.Helper()
	env, err := cel.NewEnv(cel.Variable("temp", cel.DoubleType), cel.Variable("age", cel.IntType), cel.Variable("signs", cel.ListType(cel.StringType)))
	if err != nil {
		b.Fatal(err)
	}
	tree, issues := env.Compile(`temp >= 38.5 && (age >= 65 || "stiff_neck" in signs || "rash" in signs)`)
	if issues.Err() != nil {
		b.Fatal(issues.Err())
	}
	program, err := env.Program(tree, cel.EvalOptions(cel.OptOptimize))
	if err != nil {
		b.Fatal(err)
	}
	known := map[string]any{"temp": 38.9, "age": 40, "signs": []string{"headache", "rash"}}
	return func() {
		if got, _, err := program.Eval(known); err != nil || got.Value() != true {
			b.Fatalf("the rule gave %v (%v), want true", got, err)
		}
	}
}

// timed gives how long one of n took, in nanoseconds.
func timed(n int, do func()) func() float64 {
	return func() float64 {
		began := time.Now()
		for range n {
			do()
		}
		return float64(time.Since(began).Nanoseconds()) / float64(n)
	}
}
