package permissions

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"lotsen/internal/api"
)

// commands says for every command what it answers to whom, by what one is to the case that the path names, or to Norrvik's queue.
// `ok` is for who may: then the body, which is nonsense, is refused, or something is shown. Bodies are asked for after the right, so
// a stranger's nonsense is answered like a stranger's best request.
var commands = read(`
command                                | nobody superuser owner patient clinician colleague lead mentioned staff
GET                                    | ok     ok        ok    ok      ok        ok        ok   ok        ok
GET /openapi.json                      | ok     ok        ok    ok      ok        ok        ok   ok        ok
GET /health                            | ok     ok        ok    ok      ok        ok        ok   ok        ok
GET /regions                           | ok     ok        ok    ok      ok        ok        ok   ok        ok
GET /regions/{slug}                    | ok     ok        ok    ok      ok        ok        ok   ok        ok
GET /regions/{slug}/complaints         | ok     ok        ok    ok      ok        ok        ok   ok        ok

GET /identity/providers                | ok     ok        ok    ok      ok        ok        ok   ok        ok
POST /identity/bankid                  | 503    503       503   503     503       503       503  503       503
GET /identity/bankid/{id}              | 503    503       503   503     503       503       503  503       503
POST /identity/bankid/{id}/return      | 503    503       503   503     503       503       503  503       503
DELETE /identity/bankid/{id}           | 503    503       503   503     503       503       503  503       503

GET /me                                | 401    403       ok    ok      ok        ok        ok   ok        ok
PUT /me                                | 401    403       ok    ok      403       403       403  403       403
DELETE /me/session                     | 401    403       ok    ok      ok        ok        ok   ok        ok

POST /support                          | 401    403       ok    ok      403       403       403  403       403
GET /support                           | 401    403       ok    ok      403       403       403  403       403
GET /admin/support                     | 401    ok        403   403     403       403       403  403       403
POST /admin/support/{id}/answer        | 401    ok        403   403     403       403       403  403       403

POST /admin/breakglass                 | 401    ok        403   403     403       403       403  403       403
GET /admin/breakglass                  | 401    ok        403   403     403       403       403  403       403
DELETE /admin/breakglass               | 401    ok        403   403     403       403       403  403       403
GET /admin/audit/head                  | 401    ok        403   403     403       403       ok   403       403
POST /admin/audit/reviews              | 401    ok        403   403     403       403       ok   403       403
GET /admin/audit/reviews               | 401    ok        403   403     403       403       ok   403       403
GET /admin/audit/reviews/{id}          | 401    ok        403   403     403       403       ok   403       403
PUT /admin/audit/reviews/{id}/rows/{nr} | 401   ok        403   403     403       403       ok   403       403
POST /admin/audit/reviews/{id}/sign    | 401    ok        403   403     403       403       ok   403       403
POST /views                            | 401    403       ok    ok      403       403       403  403       403
GET /views                             | 401    403       ok    ok      403       403       403  403       403
GET /views/unit                        | 401    403       403   403     403       403       ok   403       403
POST /views/{id}/answer                | 401    403       403   403     403       403       ok   403       403

POST /cases                            | 401    403       ok    ok      403       403       403  403       403
GET /cases/{id}/step                   | 401    403       ok    404     403       403       403  403       404
PUT /cases/{id}/answers/{question}     | 401    403       ok    404     403       403       403  403       404
POST /cases/{id}/freetext              | 401    403       ok    404     403       403       403  403       404
GET /cases/{id}/worse                  | 401    403       ok    404     403       403       403  403       404
POST /cases/{id}/worse                 | 401    403       ok    404     403       403       403  403       404
POST /cases/{id}/here                  | 401    403       ok    404     403       403       403  403       404
POST /cases/{id}/hold                  | 401    403       ok    404     403       403       403  403       404
POST /cases/{id}/feedback              | 401    403       ok    404     403       403       403  403       404
GET /cases/{id}/print                  | 401    403       ok    404     403       403       403  403       404
GET /cases/{id}/readers                | 401    403       ok    404     403       403       403  403       404
POST /cases/{id}/queue                 | 401    403       ok    404     403       403       403  403       404
GET /cases/{id}/queue                  | 401    403       ok    404     403       403       403  403       404
DELETE /cases/{id}/queue               | 401    403       ok    404     403       403       403  403       404

PUT /cases/{id}/read                   | 401    403       ok    404     ok        ok        ok   403       404
POST /cases/{id}/typing                | 401    403       ok    404     ok        403       403  403       404
GET /cases/{id}/events                 | 401    403       ok    404     ok        ok        ok   ok        404

POST /cases/{id}/claim                 | 401    403       403   404     ok        ok        ok   403       404
POST /cases/{id}/release               | 401    403       403   404     ok        403       403  403       404
POST /cases/{id}/transfer              | 401    403       403   404     ok        403       403  403       404
PUT /cases/{id}/level                  | 401    403       403   404     ok        ok        ok   403       404
POST /cases/{id}/noshow                | 401    403       403   404     ok        403       403  403       404
POST /cases/{id}/pause                 | 401    403       403   404     ok        403       403  403       404
POST /cases/{id}/resume                | 401    403       403   404     ok        403       403  403       404
POST /cases/{id}/phonecall             | 401    403       403   404     ok        403       403  403       404
POST /cases/{id}/close                 | 401    403       403   404     ok        403       403  403       404
DELETE /cases/{id}/close               | 401    403       403   404     ok        403       403  403       404
POST /cases/{id}/amend                 | 401    403       403   404     ok        ok        ok   403       404
POST /cases/{id}/reopen                | 401    403       403   404     ok        ok        ok   403       404
POST /cases/{id}/held                  | 401    403       403   404     ok        403       403  403       404
GET /cases/{id}/held                   | 401    403       403   404     ok        ok        ok   ok        404
DELETE /cases/{id}/held/{message}      | 401    403       404   404     ok        404       404  404       404
PUT /cases/{id}/guardian               | 401    403       403   404     ok        403       403  403       404
GET /cases/{id}/summary                | 401    403       403   404     ok        ok        ok   ok        404
POST /cases/search                     | 401    403       403   403     ok        ok        ok   ok        ok

GET /queues                            | 401    403       403   403     ok        ok        ok   ok        ok
PUT /queues/{id}/duty                  | 401    403       403   403     ok        ok        ok   404       404
PUT /queues/{id}/state                 | 401    403       403   403     403       403       ok   404       404
GET /queues/{id}/cases                 | 401    403       403   403     ok        ok        ok   404       404
GET /queues/{id}/staff                 | 401    403       403   403     ok        ok        ok   404       404
GET /queues/{id}/unjoined              | 401    403       403   403     403       403       ok   404       404
GET /queues/{id}/held                  | 401    403       403   403     ok        ok        ok   404       404
POST /queues/{id}/next                 | 401    403       403   403     ok        ok        ok   404       404

POST /admin/routes/try                 | 401    ok        403   403     403       403       ok   403       403

POST /demo/bankid/{id}/approve         | 404    404       404   404     404       404       404  404       404
GET /demo/sms                          | 404    404       404   404     404       404       404  404       404
POST /demo/clock                       | 404    404       404   404     404       404       404  404       404
POST /demo/nurse                       | 404    404       404   404     404       404       404  404       404
`)

