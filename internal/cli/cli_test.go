package cli

import (
	"strings"
	"testing"

	"lotsen/internal/settings"
)

func TestWantsDemoLooksAheadInTheFlags(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]bool{
		"serve":        false,
		"serve --demo": true,
		"--dir x serve --http 127.0.0.1:0 --demo": true,
		"serve --demo=false":                      false,
		"serve --demo-open":                       false,
		"serve --unknown --demo":                  true,
		"serve -- --demo":                         false,
		"serve --http --demo":                     true,
	} {
		if got := wantsDemo(strings.Fields(args)); got != want {
			t.Errorf("wantsDemo(%q) = %v, want %v", args, got, want)
		}
	}
}

func TestOnlyHereIsLoopback(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"127.0.0.1:8090": true, "localhost:0": true, "[::1]:80": true, "127.9.9.9:1": true,
		"0.0.0.0:8090": false, ":8090": false, "[::]:80": false, "192.168.1.2:80": false, "example.se:80": false, "": false, "127.0.0.1": false,
	} {
		if got := onlyHere(address); got != want {
			t.Errorf("onlyHere(%q) = %v, want %v", address, got, want)
		}
	}
}

func TestBuildTellsVersionAndCommit(t *testing.T) {
	t.Parallel()
	for want, b := range map[string]Build{
		"1.2.3 (0123456789ab)":         {Version: "1.2.3", Commit: "0123456789abcdef"},
		"dev (0123456789ab, modified)": {Version: "dev", Commit: "0123456789abcdef-modified"},
		"dev (abc)":                    {Version: "dev", Commit: "abc"},
		"1.2.3":                        {Version: "1.2.3"},
	} {
		if got := b.String(); got != want {
			t.Errorf("the build is %q, want %q", got, want)
		}
	}
	if b := BuildOf("", ""); b.Version != "dev" {
		t.Errorf("a build that was told nothing is %q, want dev", b.Version)
	}
}

func TestTheScreenSaysWhatIsMissingAndWhatToDo(t *testing.T) {
	t.Parallel()
	nothing, err := settings.Read(nil)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	missingScreen(&b, nothing.Missing())
	for _, gap := range nothing.Missing() {
		if !strings.Contains(b.String(), gap.Names) || !strings.Contains(b.String(), gap.Do) {
			t.Errorf("the screen does not say what to do about %s", gap.Names)
		}
	}
	for _, want := range []string{"NOT READY", "superuser", "--demo"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the screen lacks %q:\n%s", want, b.String())
		}
	}
	if lines := strings.Count(b.String(), "\n"); lines > 30 {
		t.Errorf("the screen has %d lines, want one screen", lines)
	}
	b.Reset()
	if missingScreen(&b, nil); b.Len() > 0 {
		t.Errorf("with nothing missing the screen says %q", b.String())
	}
}
