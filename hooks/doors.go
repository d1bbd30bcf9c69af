package hooks

import (
	"fmt"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"lotsen/internal/records"
	"lotsen/pb_migrations"
)

// bindDoors shuts the doors of the dashboard through which a superuser would get around the rules, the acts and the access log. `--dev`
// opens them: for a developer, on a machine without patients.
func bindDoors(app core.App) {
	app.OnServe().Bind(on("Doors", func(e *core.ServeEvent) error {
		if e.App.IsDev() {
			return e.Next()
		}
		if err := pb_migrations.Check(e.App); err != nil {
			return fmt.Errorf("not started: %w\nIt was changed under --dev, or in the file. Put it back, or restore a backup", err)
		}
		e.Router.Bind(&hook.Handler[*core.RequestEvent]{Id: "lotsenDoors", Func: guardDoors})
		return e.Next()
	}))
	app.OnSettingsUpdateRequest().Bind(on("GuardSettings", guardSettings))
	app.OnRecordUpdateRequest(records.StaffMembers).Bind(on("GuardLogIn", guardLogIn))
}

// Why a door is shut.
const (
	noSQL        = "Raw SQL passes by the rules and the access log: it runs under --dev only."
	noSchema     = "The collections are made by the program's migrations, and checked at its start: they are changed under --dev only."
	noView       = "A view reads past the rules and the access log: it is made under --dev only."
	noForgetting = "The request log is not deleted by hand: it is kept as long as the settings say."
	noBackups    = "A backup holds everything about everybody, unencrypted: it is made and restored on the server, with the program's own command."
	noStorage    = "Files of patients would leave past the access log: where they lie is the machine's configuration, and is changed under --dev only."
	notTheirs    = "Who sets another's password or address can act as them: staff set their own password, by the link that POST /api/collections/staff/request-password-reset mails to them. " +
		"Where the address is wrong, delete the person and make them anew."
)

// shut are PocketBase's routes that are refused, and why.
var shut = map[string]string{
	"POST /api/sql": noSQL,

	"POST /api/collections":                   noSchema,
	"PUT /api/collections/import":             noSchema,
	"POST /api/collections/meta/dry-run-view": noView,
	"DELETE /api/logs":                        noForgetting,
	"POST /api/backups":                       noBackups,
	"POST /api/backups/upload":                noBackups,
	download:                                  noBackups,
	"DELETE /api/backups/{key}":               noBackups,
	"POST /api/backups/{key}/restore":         noBackups,
}

// shutForOurs are those that are refused of collections of ours. PocketBase's own may be changed: how superusers log in is in them.
var shutForOurs = map[string]string{
	"PATCH /api/collections/{collection}":           noSchema,
	"DELETE /api/collections/{collection}":          noSchema,
	"DELETE /api/collections/{collection}/truncate": "A collection is not emptied: what is in it is a journal, or others point at it.",
}

// download takes a token in the address, whoever the caller is by the header: it is refused to everybody.
const download = "GET /api/backups/{key}"

// guardDoors answers superusers. PocketBase answers everybody else.
func guardDoors(e *core.RequestEvent) error {
	why, refused := shut[e.Request.Pattern]
	if !refused {
		if why, refused = shutForOurs[e.Request.Pattern]; refused {
			c, err := e.App.FindCachedCollectionByNameOrId(e.Request.PathValue("collection"))
			refused = err == nil && !c.System
		}
	}
	if refused && (e.HasSuperuserAuth() || e.Request.Pattern == download) {
		return e.ForbiddenError(why, nil)
	}
	return e.Next()
}

// guardSettings refuses to have backups made by themselves and sent elsewhere, and files of patients kept elsewhere.
func guardSettings(e *core.SettingsUpdateRequestEvent) error {
	if e.App.IsDev() {
		return e.Next()
	}
	if e.NewSettings.Backups != e.OldSettings.Backups {
		return e.ForbiddenError(noBackups, nil)
	}
	if e.NewSettings.S3 != e.OldSettings.S3 {
		return e.ForbiddenError(noStorage, nil)
	}
	return e.Next()
}

// guardLogIn refuses superusers to change by what a member of staff logs in: what they then did would stand in that person's name.
func guardLogIn(e *core.RecordRequestEvent) error {
	if !e.App.IsDev() && e.HasSuperuserAuth() && len(records.ChangedLogIn(e.Record)) > 0 {
		return e.ForbiddenError(notTheirs, nil)
	}
	return e.Next()
}
