package pb_migrations

import "github.com/pocketbase/pocketbase/core"

const hour = 3600

// Patients: those who log in with e-ID, and children whom a guardian has named. The personal number is sealed; lookup is a keyed hash of it.
func init() {
	create("0004_patients.go", func() *core.Collection {
		c := core.NewAuthCollection("patients", idPatients)
		c.ListRule = rule(itself(asPatient))
		c.ViewRule = c.ListRule
		c.PasswordAuth.Enabled = false
		c.OTP.Enabled = false
		c.OAuth2.Enabled = false
		c.AuthAlert.Enabled = false
		c.AuthToken.Duration = 1 * hour
		email := c.Fields.GetByName("email").(*core.EmailField)
		email.Required, email.Hidden = false, true
		c.Fields.GetByName("password").(*core.PasswordField).Cost = 4 // nobody knows or uses it: it is random, 30 characters
		language := text("language", 20)
		c.Fields.Add(
			text("name", 200),
			text("phone", 20),
			language,
			hiddenText("sealed", 400),
			hiddenText("lookup", 100),
			hiddenYes("protected"),
		)
		c.AddIndex("patients_lookup", true, "lookup", "lookup != ''")
		return c
	})
}