// TestEveryCommandHasARow fails when a command is added and nothing says who may not use it.
func TestEveryCommandHasARow(t *testing.T) {
	t.Parallel()
	var all []string
	for _, r := range api.Routes(true) {
		all = append(all, r.Method+" "+strings.TrimPrefix(r.Path, api.Base))
	}
	for _, name := range all {
		if !slices.Contains(commands.rows, strings.TrimSpace(name)) {
			t.Errorf("the command %q has no row: say here who may use it", name)
		}
	}
	for _, name := range commands.rows {
		if !slices.ContainsFunc(all, func(c string) bool { return strings.TrimSpace(c) == name }) {
			t.Errorf("there is a row for %q, which is no command", name)
		}
	}
	if !slices.Equal(commands.columns, ties) {
		t.Errorf("the columns are %v, want %v", commands.columns, ties)
	}
}

// TestCommands asks every command as everybody, of every case.
func TestCommands(t *testing.T) {
	t.Parallel()
	for _, subject := range subjects {
		t.Run(subject, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			before := w.everything()
			for _, command := range commands.rows {
				if subject != "active" && !strings.Contains(command, "/cases/{id}") {
					continue // says nothing of the case
				}
				for _, caller := range callers {
					w.command(caller, command, subject)
				}
			}
			w.unchanged(before)
		})
	}
}

