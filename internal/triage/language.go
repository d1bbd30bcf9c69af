package triage

import (
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
)

// compiler turns expressions into programs, and refuses what lies outside the small language.
type compiler struct {
	env       *cel.Env
	questions []*Question
	index     map[string]int
	facts     map[string]*expression
}

// compile checks one expression. kinds are the types that it may have. The error says what is wrong and how to mend it.
func (c *compiler) compile(text string, kinds ...*cel.Type) (*expression, error) {
	if text == "" {
		return nil, complaint{"the expression is empty", "write a condition, or leave the key out"}
	}
	if len(text) > maxExpression {
		return nil, complaint{fmt.Sprintf("the expression is longer than %d bytes", maxExpression), "split it with a fact"}
	}
	checked, issues := c.env.Compile(text)
	if issues.Err() != nil {
		first := issues.Errors()[0]
		return nil, complaint{
			fmt.Sprintf("%s (column %d of the expression)", first.Message, first.Location.Column()+1),
			"use ids of questions, facts, age, months, repeat72h, repeat10d, and the words of protocols/FORMAT.md",
		}
	}
	if !slices.ContainsFunc(kinds, func(k *cel.Type) bool { return k.IsExactType(checked.OutputType()) }) {
		return nil, complaint{fmt.Sprintf("the expression gives %s", checked.OutputType()), "it must be " + kindNames(kinds)}
	}
	r := reader{compiler: c, reads: map[string]bool{}, checked: map[int64]bool{}}
	r.walk(checked.NativeRep().Expr())
	if r.fault != nil {
		return nil, *r.fault
	}
	program, err := c.env.Program(checked, cel.EvalOptions(cel.OptOptimize))
	if err != nil {
		return nil, complaint{err.Error(), "write the expression more simply"}
	}
	e := &expression{program: program, kind: checked.OutputType()}
	for i, q := range c.questions {
		if r.reads[q.ID] {
			e.reads, e.questions = append(e.reads, q.ID), append(e.questions, i)
		}
	}
	return e, nil
}

func kindNames(kinds []*cel.Type) string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k.String()
	}
	return strings.Join(names, " or ")
}

// complaint is what is wrong with an expression, before it is known where it stands.
type complaint struct{ what, mend string }

func (c complaint) Error() string { return c.what }

// reader walks a checked expression: which questions it reads, and whether it stays inside the language.
type reader struct {
	*compiler
	reads   map[string]bool
	checked map[int64]bool // texts that were compared with the options of a question
	fault   *complaint
}

func (r *reader) refuse(mend, what string, args ...any) {
	if r.fault == nil {
		r.fault = &complaint{fmt.Sprintf(what, args...), mend}
	}
}

func (r *reader) walk(e ast.Expr) {
	switch e.Kind() {
	case ast.IdentKind:
		r.ident(e.AsIdent())
	case ast.LiteralKind:
		r.literal(e)
	case ast.ListKind:
		for _, item := range e.AsList().Elements() {
			r.walk(item)
		}
	case ast.CallKind:
		r.call(e.AsCall())
	case ast.UnspecifiedExprKind, ast.ComprehensionKind, ast.MapKind, ast.SelectKind, ast.StructKind:
		r.refuse("write it with && || ! == < > in, any, count, points", "fields, maps, structures and loops are not part of the language")
	}
}

func (r *reader) ident(name string) {
	name = strings.TrimPrefix(strings.TrimPrefix(name, answeredPrefix), dontKnowPrefix)
	if _, ok := r.index[name]; ok {
		r.reads[name] = true
		return
	}
	if f, ok := r.facts[name]; ok {
		for _, q := range f.reads {
			r.reads[q] = true
		}
		return
	}
	if !slices.Contains(personFacts, name) {
		r.refuse("use the id of a question, a fact, or age, months, repeat72h, repeat10d", "%s is not known", name)
	}
}

// literal refuses numbers large enough to overflow a sum, and texts that are no question's option.
func (r *reader) literal(e ast.Expr) {
	switch v := e.AsLiteral().(type) {
	case types.Int:
		if v > maxNumber || v < -maxNumber {
			r.refuse("use a smaller number", "the number %d is out of range", int64(v))
		}
	case types.Double:
		if !(v <= maxNumber && v >= -maxNumber) {
			r.refuse("use a smaller number", "the number %g is out of range", float64(v))
		}
	case types.Bool:
	case types.String:
		if !r.checked[e.ID()] {
			r.refuse("compare it with a choice or a multichoice", "the text %q is not compared with a question", string(v))
		}
	default:
		r.refuse("use numbers, texts, true or false", "%v is not part of the language", v)
	}
}

func (r *reader) call(c ast.CallExpr) {
	if !slices.Contains(allowed, c.FunctionName()) || c.IsMemberFunction() {
		r.refuse("write it with && || ! == < > in, any, count, points", "%s is not part of the language", c.FunctionName())
		return
	}
	args := c.Args()
	switch c.FunctionName() {
	case operators.Equals, operators.NotEquals:
		r.options(args[0], args[1])
		r.options(args[1], args[0])
	case operators.In:
		r.options(args[1], args[0])
		r.options(args[0], args[1])
	case operators.Conditional: // value(q, fallback)
		r.options(args[1], args[2])
	case "any", "count":
		if len(args) == 2 {
			r.options(args[0], args[1])
		}
	}
	for _, a := range args {
		r.walk(a)
	}
}

// options holds every text in e against the options of the question that it is compared with.
func (r *reader) options(of, e ast.Expr) {
	q := r.asked(of)
	if q == nil {
		return
	}
	texts := []ast.Expr{e}
	if e.Kind() == ast.ListKind {
		texts = e.AsList().Elements()
	}
	for _, t := range texts {
		code, ok := literalText(t)
		if !ok {
			continue
		}
		r.checked[t.ID()] = true
		if !slices.ContainsFunc(q.Options, func(o Option) bool { return o.Code == code }) {
			r.refuse("use one of "+strings.Join(codes(q.Options), ", "), "%s has no option %q", q.ID, code)
		}
	}
}

// asked is the question that an expression stands for: q, or value(q, …).
func (r *reader) asked(e ast.Expr) *Question {
	if e.Kind() == ast.IdentKind {
		if i, ok := r.index[e.AsIdent()]; ok {
			return r.questions[i]
		}
	}
	if e.Kind() == ast.CallKind && e.AsCall().FunctionName() == operators.Conditional {
		return r.asked(e.AsCall().Args()[1])
	}
	return nil
}

func literalText(e ast.Expr) (string, bool) {
	if e.Kind() != ast.LiteralKind {
		return "", false
	}
	s, ok := e.AsLiteral().(types.String)
	return string(s), ok
}

func codes(options []Option) []string {
	out := make([]string, len(options))
	for i, o := range options {
		out[i] = o.Code
	}
	return out
}
