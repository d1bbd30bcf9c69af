package pb_migrations

import "github.com/pocketbase/pocketbase/core"

// Staff: nurses, doctors and leads. Their queues say which cases they see.
func init() {
	create("0005_staff.go", func() *core.Collection {
		c := core.NewAuthCollection("staff", idStaff)
		c.ListRule = rule(itself(asStaff))
		c.ViewRule = c.ListRule
		c.OTP.Enabled = false
		c.OAuth2.Enabled = false
		c.AuthAlert.Enabled = false
		c.AuthToken.Duration = 10 * hour
		c.Fields.Add(
			needed("name", 200),
			oneOf("role", true, "nurse", "doctor", "lead"),
			&core.RelationField{Name: "queues", CollectionId: idQueues, MaxSelect: 99},
			&core.RelationField{Name: "duty", CollectionId: idQueues, MaxSelect: 99},
		)
		return c
	})
}
