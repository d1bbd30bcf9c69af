package hooks

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/api"
	"lotsen/internal/care"
	"lotsen/internal/records"
)

// changes has it written what superusers change on the dashboard: staff and other superusers, regions, queues, settings. What was changed is named,
// and in the same transaction; what it is now is not, for it may be a password.
type changes struct{ desk *care.Desk }

// bindChanges comes after the guards: what they refuse is no change.
func bindChanges(app core.App, desk *care.Desk) {
	c := changes{desk}
	app.OnRecordCreateRequest().Bind(on("LogCreate", func(e *core.RecordRequestEvent) error { return c.record(e, "made") }))
	app.OnRecordUpdateRequest().Bind(on("LogUpdate", func(e *core.RecordRequestEvent) error {
		return c.record(e, strings.Join(records.Changed(e.Record), ", "))
	}))
	app.OnRecordDeleteRequest().Bind(on("LogDelete", func(e *core.RecordRequestEvent) error { return c.record(e, "deleted") }))
	app.OnCollectionUpdateRequest().Bind(on("LogCollection", c.collection))
	app.OnSettingsUpdateRequest().Bind(on("LogSettings", c.settings))
}

// record is for records of any collection.
func (c changes) record(e *core.RecordRequestEvent, names string) error {
	what := records.NameOf(e.Record)
	if e.Record.Id != "" && !e.Record.IsNew() {
		what = strings.TrimSpace(e.Record.Id + " " + what)
	}
	return c.write(e.RequestEvent, e.Collection.Name, what+": "+names, e.Next)
}

// collection is for PocketBase's own: those of ours are changed by migrations alone.
func (c changes) collection(e *core.CollectionRequestEvent) error {
	return c.write(e.RequestEvent, "collection", e.Collection.Name, e.Next)
}

func (c changes) settings(e *core.SettingsUpdateRequestEvent) error {
	return c.write(e.RequestEvent, "settings", strings.Join(differing(e.OldSettings, e.NewSettings), ", "), e.Next)
}

// write lets the change happen, together with the row that tells of it. Others than superusers change nothing here but by rules and acts.
func (c changes) write(e *core.RequestEvent, what, names string, next func() error) error {
	if !e.HasSuperuserAuth() {
		return next()
	}
	who, err := api.WhoIs(e.App, e.Auth)
	if err != nil {
		return err
	}
	outer := e.App
	defer func() { e.App = outer }()
	return c.desk.Changed(context.WithoutCancel(e.Request.Context()), e.App, who, what, names, func(tx core.App) error {
		e.App = tx
		return next()
	})
}

// differing names the settings that are not as they were.
func differing(was, is *core.Settings) []string {
	var names []string
	for _, part := range []struct {
		name    string
		was, is any
	}{
		{"meta", was.Meta, is.Meta},
		{"smtp", was.SMTP, is.SMTP},
		{"s3", was.S3, is.S3},
		{"logs", was.Logs, is.Logs},
		{"batch", was.Batch, is.Batch},
		{"backups", was.Backups, is.Backups},
		{"rateLimits", was.RateLimits, is.RateLimits},
		{"trustedProxy", was.TrustedProxy, is.TrustedProxy},
		{"superuserIPs", map[string]any{"list": was.SuperuserIPs}, map[string]any{"list": is.SuperuserIPs}},
	} {
		before, after := parts(part.was), parts(part.is)
		for name, value := range after {
			if string(before[name]) != string(value) {
				names = append(names, part.name+"."+name)
			}
			delete(before, name)
		}
		for name := range before { // what is empty is left out
			names = append(names, part.name+"."+name)
		}
	}
	slices.Sort(names)
	return names
}

// parts are the parts of a setting, each as text.
func parts(setting any) map[string]json.RawMessage {
	out := map[string]json.RawMessage{}
	if raw, err := json.Marshal(setting); err == nil {
		_ = json.Unmarshal(raw, &out) // a setting is an object
	}
	return out
}
