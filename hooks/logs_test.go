package hooks

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/logger"

	"lotsen/internal/records"
	"lotsen/test/kit"
)

// logRows writes what is waiting to be logged, and gives all rows of the request log once there are so many: PocketBase logs a request
// after it has answered it.
func (w *whole) logRows(want int) []string {
	w.t.Helper()
	handler, ok := w.App.Logger().Handler().(*logger.BatchHandler)
	if !ok {
		w.t.Fatalf("the log is a %T", w.App.Logger().Handler())
	}
	deadline := now().Add(soon)
	for {
		if err := handler.WriteAll(context.WithValue(w.t.Context(), logger.BlockKey, true)); err != nil {
			w.t.Fatal(err)
		}
		var rows []*core.Log
		if err := w.App.AuxModelQuery(&core.Log{}).OrderBy("rowid").All(&rows); err != nil {
			w.t.Fatal(err)
		}
		var texts []string
		for _, row := range rows {
			if row.Data["type"] == "request" {
				texts = append(texts, fmt.Sprintf("%s %s", row.Message, row.Data))
			}
		}
		if len(texts) >= want {
			return texts
		}
		if now().After(deadline) {
			w.t.Fatalf("%d requests are in the log, want %d", len(texts), want)
		}
		<-time.After(time.Millisecond)
	}
}

func TestTheRequestLogKnowsNobody(t *testing.T) {
	t.Parallel()
	w := openWhole(t)
	w.App.Settings().Logs.MaxDays, w.App.Settings().Logs.MinLevel = 5, 0
	w.App.Settings().Logs.LogIP, w.App.Settings().Logs.LogAuthId = true, true // should an admin switch it on
	if err := w.App.Save(w.App.Settings()); err != nil {
		t.Fatal(err)
	}
	anna, c := w.Active(t, kit.Anna)
	token := w.tokenOf(anna)
	w.App.OnRecordViewRequest(records.Cases).BindFunc(func(e *core.RecordRequestEvent) error {
		return errors.New("the disk is full; failed query: SELECT 'Hemlig'")
	})
	for _, r := range [][3]string{
		{"GET", "/api/collections/cases/records?filter=" + "advice~'Hemlig'&token=" + token, ""},
		{"GET", "/api/collections/cases/records/" + c.Id + "?Hemlig=1#Hemlig", ""},
		{"GET", "/api/collections/cases/records?filter=(Hemlig", ""},
		{"POST", "/api/collections/messages/records", `{"case":"` + c.Id + `","body":"","mentions":["Hemlig"]}`},
		{"PUT", "/api/lotsen/v1/me?x=Hemlig", `{"phone":"Hemlig","Hemlig":1}`},
		{"GET", "/api/lotsen/v1/identity/bankid/Hemlig", ""},
		{"POST", "/api/lotsen/v1/identity/bankid/Hemlig/return?%zz", `{}`},
		{"GET", "/api/files/messages/" + c.Id + "/x.png?token=" + token, ""},
		{"GET", "/nothing?Hemlig", ""},
	} {
		w.ask(r[0], r[1], token, r[2], "Referer", "https://x.test/Hemlig", "User-Agent", "Hemlig", "X-Forwarded-For", "198.51.100.9")
	}
	rows := w.logRows(9)
	for _, row := range rows {
		for _, secret := range []string{"Hemlig", "hemlig", token, "203.0.113", "198.51.100", "?", anna.ID, "SELECT", "x.test"} {
			if strings.Contains(row, secret) {
				t.Errorf("the log holds %s: %s", secret, row)
			}
		}
	}
	all := strings.Join(rows, "\n")
	for _, want := range []string{
		`GET /api/collections/cases/records {`, `"status":400`, `PUT /api/lotsen/v1/me {`, `"auth":"patients"`, "/identity/bankid/…/return", "execTime",
		"the disk is full",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("the log lacks %s:\n%s", want, all)
		}
	}
}
