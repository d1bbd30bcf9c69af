package house

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/records"
	"lotsen/test/kit"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestMain(m *testing.M) { kit.Main(m) }

// TestCollectionsAreAsReviewed holds what a fresh database has, field by field and rule by rule, against the page that a reviewer has read.
func TestCollectionsAreAsReviewed(t *testing.T) {
	t.Parallel()
	var got bytes.Buffer
	for _, c := range collections(t) {
		describe(&got, c)
	}
	golden := filepath.Join(kit.Root(t), "pb_migrations", "testdata", "collections.golden")
	if *update {
		if err := os.WriteFile(golden, got.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, got.Bytes()) {
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

func describe(b *bytes.Buffer, c *core.Collection) {
	fmt.Fprintf(b, "%s (%s, %s)\n", c.Name, c.Type, c.Id)
	for _, r := range []struct {
		name string
		rule *string
	}{{"list", c.ListRule}, {"view", c.ViewRule}, {"create", c.CreateRule}, {"update", c.UpdateRule}, {"delete", c.DeleteRule}} {
		text := "nobody but superusers"
		if r.rule != nil {
			text = *r.rule
		}
		fmt.Fprintf(b, "  %-6s %s\n", r.name, text)
	}
	if c.IsAuth() {
		fmt.Fprintf(b, "  log-in password %v, otp %v, oauth2 %v, mfa %v; token %d s\n",
			c.PasswordAuth.Enabled, c.OTP.Enabled, c.OAuth2.Enabled, c.MFA.Enabled, c.AuthToken.Duration)
	}
	for _, f := range c.Fields {
		hidden := ""
		if f.GetHidden() {
			hidden = " hidden"
		}
		fmt.Fprintf(b, "  field %s %s%s\n", f.GetName(), f.Type(), hidden)
	}
	for _, i := range c.Indexes {
		fmt.Fprintf(b, "  %s\n", i)
	}
	fmt.Fprintln(b)
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
