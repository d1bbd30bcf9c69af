// Lotsen is a digital care entrance in one binary. See README.md to start it and docs/life-of-a-case.md to read it.
package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/docs"
	"lotsen/hooks"
	"lotsen/internal/care"
	"lotsen/internal/cli"
	_ "lotsen/pb_migrations" // the collections
	"lotsen/pb_public"
	"lotsen/protocols"
)

// version and commit are set by the linker: -X main.version=… -X main.commit=…
var version, commit string

func main() {
	build := cli.BuildOf(version, commit)
	app := cli.New(build, os.Args[1:])
	cli.AddServe(app, build, wire)
	if err := cli.Execute(app, os.Args[1:]); err != nil {
		code, tell := cli.ExitCode(err)
		if tell {
			fmt.Fprintln(os.Stderr, "lotsen:", err)
		}
		os.Exit(code)
	}
}

// wire binds the rules to PocketBase.
func wire(app core.App, s cli.Service) error {
	served, err := protocols.All()
	danger, missing := protocols.Danger()
	contract, unread := docs.Contract()
	if err := errors.Join(err, missing, unread); err != nil {
		return err
	}
	cfg := hooks.Config{
		Version: s.Build.Version, Settings: s.Settings, Clock: s.Clock, Protocols: care.NewLibrary(served, danger),
		Contract: contract, Pages: pb_public.Files, Alarm: os.Stderr,
	}
	if s.Demo != nil {
		cfg.Stage, cfg.Local, cfg.BankIDEvery = s.Demo.Stage, true, 250*time.Millisecond // the simulator bears it
	}
	return hooks.Bind(app, cfg)
}
