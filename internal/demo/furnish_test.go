package demo

import (
	"context"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/records"
	"lotsen/test/kit"
)

func TestMain(m *testing.M) { kit.Main(m) }

func furnish(t *testing.T, d *Demo, app core.App) map[string]string {
	t.Helper()
	logins, err := d.Furnish(context.Background(), app)
	if err != nil {
		t.Fatalf("furnish: %v", err)
	}
	passwords := map[string]string{}
	for _, l := range logins {
		passwords[l.Email] = l.Password
	}
	return passwords
}

func opens(t *testing.T, app core.App, email, password string) bool {
	t.Helper()
	collection := records.StaffMembers
	if email == admin {
		collection = core.CollectionNameSuperusers
	}
	r, err := app.FindAuthRecordByEmail(collection, email)
	if err != nil {
		t.Fatalf("find %s: %v", email, err)
	}
	return r.ValidatePassword(password)
}

func TestFurnishMakesWhatApiMdPromises(t *testing.T) {
	t.Parallel()
	app := kit.App(t)
	d := start(t, t.TempDir(), false)
	for range 2 { // a restart finds everything there
		passwords := furnish(t, d, app)
		for _, email := range []string{"nurse@demo.test", "doctor@demo.test", "lead@demo.test", "south@demo.test", "admin@demo.test"} {
			if passwords[email] != "lotsen-demo" || !opens(t, app, email, "lotsen-demo") {
				t.Errorf("%s does not log in with lotsen-demo", email)
			}
		}
	}
	region, err := records.RegionBySlug(app, "demo")
	if err != nil || region.Name() != "Demoregionen" || region.DefaultUnit() != "norrvik" || !region.InService() {
		t.Fatalf("the region is %v %v, want Demoregionen in service, with norrvik for cases that name no unit", region, err)
	}
	units, err := records.UnitsOf(app, region.Id)
	if err != nil || len(units) != 2 || units[0].Slug() != "norrvik" || units[1].Slug() != "soder" {
		t.Fatalf("the units are %v %v, want norrvik and soder", units, err)
	}
	for i, email := range []string{"nurse@demo.test", "south@demo.test"} {
		q, err := records.FirstQueueOf(app, units[i].Id)
		if err != nil {
			t.Fatal(err)
		}
		r, err := app.FindAuthRecordByEmail(records.StaffMembers, email)
		if err != nil {
			t.Fatal(err)
		}
		if queues := records.AsStaff(r).Queues(); len(queues) != 1 || queues[0] != q.Id {
			t.Errorf("%s belongs to %v, want the queue of %s", email, queues, units[i].Slug())
		}
	}
	elsewhere, err := records.RegionBySlug(app, "annanstans")
	if err != nil || elsewhere.URL() == "" {
		t.Errorf("the region served elsewhere is %v %v, want one with an address", elsewhere, err)
	}
}

func TestAnOpenDemoHasRandomPasswordsThatAreToldOnce(t *testing.T) {
	t.Parallel()
	app, folder := kit.App(t), t.TempDir()
	furnish(t, start(t, folder, false), app)
	told := furnish(t, start(t, folder, true), app)
	seen := map[string]bool{}
	for email, password := range told {
		if opens(t, app, email, "lotsen-demo") || !opens(t, app, email, password) || seen[password] || len(password) < 20 {
			t.Errorf("%s: want a long random password of its own, that opens where lotsen-demo does no more", email)
		}
		seen[password] = true
	}
	for _, open := range []bool{true, false} {
		for email, password := range furnish(t, start(t, folder, open), app) {
			if password == told[email] {
				t.Errorf("%s: the password is told twice", email)
			}
			if !opens(t, app, email, told[email]) {
				t.Errorf("%s: the password that was told opens no more after a restart", email)
			}
		}
	}
}
