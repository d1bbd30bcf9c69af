package cli

import (
	"runtime/debug"
	"strings"
)

// Build is which program this is.
type Build struct {
	Version string // as released, "dev" where it is not a release
	Commit  string // "" where it is not known
}

// BuildOf tells version and commit: what the linker was told, else what the Go command noted.
func BuildOf(version, commit string) Build {
	b := Build{Version: version, Commit: commit}
	if b.Version == "" {
		b.Version = "dev"
	}
	info, ok := debug.ReadBuildInfo()
	if b.Commit != "" || !ok {
		return b
	}
	noted := map[string]string{}
	for _, s := range info.Settings {
		noted[s.Key] = s.Value
	}
	b.Commit = noted["vcs.revision"]
	if b.Commit != "" && noted["vcs.modified"] == "true" {
		b.Commit += "-modified"
	}
	return b
}

// String is the version, and the commit if it is known.
func (b Build) String() string {
	if b.Commit == "" {
		return b.Version
	}
	commit, modified := strings.CutSuffix(b.Commit, "-modified")
	commit = commit[:min(12, len(commit))]
	if modified {
		commit += ", modified"
	}
	return b.Version + " (" + commit + ")"
}
