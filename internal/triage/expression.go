package triage

import (
	"fmt"
	"reflect"
	"slices"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// Limits on an expression. A rule that needs more is two rules, or a fact.
const (
	maxExpression = 1000 // bytes
	maxDepth      = 40   // of the parser's recursion
	maxNumber     = 1_000_000
)

// personFacts are the variables that are always known.
var personFacts = []string{"age", "months", "repeat72h", "repeat10d"}

// The names under which the standing of a question is bound. No author can write them.
const (
	answeredPrefix = "@answered_"
	dontKnowPrefix = "@dontknow_"
)

// allowed are the operators and functions that an expression may use: a small language whose every value can be listed, and which cannot
// fail while running (no division, no index, no strings but option codes).
var allowed = []string{
	operators.LogicalAnd, operators.LogicalOr, operators.LogicalNot, operators.Equals, operators.NotEquals,
	operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals, operators.Add, operators.Subtract,
	operators.Negate, operators.Conditional, operators.In, "any", "count", "points",
}

// expression is a compiled CEL expression.
type expression struct {
	program   cel.Program
	reads     []string // questions, directly and through facts, in the order in which they are asked
	questions []int    // the same as places
	kind      *cel.Type
}

// truth is the value of a condition: certainly so, certainly not, or not known yet.
type truth uint8

const (
	unknown truth = iota
	isFalse
	isTrue
)

// bindings are the values that an expression sees. A name that is not bound is unknown.
type bindings map[string]ref.Val

// notKnown is the value of everything that has no answer.
var notKnown = types.NewUnknown(1, nil)

// ResolveName implements CEL's Activation.
func (b bindings) ResolveName(name string) (any, bool) {
	if v, ok := b[name]; ok {
		return v, true
	}
	return notKnown, true
}

// Parent implements CEL's Activation.
func (bindings) Parent() cel.Activation { return nil }

// value evaluates the expression; what cannot be told is unknown.
func (e *expression) value(b bindings) ref.Val {
	v, _, err := e.program.Eval(b)
	if err != nil || types.IsError(v) {
		return notKnown
	}
	return v
}

// holds evaluates a condition. A missing condition always holds.
func (e *expression) holds(b bindings) truth {
	if e == nil {
		return isTrue
	}
	switch e.value(b) {
	case types.True:
		return isTrue
	case types.False:
		return isFalse
	default:
		return unknown
	}
}

// newEnvironment declares the person and the questions that rules may read.
func newEnvironment(questions []*Question) (*cel.Env, error) {
	list := cel.ListType(cel.StringType)
	options := []cel.EnvOption{
		cel.ClearMacros(), cel.CrossTypeNumericComparisons(true),
		cel.ParserRecursionLimit(maxDepth), cel.ParserExpressionSizeLimit(maxExpression),
		cel.Macros(
			cel.GlobalMacro("answered", 1, standingMacro(answeredPrefix)),
			cel.GlobalMacro("dontknow", 1, standingMacro(dontKnowPrefix)),
			cel.GlobalMacro("value", 2, valueMacro),
		),
		cel.Function("any",
			cel.Overload("any_list", []*cel.Type{list}, cel.BoolType, cel.UnaryBinding(func(l ref.Val) ref.Val { return types.Bool(chosen(l, nil) > 0) })),
			cel.Overload("any_list_list", []*cel.Type{list, list}, cel.BoolType, cel.BinaryBinding(func(l, of ref.Val) ref.Val { return types.Bool(chosen(l, of) > 0) }))),
		cel.Function("count",
			cel.Overload("count_list", []*cel.Type{list}, cel.IntType, cel.UnaryBinding(func(l ref.Val) ref.Val { return types.Int(chosen(l, nil)) })),
			cel.Overload("count_list_list", []*cel.Type{list, list}, cel.IntType, cel.BinaryBinding(func(l, of ref.Val) ref.Val { return types.Int(chosen(l, of)) }))),
		cel.Function("points", cel.Overload("points_bool", []*cel.Type{cel.BoolType}, cel.IntType, cel.UnaryBinding(points))),
	}
	for _, name := range personFacts {
		options = append(options, cel.Variable(name, cel.IntType))
	}
	for _, q := range questions {
		if q.Type.readable() {
			options = append(options, cel.Variable(q.ID, celType(q.Type)),
				cel.Variable(answeredPrefix+q.ID, cel.BoolType), cel.Variable(dontKnowPrefix+q.ID, cel.BoolType))
		}
	}
	env, err := cel.NewEnv(options...)
	if err != nil {
		return nil, fmt.Errorf("declare the questions: %w", err)
	}
	return env, nil
}

func celType(t Type) *cel.Type {
	switch t {
	case Choice:
		return cel.StringType
	case MultiChoice:
		return cel.ListType(cel.StringType)
	case Boolean:
		return cel.BoolType
	case Decimal:
		return cel.DoubleType
	case Integer, Date: // a date as a number of days
		return cel.IntType
	case FreeText, Photo: // never declared: see Type.readable
	}
	return cel.DynType
}

var stringsType = reflect.TypeFor[[]string]()

// chosen counts the options in a list, without none, and where of is given only those in it.
func chosen(list, of ref.Val) int {
	codes, _ := list.ConvertToNative(stringsType)
	within := []string(nil)
	if of != nil {
		w, _ := of.ConvertToNative(stringsType)
		within, _ = w.([]string)
	}
	picked, _ := codes.([]string)
	n := 0
	for _, c := range picked {
		if c != none && (of == nil || slices.Contains(within, c)) {
			n++
		}
	}
	return n
}

// points is 1 for true and 0 for false, for scores.
func points(b ref.Val) ref.Val {
	if b == types.True {
		return types.Int(1)
	}
	return types.Int(0)
}

// standingMacro turns answered(q) into the hidden name that tells the standing of q.
func standingMacro(prefix string) cel.MacroFactory {
	return func(eh cel.MacroExprFactory, _ ast.Expr, args []ast.Expr) (ast.Expr, *cel.Error) {
		if args[0].Kind() != ast.IdentKind {
			return nil, eh.NewError(args[0].ID(), "the id of a question is expected")
		}
		return eh.NewIdent(prefix + args[0].AsIdent()), nil
	}
}

// valueMacro turns value(q, fallback) into: has an answer ? q : fallback.
func valueMacro(eh cel.MacroExprFactory, _ ast.Expr, args []ast.Expr) (ast.Expr, *cel.Error) {
	if args[0].Kind() != ast.IdentKind {
		return nil, eh.NewError(args[0].ID(), "the id of a question is expected")
	}
	return eh.NewCall(operators.Conditional, eh.NewIdent(answeredPrefix+args[0].AsIdent()), args[0], args[1]), nil
}
