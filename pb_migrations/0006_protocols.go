package pb_migrations

import "github.com/pocketbase/pocketbase/core"

// Protocols: every content that a case was ever opened with, by the hash that the case pins. Rows are only added.
func init() {
	create("0006_protocols.go", func() *core.Collection {
		c := core.NewBaseCollection("protocols", idProtocols)
		source := needed("source", 2_000_000)
		c.Fields.Add(
			needed("hash", 64),
			needed("code", 40),
			needed("version", 40),
			source,
			date("at"),
		)
		c.AddIndex("protocols_hash", true, "hash", "")
		return c
	})
}
