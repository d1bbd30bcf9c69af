package api_test

import (
	"encoding/json"
	"net/http"
	"reflect"
	"testing"

	"lotsen/internal/access"
	"lotsen/internal/records"
	"lotsen/test/kit"
)

const tryPath = "/admin/routes/try"

// TestWhereWouldAFeverGo asks what a lead asks who has set up the evenings.
func TestWhereWouldAFeverGo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	row := w.Route(t, records.Row{
		Rank: 5, Name: "Kvällar", Unit: w.Norrvik.Unit(), Queue: w.Soder.Id, Hours: json.RawMessage(`{"days":["wed"],"from":"17:00","to":"08:00"}`),
	})
	w.Soder.SetHours(json.RawMessage(`{"week":{"wed":["08:00-19:00"],"thu":["08:00-17:00"]}}`))
	if err := w.App.Save(w.Soder); err != nil {
		t.Fatal(err)
	}
	looks, admin := w.looks(t), w.admin(t)
	evening := object{"region": "demo", "unit": "norrvik", "complaint": "sore_throat", "level": 3, "age": 41, "language": "sv", "at": "2026-11-25T18:30:00Z"}
	for _, who := range []access.Who{w.Lead, admin} {
		a := w.call(t, who, "POST", tryPath, evening)
		want := object{
			"route": map[string]any{"id": row.Id, "rank": 5.0, "name": "Kvällar"},
			"queue": map[string]any{"id": w.Soder.Id, "name": "Söder", "unit": w.Soder.Unit()},
			"open":  false, "opensAt": "2026-11-26T07:00:00.000Z",
		}
		if !reflect.DeepEqual(a.json, want) {
			t.Errorf("%s asks: %d %s, want %v", who.Kind, a.status, a.raw, want)
		}
	}
	noon := w.call(t, w.Lead, "POST", tryPath, object{"region": "demo", "complaint": "sore_throat", "level": 3, "age": 41})
	noon.want(t, http.StatusOK)
	if route, _ := noon.json["route"].(map[string]any); route["rank"] != 10.0 || noon.json["open"] != true {
		t.Errorf("now, and of no unit: %s, want row 10 of the default unit, open", noon.raw)
	}
	if n := w.looks(t) - looks; n != 0 {
		t.Errorf("%d looks in the log: nobody's record was looked at", n)
	}
	w.NoRoutes(t)
	if a := w.call(t, w.Lead, "POST", tryPath, evening); a.json["route"] != nil || a.json["queue"] == nil {
		t.Errorf("without a table: %s, want a queue and no row", a.raw)
	}
	empty, err := records.NewRegion(w.App, "empty", "Empty", "", "", true)
	if err == nil {
		err = w.App.Save(empty)
	}
	if err != nil {
		t.Fatal(err)
	}
	evening["region"], evening["unit"] = "empty", ""
	if a := w.call(t, admin, "POST", tryPath, evening); !reflect.DeepEqual(a.json, object{"route": nil, "queue": nil, "open": false, "opensAt": nil}) {
		t.Errorf("of a region without queues: %d %s, want nothing", a.status, a.raw)
	}
	w.call(t, w.Lead, "POST", tryPath, evening).want(t, http.StatusForbidden)
}

func TestWhoMayTryRoutesAndWithWhat(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for who, status := range map[*access.Who]int{
		{}: http.StatusUnauthorized, &w.Nurse: http.StatusForbidden, &w.Doctor: http.StatusForbidden, &w.South: http.StatusForbidden,
		ptr(w.Person(t, kit.Anna, "Anna Andersson")): http.StatusForbidden, &w.Lead: http.StatusBadRequest, ptr(w.admin(t)): http.StatusBadRequest,
	} {
		if a := w.call(t, *who, "POST", tryPath, "{"); a.status != status {
			t.Errorf("%s %s: %d, want %d", who.Kind, who.Role, a.status, status)
		}
	}
	for name, c := range map[string]struct {
		body object
		want []string
	}{
		"nothing": {object{}, []string{
			"region", "validation_required", "complaint", "validation_required", "level", "validation_required", "age", "validation_required",
		}},
		"names of nothing": {
			object{"region": "demo", "unit": "nowhere", "complaint": "sorrow", "level": 1, "age": 1, "language": "la"},
			[]string{"unit", "validation_unknown", "complaint", "validation_unknown", "language", "validation_not_one_of"},
		},
		"no region": {object{"region": "nowhere", "complaint": "sore_throat", "level": 1, "age": 1}, []string{"region", "validation_unknown"}},
		"numbers": {
			object{"region": "demo", "complaint": "sore_throat", "level": 6, "age": -1, "at": "tonight", "who": 1},
			[]string{"level", "validation_too_large", "age", "validation_too_small", "at", "validation_invalid_time", "who", "validation_unknown_field"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w.call(t, w.Lead, "POST", tryPath, c.body).want(t, http.StatusBadRequest, c.want...)
		})
	}
}

func ptr[T any](v T) *T { return &v }
