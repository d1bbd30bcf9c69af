package house

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/records"
	"lotsen/pb_migrations"
	"lotsen/test/kit"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestMain(m *testing.M) { kit.Main(m) }

// TestCollectionsAreAsReviewed holds what a fresh database has, field by field and rule by rule, against the page that a reviewer has read.
func TestCollectionsAreAsReviewed(t *testing.T) {
	t.Parallel()
	got, err := pb_migrations.Describe(kit.App(t))
	if err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join(kit.Root(t), "pb_migrations", "testdata", "collections.golden")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("the collections differ from %s. Read the difference, then: go test ./test/house -run Collections -update; git diff", golden)
	}
}

func collections(t *testing.T) []*core.Collection {
	t.Helper()
	all, err := kit.App(t).FindAllCollections()
	if err != nil {
		t.Fatal(err)
	}
	all = slices.DeleteFunc(all, func(c *core.Collection) bool { return strings.HasPrefix(c.Name, "_") })
	slices.SortFunc(all, func(a, b *core.Collection) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// TestEveryRuleBeginsWithSomebody holds that no rule lets a guest in where everything is empty (design.md).
func TestEveryRuleBeginsWithSomebody(t *testing.T) {
	t.Parallel()
	public := []string{records.Regions, records.Units}
	for _, c := range collections(t) {
		if slices.Contains(public, c.Name) {
			continue
		}
		for _, r := range []*string{c.ListRule, c.ViewRule, c.CreateRule, c.UpdateRule, c.DeleteRule} {
			if r == nil {
				continue
			}
			if !strings.HasPrefix(*r, `@request.auth.id != "" && `) {
				t.Errorf("%s: the rule does not begin with somebody: %s", c.Name, *r)
			}
			if !strings.Contains(*r, "@request.auth.collectionName") {
				t.Errorf("%s: the rule does not name the caller's collection: %s", c.Name, *r)
			}
		}
	}
}

// TestEveryCollectionIsNamed holds the collections against the names in records.
func TestEveryCollectionIsNamed(t *testing.T) {
	t.Parallel()
	var names []string
	for _, c := range collections(t) {
		names = append(names, c.Name)
	}
	want := records.All()
	slices.Sort(want)
	if !slices.Equal(names, want) {
		t.Errorf("a fresh database has %v, records names %v", names, want)
	}
}
