package cli

import (
	"fmt"
	"strings"

	"lotsen/internal/demo"
	"lotsen/internal/settings"
)

// screen is what the terminal shows when the service has started. note is one more thing to say, or "".
func (s *server) screen(service Service, logins []demo.Login, note string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\nLotsen %s\n\n", s.build)
	at := s.address()
	if service.Settings.PublicURL != "" {
		at = service.Settings.PublicURL
	}
	if service.Demo != nil {
		demoScreen(&b, at, s.app.DataDir(), service.Demo, logins)
	} else {
		placesScreen(&b, at)
		missingScreen(&b, service.Settings.Missing())
	}
	for _, name := range service.Settings.Unknown {
		fmt.Fprintf(&b, "\n  %s is no setting of Lotsen's: a slip of the pen?\n", name)
	}
	if note != "" {
		b.WriteString("\n  " + note + "\n")
	}
	b.WriteString("\nStop with Ctrl+C.\n\n")
	return b.String()
}

func placesScreen(b *strings.Builder, at string) {
	fmt.Fprintf(b, "  Interface  %s/api/lotsen/v1\n", at)
	fmt.Fprintf(b, "  Dashboard  %s/_/\n", at)
}

func demoScreen(b *strings.Builder, at, folder string, d *demo.Demo, logins []demo.Login) {
	if d.Open {
		b.WriteString("  DEMO, OPEN TO OTHERS. Everybody here is invented. Enter nothing about real people.\n\n")
	} else {
		b.WriteString("  DEMO. Everybody here is invented. Enter nothing about real people.\n\n")
	}
	placesScreen(b, at)
	fmt.Fprintf(b, "  Data       %s\n\n", folder)
	b.WriteString("  Patients   log in with BankID: POST /api/lotsen/v1/identity/bankid, and play the app with\n" +
		"             POST /api/lotsen/v1/demo/bankid/{id}/approve {\"personalNumber\": \"" + demo.ExampleNumber + "\"}\n\n")
	for _, l := range logins {
		fmt.Fprintf(b, "  %-9s  %-18s  %s\n", l.As, l.Email, l.Password)
	}
}

// missingScreen says what the service cannot do yet, and what to do about it.
func missingScreen(b *strings.Builder, gaps []settings.Gap) {
	if len(gaps) == 0 {
		return
	}
	ready := true
	for _, g := range gaps {
		ready = ready && !g.Stops
	}
	if ready {
		b.WriteString("\n  Something is not set up:\n")
	} else {
		b.WriteString("\n  NOT READY: nobody can log in. This is not set up:\n")
	}
	for _, g := range gaps {
		fmt.Fprintf(b, "\n  %s\n    %s\n    %s\n", g.Names, g.Lacks, g.Do)
	}
	b.WriteString("\n  The first administrator:  lotsen superuser upsert NAME@EXAMPLE.SE PASSWORD\n" +
		"  To try it with nothing set up:  lotsen serve --demo\n")
}
