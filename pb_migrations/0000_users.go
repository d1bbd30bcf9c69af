package pb_migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

// PocketBase's ready-made collection `users` lets anybody register. Nobody needs it here.
func init() {
	m.Register(func(app core.App) error {
		c, err := app.FindCollectionByNameOrId("users")
		if err != nil {
			return nil //nolint:nilerr // not there: nothing to take away
		}
		return app.Delete(c)
	}, func(core.App) error { return nil }, "0000_users.go")
}