// command asks a command of a case with a body that nobody can mean.
func (w *world) command(caller, command, subject string) {
	w.t.Helper()
	method, path, _ := strings.Cut(command, " ")
	id := w.cases[subject]
	switch {
	case strings.HasPrefix(path, "/queues/"):
		id = w.Norrvik.Id
	case strings.HasPrefix(path, "/views/"), strings.HasPrefix(path, "/admin/support/"):
		id = remarkID
	case strings.HasPrefix(path, "/admin/audit/reviews/"):
		id = reviewID
	}
	path = strings.NewReplacer("{id}", id, "{slug}", "demo", "{question}", "photo", "{nr}", "99999", "{message}", heldID(subject)).Replace(path)
	r := request{caller: caller, method: method, path: api.Base + path}
	if method != http.MethodGet {
		r.body = `{"nonsense":true}`
	}
	want := w.expected(caller, command, subject)
	got := w.send(r)
	if want != "ok" && fmt.Sprint(got.status) != want {
		w.t.Errorf("%s by %s (%s of %s): %d, want %s: %.200s", command, caller, tie(caller, subject), subject, got.status, want, got.body)
	}
	if want == "ok" && slices.Contains([]int{401, 403}, got.status) {
		w.t.Errorf("%s by %s (%s of %s): %d, though they may: %.200s", command, caller, tie(caller, subject), subject, got.status, got.body)
	}
	if got.status == http.StatusNotFound && command == "GET /openapi.json" {
		return // there is none here
	}
	if want == "ok" && got.status == http.StatusNotFound {
		w.t.Errorf("%s by %s (%s of %s): 404, though it is theirs", command, caller, tie(caller, subject), subject)
	}
}

// expected is the cell of the table, but for the watch token, which opens one place in line.
func (w *world) expected(caller, command, subject string) string {
	if caller == "watch token" && command == "GET /cases/{id}/queue" && subject == "active" {
		return "ok"
	}
	return commands.at(command, tie(caller, subject))
}

// TestAWatchTokenShowsPlaceAndState: of its own case, and nothing but that.
func TestAWatchTokenShowsPlaceAndState(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.get("watch token", api.Base+"/cases/"+w.cases["active"]+"/queue")
	want := []string{"ahead", "closesAt", "due", "estimate", "full", "message", "open", "opensAt", "paused", "position", "state", "watch"}
	var got []string
	for name := range r.json() {
		got = append(got, name)
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("a watch token reads %v, want %v", got, want)
	}
	for _, scheme := range []string{"Bearer ", "bearer "} {
		token := scheme + w.watch("active")
		for _, path := range []string{
			api.Base + "/me", api.Base + "/cases/" + w.cases["active"] + "/step", api.Base + "/cases/" + w.cases["child"] + "/queue",
		} {
			if r := w.send(request{token: token, method: "GET", path: path}); r.status != 401 {
				t.Errorf("a watch token gets %d from %s, want 401", r.status, path)
			}
		}
	}
	if r := w.send(request{token: w.watch("active"), method: "POST", path: "/api/files/token"}); r.status != 401 {
		t.Errorf("a watch token gets a token for files: %d, want 401", r.status)
	}
}

// TestASearchFindsWhatIsOnesOwn: cases in queues of one's own, by number and by name, and a stranger is like nobody.
func TestASearchFindsWhatIsOnesOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	finds := read(`
caller     | Anna Bo Disa Eva Sten Gerda Olle
nurse      | 1    1  1    0   0    0     0
leader     | 1    1  1    0   0    0     0
Mona       | 0    0  0    0   0    0     0
southerner | 0    0  0    0   1    0     0
idle nurse | 0    0  0    0   0    0     0
`)
	for _, caller := range finds.rows {
		for _, person := range finds.columns {
			for _, by := range []string{
				fmt.Sprintf(`{"reason":"x","name":%q}`, surname(person)),
				fmt.Sprintf(`{"reason":"x","personalNumber":%q}`, number(t, born[person]).Digits()),
			} {
				r := w.send(request{caller: caller, method: "POST", path: api.Base + "/cases/search", body: by})
				if got := fmt.Sprint(len(r.items())); r.status != 200 || got != finds.at(caller, person) {
					t.Errorf("%s searches %s by %s: %d with %s, want %s", caller, person, by, r.status, got, finds.at(caller, person))
				}
			}
		}
		for _, name := range []string{"%", "_", "a%' OR 1=1 --", "*"} {
			r := w.send(request{caller: caller, method: "POST", path: api.Base + "/cases/search", body: fmt.Sprintf(`{"reason":"x","name":%q}`, name)})
			if r.status != 200 || len(r.items()) > 0 {
				t.Errorf("%s searches by %q: %d with %d cases, want none", caller, name, r.status, len(r.items()))
			}
		}
	}
}

// TestPagesOfAQueueStartInIt: a case of another queue is no place to go on from, and is answered like one that is not there.
func TestPagesOfAQueueStartInIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	base := api.Base + "/queues/" + w.Norrvik.Id + "/cases?after="
	there, nowhere := w.get("nurse", base+w.cases["south"]), w.get("nurse", base+"aaaaaaaaaaaaaaa")
	if there.status != 400 || there.body != nowhere.body {
		t.Errorf("after a foreign case: %d %s, want as for no case: %d %s", there.status, there.body, nowhere.status, nowhere.body)
	}
}
