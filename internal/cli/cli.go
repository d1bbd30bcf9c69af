// Package cli is the command line of the program: PocketBase's own commands (superuser, migrate), and serve with what is ours.
//
// It reads flags and the environment, refuses what cannot work, opens the simulated world of the demo, and says on one screen where to go
// or what is missing. It binds nothing and knows no rule: what has been found out is handed on as a Service.
package cli

import (
	"io"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase"
	pbcmd "github.com/pocketbase/pocketbase/cmd"
	"github.com/pocketbase/pocketbase/plugins/migratecmd"
	"github.com/spf13/pflag"
)

// The data folders, beside where the program is started, if --dir names none.
const (
	dataFolder = "pb_data"
	demoFolder = "demo_data"
)

// New makes PocketBase with its commands, but for serve. args are those of the process: the demo has another folder.
func New(b Build, args []string) *pocketbase.PocketBase {
	folder := dataFolder
	if wantsDemo(args) {
		folder = demoFolder
	}
	app := pocketbase.NewWithConfig(pocketbase.Config{HideStartBanner: true, DefaultDataDir: folder, DBConnect: Connect})
	root := app.RootCmd
	root.Use = "lotsen"
	root.Short = "Lotsen, a digital care entrance"
	root.Version = b.String()
	root.SetVersionTemplate("lotsen {{.Version}}\n")
	root.SilenceUsage = true
	root.AddCommand(pbcmd.NewSuperuserCommand(app), newAuditCommand(app.DataDir))
	migratecmd.MustRegister(app, root, migratecmd.Config{})
	return app
}

// Connect opens SQLite so that what was answered is on the disk (synchronous FULL), and so that a second process may write: a
// transaction takes its lock before it reads. The rest is PocketBase's own list.
func Connect(path string) (*dbx.DB, error) {
	return dbx.Open("sqlite", path+"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=journal_size_limit(200000000)"+
		"&_pragma=synchronous(FULL)&_pragma=foreign_keys(ON)&_pragma=temp_store(MEMORY)&_pragma=cache_size(-32000)"+
		"&_defensive=1&_txlock=immediate")
}

// wantsDemo looks ahead for --demo: the folder must be known before PocketBase reads the flags.
func wantsDemo(args []string) bool {
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.Usage = func() {}
	flags.ParseErrorsAllowlist.UnknownFlags = true
	demo := flags.Bool("demo", false, "")
	_ = flags.Parse(args) // what is wrong with the flags is said when they are parsed in earnest
	return *demo
}
