// Package care holds what can happen to a case: one function for each thing, one transaction for each function.
//
// An act finds the case, asks whether the caller may, asks the table of moves whether the state allows it, fills in what the act changes,
// and writes case, event, access log and what must be told together, or nothing at all (see act). Whoever wants something to happen to a case,
// a command, a timer, a message hook or the demo, calls a function of this package; nothing else changes a case.
//
// The package knows no HTTP, opens no network connection inside a transaction, and does not tell realtime anything: that is done
// from the event row, after the commit, by hooks.
//
// To write a new act: add the event to cases.moves and access.table, write a method of Desk in a file of its own that calls d.act with a function
// that fills in, and test it against the test app (see desk_test.go).
package care
