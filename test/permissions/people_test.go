// Package permissions tries every door as everybody: nobody sees what is not theirs.
//
// people_test.go says who there is and what they are to each case; world_test.go lets it all happen; there is one file a collection, and
// commands_test.go for the commands. Every answer that anybody is given, in whatever test, is searched for what that person may not read.
package permissions

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// The cases. The name says what is special about each.
var subjects = []string{
	"empty",   // answering, and every relation unset: no patient, region, unit, queue or clinician
	"asking",  // Eva's: she still answers; it has no queue
	"waiting", // Disa's: she waits in Norrvik
	"active",  // Anna's: the nurse has taken it; a note mentions Mona
	"closed",  // Bo's: the nurse has closed it
	"child",   // Kim's: Gerda opened it, the nurse has taken it
	"elder",   // Kim's too: Olle opened it, was verified, and it is closed
	"south",   // Sten's: he waits in Söder
}

// What somebody is to a case, and so what each table of a collection or a command has a column for.
const (
	nobody    = "nobody"    // has no token that counts
	superuser = "superuser" // an admin
	owner     = "owner"     // the patient, or the guardian who opened it
	patient   = "patient"   // another patient
	clinician = "clinician" // the member of staff who holds it, or held it last
	colleague = "colleague" // staff of its queue
	lead      = "lead"      // a colleague who leads the queue
	mentioned = "mentioned" // staff of the same unit whom a note names
	staff     = "staff"     // any other staff
)

var ties = []string{nobody, superuser, owner, patient, clinician, colleague, lead, mentioned, staff}

// whoIsWho says what each caller is to each case.
var whoIsWho = read(`
caller          | empty     asking    waiting   active    closed    child     elder     south
no token        | nobody    nobody    nobody    nobody    nobody    nobody    nobody    nobody
expired token   | nobody    nobody    nobody    nobody    nobody    nobody    nobody    nobody
ended log-in    | nobody    nobody    nobody    nobody    nobody    nobody    nobody    nobody
bare token      | nobody    nobody    nobody    nobody    nobody    nobody    nobody    nobody
impersonated    | nobody    nobody    nobody    nobody    nobody    nobody    nobody    nobody
file token      | nobody    nobody    nobody    nobody    nobody    nobody    nobody    nobody
watch token     | nobody    nobody    nobody    nobody    nobody    nobody    nobody    nobody
forged token    | nobody    nobody    nobody    nobody    nobody    nobody    nobody    nobody
deleted nurse   | nobody    nobody    nobody    nobody    nobody    nobody    nobody    nobody
Anna            | patient   patient   patient   owner     patient   patient   patient   patient
Bo              | patient   patient   patient   patient   owner     patient   patient   patient
Gerda           | patient   patient   patient   patient   patient   owner     patient   patient
Olle            | patient   patient   patient   patient   patient   patient   owner     patient
Kim             | patient   patient   patient   patient   patient   owner     owner     patient
Disa            | patient   patient   owner     patient   patient   patient   patient   patient
Eva             | patient   owner     patient   patient   patient   patient   patient   patient
Sten            | patient   patient   patient   patient   patient   patient   patient   owner
nurse           | staff     staff     colleague clinician clinician clinician clinician staff
doctor          | staff     staff     colleague colleague colleague colleague colleague staff
leader          | staff     staff     lead      lead      lead      lead      lead      staff
Mona            | staff     staff     staff     mentioned staff     staff     staff     staff
southerner      | staff     staff     staff     staff     staff     staff     staff     colleague
idle nurse      | staff     staff     staff     staff     staff     staff     staff     staff
admin           | superuser superuser superuser superuser superuser superuser superuser superuser
`)

// callers are all of them, in that order.
var callers = whoIsWho.rows

// tie is what a caller is to a case.
func tie(caller, subject string) string { return whoIsWho.at(caller, subject) }

// sees says whether a caller reads a case and what belongs to it.
func sees(caller, subject string) bool {
	switch tie(caller, subject) {
	case owner, clinician, colleague, lead, mentioned:
		return true
	}
	return false
}

// seesNotes says whether a caller reads what staff write among themselves.
func seesNotes(caller, subject string) bool {
	return sees(caller, subject) && tie(caller, subject) != owner
}

// table is what is expected, written so that it can be read.
type table struct {
	columns, rows []string
	cells         map[string]string
}

func (t table) at(row, column string) string {
	cell, ok := t.cells[row+"|"+column]
	if !ok {
		panic(fmt.Sprintf("no cell for %q and %q", row, column))
	}
	return cell
}

// read reads a table: the first line names the columns, the part of a line before the bar names the row.
func read(text string) table {
	t := table{cells: map[string]string{}}
	for line := range strings.Lines(strings.TrimSpace(text)) {
		name, rest, isRow := strings.Cut(line, "|")
		if !isRow {
			continue // a line left blank
		}
		name = strings.TrimSpace(name)
		cells := strings.Fields(rest)
		if t.columns == nil {
			t.columns = cells
			continue
		}
		if len(cells) != len(t.columns) {
			panic(fmt.Sprintf("row %q has %d cells, want %d", name, len(cells), len(t.columns)))
		}
		if slices.Contains(t.rows, name) {
			panic(fmt.Sprintf("two rows %q", name))
		}
		t.rows = append(t.rows, name)
		for i, c := range cells {
			t.cells[name+"|"+t.columns[i]] = c
		}
	}
	return t
}

func TestEveryCallerIsSomethingToEveryCase(t *testing.T) {
	t.Parallel()
	if !slices.Equal(whoIsWho.columns, subjects) {
		t.Fatalf("the table has columns %v, want %v", whoIsWho.columns, subjects)
	}
	for _, c := range callers {
		for _, s := range subjects {
			if !slices.Contains(ties, tie(c, s)) {
				t.Errorf("%s is %q to %s, which is no tie", c, tie(c, s), s)
			}
		}
	}
}
