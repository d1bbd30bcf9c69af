package hooks

import (
	"net/http"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"lotsen/internal/records"
	"lotsen/pb_migrations"
	"lotsen/test/kit"
)

// superuser makes one, and gives a token and one for files.
func (d *doorway) superuser() (token, fileToken string) {
	d.t.Helper()
	c, err := d.App.FindCollectionByNameOrId(core.CollectionNameSuperusers)
	if err != nil {
		d.t.Fatal(err)
	}
	super := core.NewRecord(c)
	super.SetEmail("boss@demo.test")
	super.SetPassword("lotsen-demo")
	if err := d.App.Save(super); err != nil {
		d.t.Fatal(err)
	}
	token, err = super.NewAuthToken()
	if err == nil {
		fileToken, err = super.NewFileToken()
	}
	if err != nil {
		d.t.Fatal(err)
	}
	return token, fileToken
}

func TestTheDashboardHasNoDoorAroundTheRules(t *testing.T) {
	t.Parallel()
	w := openWhole(t)
	super, fileToken := w.superuser()
	before, err := pb_migrations.Describe(w.App)
	if err != nil {
		t.Fatal(err)
	}
	tried := map[string]bool{}
	for _, door := range [][3]string{
		{"POST", "/api/sql", `{"query":"SELECT * FROM cases"}`},
		{"POST", "/api/collections", `{"name":"leak","type":"view","viewQuery":"SELECT id, advice FROM cases"}`},
		{"POST", "/api/collections", `not JSON`},
		{"PUT", "/api/collections/import", `{"collections":[{"name":"x","type":"base"}],"deleteMissing":true}`},
		{"POST", "/api/collections/meta/dry-run-view", `{"query":"SELECT id FROM cases"}`},
		{"PATCH", "/api/collections/cases", `{"listRule":""}`},
		{"PATCH", "/api/collections/CASES", `{"listRule":""}`},
		{"PATCH", "/api/collections/lotsen_staff000", `{"listRule":""}`},
		{"DELETE", "/api/logs", ""},
		{"DELETE", "/api/collections/audit", ""},
		{"DELETE", "/api/collections/queues/truncate", ""},
		{"POST", "/api/backups", `{"name":"x.zip"}`},
		{"POST", "/api/backups/upload", ""},
		{"GET", "/api/backups/x.zip?token=" + fileToken, ""},
		{"HEAD", "/api/backups/x.zip?token=" + fileToken, ""},
		{"DELETE", "/api/backups/x.zip", ""},
		{"POST", "/api/backups/x.zip/restore", ""},
		{"PATCH", "/api/settings", `{"backups":{"cron":"0 0 * * *"}}`},
		{"PATCH", "/api/settings", `{"backups":{"s3":{"enabled":true,"bucket":"x","region":"x","endpoint":"https://x.test","accessKey":"x","secret":"x"}}}`},
		{"PATCH", "/api/settings", `{"s3":{"enabled":true,"bucket":"x","region":"x","endpoint":"https://x.test","accessKey":"x","secret":"x"}}`},
		{"PATCH", "/api/settings", `{"meta":{"appName":"Region Nord"},"s3":{"endpoint":"https://x.test"}}`},
	} {
		r := w.ask(door[0], door[1], super, door[2])
		if r.Code != http.StatusForbidden || door[0] != "HEAD" && !strings.Contains(r.Body.String(), ":") {
			t.Errorf("%s %s: %d %s, want 403 and why", door[0], door[1], r.Code, r.Body)
		}
		for _, why := range []string{noSQL, noSchema, noView, noForgetting, noBackups, noStorage, shutForOurs["DELETE /api/collections/{collection}/truncate"]} {
			tried[why] = tried[why] || strings.Contains(r.Body.String(), why)
		}
	}
	for why, was := range tried {
		if !was {
			t.Errorf("nobody was told: %s", why)
		}
	}
	for _, token := range []string{"", w.tokenOf(w.Nurse)} {
		if r := w.ask("GET", "/api/backups/x.zip?token="+fileToken, token, ""); r.Code != http.StatusForbidden {
			t.Errorf("a backup by the token in the address: %d, want 403", r.Code)
		}
	}
	if after, err := pb_migrations.Describe(w.App); err != nil || after != before {
		t.Errorf("the collections were changed (%v)", err)
	}
	if s := w.App.Settings(); s.S3.Enabled || s.S3.Endpoint != "" || s.Meta.AppName == "Region Nord" {
		t.Errorf("files go to %q, and the service is called %s: want nothing of what was refused", s.S3.Endpoint, s.Meta.AppName)
	}
}

