package hooks

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"lotsen/internal/records"
)

// TestTheSwitchesOfAQueueAreNotSetByHand: what its lead switches, and what the program notes of whom it has told.
func TestTheSwitchesOfAQueueAreNotSetByHand(t *testing.T) {
	t.Parallel()
	w := openWhole(t)
	super, _ := w.superuser()
	path := "/api/collections/queues/records"
	later := records.RFC3339(w.Clock.Now().Add(time.Hour))
	rest := `"region":"` + w.Region.Id + `","unit":"` + w.Norrvik.Unit() + `","name":"Ny","rank":9`
	for field, value := range map[string]string{
		"pausedUntil": `"` + later + `"`, "capToday": "1", "capUntil": `"` + later + `"`, "message": `"Kom i morgon"`, "messageUntil": `"` + later + `"`,
		"shut": "true", "shutFrom": `"` + later + `"`,
	} {
		body := `{"` + field + `":` + value + `,` + rest + `}`
		for _, r := range []struct{ method, path string }{{"PATCH", path + "/" + w.Norrvik.Id}, {"POST", path}} {
			got := w.ask(r.method, r.path, super, body)
			var said struct {
				Message string
				Data    map[string]struct{ Code, Message string }
			}
			if err := json.Unmarshal(got.Body.Bytes(), &said); err != nil || got.Code != http.StatusBadRequest || len(said.Data) != 1 {
				t.Errorf("%s with %s: %d %s, want 400 and that field", r.method, field, got.Code, got.Body)
				continue
			}
			if !strings.Contains(said.Data[field].Message, "PUT /api/lotsen/v1/queues/{id}/state") {
				t.Errorf("%s with %s: it says %+v, want the command", r.method, field, said.Data)
			}
		}
	}
	if q, err := records.QueueByID(w.App, w.Norrvik.Id); err != nil || q.Name() != w.Norrvik.Name() || !q.PausedUntil().IsZero() || !q.ShutFrom().IsZero() {
		t.Errorf("the queue is %+v (%v), want it as it was", q, err)
	}
	// The dashboard sends all that there is, with what the lead has switched as it stands.
	w.status(http.StatusNoContent, w.ask("PUT", "/api/lotsen/v1/queues/"+w.Norrvik.Id+"/state", w.tokenOf(w.Lead), `{"paused":true,"until":"`+later+`"}`))
	same := w.status(http.StatusOK, w.ask("GET", path+"/"+w.Norrvik.Id, super, ""))
	if same["pausedUntil"] == "" {
		t.Fatalf("the lead's pause does not stand in %v", same)
	}
	same["name"], same["rank"], same["hours"] = "Annan", 3, map[string]any{"week": map[string]any{"mon": []string{"08:00-17:00"}}}
	whole, err := json.Marshal(same)
	if err != nil {
		t.Fatal(err)
	}
	w.status(http.StatusOK, w.ask("PATCH", path+"/"+w.Norrvik.Id, super, string(whole)))
	w.status(http.StatusOK, w.ask("POST", path, super,
		`{`+rest+`,"pausedUntil":"","capToday":0,"capUntil":"","message":"","messageUntil":"","shut":false,"shutFrom":""}`))
}
