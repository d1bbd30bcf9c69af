// Lotsen is a digital care entrance in one binary. See README.md to start it and docs/life-of-a-case.md to read it.
package main

import (
	"fmt"
	"os"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/cli"
	_ "lotsen/pb_migrations" // the collections
)

// version and commit are set by the linker: -X main.version=… -X main.commit=…
var version, commit string

func main() {
	build := cli.BuildOf(version, commit)
	app := cli.New(build, os.Args[1:])
	cli.AddServe(app, build, wire)
	if err := app.Execute(); err != nil {
		fmt.Fprintln(os.Stderr, "lotsen:", err)
		os.Exit(1)
	}
}

// wire binds the rules to PocketBase.
func wire(core.App, cli.Service) error { return nil }
