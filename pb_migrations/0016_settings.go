package pb_migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

// PocketBase's own settings that a care service cannot leave as they come: no addresses in the request log, no batch, a name.
func init() {
	m.Register(func(app core.App) error {
		s := app.Settings()
		s.Meta.AppName = "Lotsen"
		s.Logs.LogIP = false
		s.Logs.LogAuthId = false
		s.Batch.Enabled = false
		return app.Save(s)
	}, func(core.App) error { return nil }, "0016_settings.go")
}
