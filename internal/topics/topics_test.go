package topics_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"lotsen/internal/topics"
)

const someID = "abcdefghij01234"

func TestParseReadsTheFourKinds(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]topics.Topic{
		"lotsen/cases/" + someID:            {Kind: topics.Case, ID: someID},
		"lotsen/cases/" + someID + "/queue": {Kind: topics.Place, ID: someID},
		"lotsen/queues/" + someID:           {Kind: topics.Queue, ID: someID},
		"lotsen/staff/" + someID:            {Kind: topics.Staff, ID: someID},
	} {
		got, ok := topics.Parse(name)
		if !ok || got != want {
			t.Errorf("Parse(%q) = %v, %v; want %v, true", name, got, ok, want)
		}
		if want.String() != name {
			t.Errorf("%v.String() = %q, want %q", want, want.String(), name)
		}
	}
}

func TestParseRefusesWhatIsNotExactlyOurs(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"", "lotsen/", "lotsen/cases", "lotsen/cases/", "lotsen/cases/*", "lotsen/cases//queue",
		"cases/" + someID, "messages/*", "LOTSEN/cases/" + someID, " lotsen/cases/" + someID,
		"lotsen/cases/" + someID + "/", "lotsen/cases/" + someID + "/queue/", "lotsen/cases/" + someID + "/queues",
		"lotsen/cases/" + someID + "?options=%7B%7D", "lotsen/cases/" + someID + "?",
		"lotsen/cases/" + someID + "a", "lotsen/cases/" + someID[1:], "lotsen/cases/" + strings.ToUpper(someID),
		"lotsen/queues/" + someID + "/queue", "lotsen/staff/" + someID + "/queue", "lotsen/cases/" + someID + "\n",
	} {
		if got, ok := topics.Parse(name); ok {
			t.Errorf("Parse(%q) = %v, want a refusal", name, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("lotsen/cases/" + someID)
	f.Add("lotsen/cases/" + someID + "/queue")
	f.Add("lotsen/cases/" + someID + "?options={}")
	f.Add("messages/*")
	f.Fuzz(func(t *testing.T, name string) {
		if topic, ok := topics.Parse(name); ok && topic.String() != name {
			t.Errorf("Parse(%q) gave %v, whose name is %q; want the same name", name, topic, topic.String())
		}
	})
}

func TestNamesComeBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := topics.Topic{
			Kind: rapid.SampledFrom([]topics.Kind{topics.Case, topics.Place, topics.Queue, topics.Staff}).Draw(t, "kind"),
			ID:   rapid.StringMatching(`[a-z0-9]{15}`).Draw(t, "id"),
		}
		if got, ok := topics.Parse(want.String()); !ok || got != want {
			t.Fatalf("Parse(%q) = %v, %v; want %v, true", want.String(), got, ok, want)
		}
	})
}
