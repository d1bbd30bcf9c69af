package pb_migrations

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pocketbase/pocketbase/core"
)

// reviewed is what the migrations make, as Describe writes it. test/house holds the two together.
//
//go:embed testdata/collections.golden
var reviewed string

// mostNamed is how many differences an error names.
const mostNamed = 8

// Describe writes down every collection but PocketBase's own: its rules, ways to log in, fields, and the indexes that are in the database.
func Describe(app core.App) (string, error) {
	all, err := app.FindAllCollections()
	if err != nil {
		return "", fmt.Errorf("find collections: %w", err)
	}
	slices.SortFunc(all, func(a, b *core.Collection) int { return strings.Compare(a.Name, b.Name) })
	var b strings.Builder
	for _, c := range all {
		if c.System {
			continue
		}
		indexes, err := app.TableIndexes(c.Name)
		if err != nil {
			return "", fmt.Errorf("find indexes of %s: %w", c.Name, err)
		}
		describe(&b, c, slices.Sorted(maps.Values(indexes)))
	}
	return b.String(), nil
}

var oneLine = strings.NewReplacer("( ", "(", " )", ")")

func describe(b *strings.Builder, c *core.Collection, indexes []string) {
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
		marks := ""
		if f.GetHidden() {
			marks += " hidden"
		}
		if file, isFile := f.(*core.FileField); isFile && file.Protected {
			marks += " protected"
		}
		fmt.Fprintf(b, "  field %s %s%s\n", f.GetName(), f.Type(), marks)
	}
	for _, i := range indexes {
		fmt.Fprintf(b, "  %s\n", oneLine.Replace(strings.Join(strings.Fields(i), " ")))
	}
	fmt.Fprintln(b)
}

// Check says in what the database's collections differ from those that the migrations make: a rule that was opened or a field that was
// shown by hand, under --dev or in the file, lets in who must not be. The order of lines does not matter. It is nil where nothing differs.
func Check(app core.App) error {
	text, err := Describe(app)
	if err != nil {
		return err
	}
	found := differences(blocks(reviewed), blocks(text))
	if len(found) == 0 {
		return nil
	}
	if more := len(found) - mostNamed; more > 0 {
		found = append(found[:mostNamed], fmt.Sprintf("and %d more", more))
	}
	return fmt.Errorf("the collections are not those of this program:\n  %s", strings.Join(found, "\n  "))
}

// blocks are the lines of each collection, by its name.
func blocks(text string) map[string][]string {
	all := map[string][]string{}
	for block := range strings.SplitSeq(strings.TrimSpace(text), "\n\n") {
		name, _, _ := strings.Cut(block, " ")
		all[name] = strings.Split(block, "\n")
	}
	return all
}

func differences(want, got map[string][]string) []string {
	var found []string
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if want[name] == nil {
			found = append(found, name+" is there, and no migration makes it")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if got[name] == nil {
			found = append(found, name+" is missing")
			continue
		}
		for _, line := range without(want[name], got[name]) {
			found = append(found, name+" lacks: "+strings.TrimSpace(line))
		}
		for _, line := range without(got[name], want[name]) {
			found = append(found, name+" has instead, or besides: "+strings.TrimSpace(line))
		}
	}
	return found
}

// without are the lines that are not among others.
func without(lines, others []string) []string {
	return slices.DeleteFunc(slices.Clone(lines), func(line string) bool { return slices.Contains(others, line) })
}
