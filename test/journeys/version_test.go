package journeys

import (
	"regexp"
	"testing"

	"lotsen/test/kit"
)

func TestTheBuiltBinaryTellsVersionAndCommit(t *testing.T) {
	t.Parallel()
	said, err := kit.Command(t.Context(), t, "--version").Output()
	if want := regexp.MustCompile(`^lotsen \S+ \([0-9a-z]+(, modified)?\)\n$`); err != nil || !want.Match(said) {
		t.Errorf("--version says %q %v, want %s", said, err, want)
	}
}
