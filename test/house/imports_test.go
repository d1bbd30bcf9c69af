// Package house holds the tests of the house itself: which room may import which, what is bound, what a fresh database holds.
package house

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"lotsen/test/kit"
)

// arrows says which rooms of ours a room may import (design.md, "Rooms"; architecture.md 3.7). A room that is not here fails the test.
// The lint says the same, and more of other people's packages; this test needs nothing but Go.
var arrows = map[string][]string{
	"lotsen": {"hooks", "internal/cli", "internal/demo", "internal/settings", "internal/api", "internal/care", "pb_migrations", "pb_public", "protocols", "docs"},
	"hooks": {
		"internal/access", "internal/api", "internal/audit", "internal/bankid", "internal/care", "internal/cases", "internal/clock", "internal/demo",
		"internal/fanout", "internal/hours", "internal/notify", "internal/queue", "internal/records", "internal/settings", "internal/texts", "internal/topics",
		"internal/uploads", "docs", "protocols", "pb_migrations", "internal/routing",
	},
	"internal/api": {
		"internal/access", "internal/audit", "internal/bankid", "internal/care", "internal/cases", "internal/hours", "internal/personnummer", "internal/phone", "internal/queue",
		"internal/records", "internal/texts", "internal/triage", "internal/uploads", "internal/clock", "internal/settings", "internal/routing",
	},
	"internal/care": {
		"internal/access", "internal/audit", "internal/cases", "internal/clock", "internal/hours", "internal/personnummer", "internal/phone", "internal/records",
		"internal/seal", "internal/texts", "internal/triage", "internal/routing",
	},
	"internal/cli": {
		"internal/api", "internal/bankid", "internal/care", "internal/clock", "internal/demo", "internal/notify", "internal/records", "internal/seal",
		"internal/settings", "hooks", "protocols", "internal/audit", "internal/bankid/simulator",
	},
	"internal/demo": {
		"internal/access", "internal/api", "internal/bankid", "internal/bankid/simulator", "internal/care", "internal/cases", "internal/clock",
		"internal/notify", "internal/notify/peer", "internal/personnummer", "internal/phone", "internal/records", "internal/seal",
		"internal/settings", "internal/texts", "internal/triage", "protocols",
	},
	"internal/audit":            {"internal/access", "internal/cases", "internal/records"},
	"internal/notify":           {"internal/clock", "internal/records", "internal/texts"},
	"internal/notify/peer":      {},
	"internal/records":          {"internal/access", "internal/cases"},
	"internal/bankid":           {},
	"internal/bankid/simulator": {},
	"internal/fanout":           {"internal/topics"},
	"internal/settings":         {"internal/seal", "internal/phone"},
	"internal/uploads":          {"internal/uploads/meta", "internal/uploads/pdf"},
	"internal/uploads/meta":     {},
	"internal/uploads/pdf":      {"internal/uploads/meta"},
	"internal/access":           {"internal/cases"},
	"internal/queue":            {"internal/cases"},
	"internal/routing":          {"internal/cases"},
	"internal/cases":            {},
	"internal/hours":            {},
	"internal/triage":           {},
	"internal/personnummer":     {},
	"internal/phone":            {},
	"internal/topics":           {},
	"internal/texts":            {},
	"internal/clock":            {},
	"internal/seal":             {},
	"protocols":                 {"internal/triage"},
	"pb_migrations":             {},
	"pb_public":                 {},
	"docs":                      {},
}

type pkg struct {
	ImportPath string
	Imports    []string
}

func TestArrows(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		room := strings.TrimPrefix(p.ImportPath, "lotsen/")
		if room == "test" || strings.HasPrefix(room, "test/") {
			continue
		}
		allowed, known := arrows[room]
		if !known {
			t.Errorf("%s has no arrows: say in this test which rooms it may import", room)
			continue
		}
		for _, in := range p.Imports {
			to, ours := strings.CutPrefix(in, "lotsen/")
			if ours && !slices.Contains(allowed, to) {
				t.Errorf("%s imports %s, and may not", room, to)
			}
		}
	}
}

// foreign says which room alone may import a library.
var foreign = map[string][]string{
	"github.com/labstack/echo/v5":                   {"internal/api"},
	"cel.dev/cel-go/cel":                            {"internal/triage"},
	"github.com/pocketbase/pocketbase/apis":         {"hooks", "internal/cli", "internal/demo"},
	"github.com/go-playground/validator/v10":        {"internal/api"},
	"github.com/pocketbase/pocketbase/tests":        {},
	"github.com/tidwall/btree":                      {"internal/queue"},
	"github.com/rickar/cal/v2":                      {"internal/hours"},
	"github.com/nyaruka/phonenumbers":               {"internal/phone"},
	"modernc.org/sqlite":                            {"internal/cli"},
	"github.com/mattn/go-sqlite3":                   {},
	"github.com/ncruces/go-sqlite3":                 {},
	"github.com/pocketbase/pocketbase/plugins/jsvm": {},
}

func TestLibrariesStayInTheirRooms(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		room := strings.TrimPrefix(p.ImportPath, "lotsen/")
		if strings.HasPrefix(room, "test/") {
			continue
		}
		for _, in := range p.Imports {
			if rooms, bound := foreign[in]; bound && !slices.Contains(rooms, room) {
				t.Errorf("%s imports %s: only %v may", room, in, rooms)
			}
		}
	}
}

func packages(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", "./...")
	cmd.Dir = kit.Root(t)
	raw, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var list []pkg
	for d := json.NewDecoder(bytes.NewReader(raw)); ; {
		var p pkg
		err := d.Decode(&p)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("read go list: %v", err)
		}
		list = append(list, p)
	}
	if len(list) < 20 {
		t.Fatalf("go list names only %d packages", len(list))
	}
	return list
}