func TestAdminsKeepWhatIsTheirs(t *testing.T) {
	t.Parallel()
	w := openWhole(t)
	super, _ := w.superuser()
	for _, door := range [][3]string{
		{"GET", "/api/collections", ""},
		{"GET", "/api/collections/cases", ""},
		{"GET", "/api/backups", ""},
		{"PATCH", "/api/collections/_superusers", `{"otp":{"duration":200}}`},
		{"PATCH", "/api/settings", `{"meta":{"appName":"Region Nord"}}`},
		{"PATCH", "/api/settings", `{"meta":{"appName":"Region Nord"},"s3":{"enabled":false},"backups":{"cron":""}}`}, // as they are
		{"GET", "/api/collections/regions/records", ""},
	} {
		if r := w.ask(door[0], door[1], super, door[2]); r.Code != http.StatusOK {
			t.Errorf("%s %s: %d %s, want 200", door[0], door[1], r.Code, r.Body)
		}
	}
	for door, want := range map[string]int{"POST /api/sql": 401, "PATCH /api/collections/cases": 401, "POST /api/backups": 401} {
		method, path, _ := strings.Cut(door, " ")
		if r := w.ask(method, path, "", "{}"); r.Code != want {
			t.Errorf("%s as a guest: %d, want PocketBase's %d", door, r.Code, want)
		}
	}
}

// serveWith starts the doors alone, as app says that it is.
func (d *doorway) serveWith(app core.App) error {
	bindDoors(d.App)
	router, err := apis.NewRouter(d.App)
	if err != nil {
		return err
	}
	return d.App.OnServe().Trigger(&core.ServeEvent{App: app, Router: router}, func(e *core.ServeEvent) (err error) {
		d.mux, err = e.Router.BuildMux()
		return err
	})
}

// developing is an app under --dev.
type developing struct{ core.App }

func (developing) IsDev() bool { return true }

func TestNothingIsServedThatTheProgramDidNotMake(t *testing.T) {
	t.Parallel()
	alter := func(name string, change func(*core.Collection)) func(*doorway) error {
		return func(d *doorway) error {
			c, err := d.App.FindCollectionByNameOrId(name)
			if err != nil {
				return err
			}
			change(c)
			return d.App.SaveNoValidate(c)
		}
	}
	for want, change := range map[string]func(*doorway) error{
		"cases has instead, or besides: list":            alter(records.Cases, func(c *core.Collection) { c.ListRule = types.Pointer("") }),
		"cases lacks: list   @request.auth.id":           alter(records.Cases, func(c *core.Collection) { c.ListRule = nil }),
		"patients lacks: field lookup text hidden":       alter(records.Patients, func(c *core.Collection) { c.Fields.GetByName("lookup").SetHidden(false) }),
		"messages has instead, or besides: field x text": alter(records.Messages, func(c *core.Collection) { c.Fields.Add(&core.TextField{Name: "x"}) }),
		"audit lacks: field why text":                    alter(records.Audit, func(c *core.Collection) { c.Fields.RemoveByName("why") }),
		"staff has instead, or besides: log-in":          alter(records.StaffMembers, func(c *core.Collection) { c.OTP.Enabled = true }),
		"messages lacks: field files file protected": alter(records.Messages, func(c *core.Collection) {
			c.Fields.GetByName("files").(*core.FileField).Protected = false
		}),
		"audit lacks: CREATE UNIQUE INDEX `audit_nr`": func(d *doorway) error {
			_, err := d.App.DB().NewQuery("DROP INDEX audit_nr").Execute()
			return err
		},
		"leak is there": func(d *doorway) error {
			c := core.NewViewCollection("leak")
			c.ViewQuery = "SELECT id, advice FROM cases"
			return d.App.Save(c)
		},
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			d := &doorway{Clinic: kit.New(t), t: t}
			if err := change(d); err != nil {
				t.Fatalf("change: %v", err)
			}
			if err := d.serveWith(d.App); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("serving: %v, want a refusal that names: %s", err, want)
			}
		})
	}
}

func TestADeveloperMayDoEverything(t *testing.T) {
	t.Parallel()
	d := &doorway{Clinic: kit.New(t), t: t}
	if _, err := d.App.DB().NewQuery("DROP INDEX audit_nr").Execute(); err != nil {
		t.Fatal(err)
	}
	if err := d.serveWith(developing{d.App}); err != nil {
		t.Fatalf("serving under --dev with an index of ours gone: %v", err)
	}
	super, _ := d.superuser()
	if r := d.ask("POST", "/api/sql", super, `{"query":"SELECT 1"}`); r.Code != http.StatusOK {
		t.Errorf("SQL under --dev: %d %s, want 200", r.Code, r.Body)
	}
	if r := d.ask("PATCH", "/api/collections/regions", super, `{"listRule":null}`); r.Code != http.StatusOK {
		t.Errorf("a rule under --dev: %d %s, want 200", r.Code, r.Body)
	}
}
