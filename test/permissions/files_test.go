package permissions

import (
	"net/http"
	"net/url"
	"testing"

	"lotsen/internal/api"
)

// fileOf is the address of a file of a record: the picture of a message, or the photo of an answer.
func (w *world) fileOf(collection, id string) string {
	w.t.Helper()
	names := w.recordAt(collection, id).GetStringSlice("files")
	if len(names) == 0 {
		w.t.Fatalf("%s/%s has no file", collection, id)
	}
	return "/api/files/" + collection + "/" + id + "/" + names[0]
}

// TestWhoReadsFiles asks for every file as everybody, as it is and as a thumb, with a token for files and without.
func TestWhoReadsFiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, subject := range []string{"asking", "active", "child", "south"} {
		files := map[string]bool{w.fileOf("answers", w.photos[subject][0]): false}
		if w.words[subject] != "" {
			files[w.fileOf("messages", w.words[subject])] = false
			files[w.fileOf("messages", w.notes[subject])] = true
		}
		for path, note := range files {
			for _, caller := range callers {
				may := sees(caller, subject) && (!note || seesNotes(caller, subject))
				w.tryFile(caller, path, may)
			}
		}
	}
}

func (w *world) tryFile(caller, path string, may bool) {
	w.t.Helper()
	token := w.fileToken(caller)
	for _, thumb := range []string{"", "&thumb=100x100", "&thumb=320x320f"} {
		r := w.get(caller, path+"?token="+url.QueryEscape(token)+thumb)
		if may && (r.status != http.StatusOK || r.header.Get("Cache-Control") != "private, no-store") {
			w.t.Errorf("%s reads %s%s: %d, kept as %q, want 200 and private, no-store", caller, path, thumb, r.status, r.header.Get("Cache-Control"))
		}
		if !may && r.status != http.StatusNotFound && r.status != http.StatusForbidden {
			w.t.Errorf("%s reads %s%s: %d, want 404 or, a superuser, 403", caller, path, thumb, r.status)
		}
		bare := w.send(request{method: "GET", path: path + "?token=" + url.QueryEscape(token) + thumb}) // the token of the address alone
		if (bare.status == http.StatusOK) != may {
			w.t.Errorf("%s reads %s%s without a header: %d, want 200 only if %v", caller, path, thumb, bare.status, may)
		}
	}
	if caller == "file token" {
		return // it is a token for files
	}
	// A log-in's own token is none for files: it would stand in an address.
	for _, where := range []string{"", "?token=" + url.QueryEscape(w.token(caller))} {
		if r := w.get(caller, path+where); r.status == http.StatusOK {
			w.t.Errorf("%s reads %s with the token of the log-in alone", caller, path)
		}
	}
}

// TestATokenForFilesEndsWithTheRight: with the log-in, with the queue, with the person.
func TestATokenForFilesEndsWithTheRight(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	path := w.fileOf("messages", w.words["active"])
	reads := func(token string) int { return w.send(request{method: "GET", path: path + "?token=" + token}).status }

	login := w.token("Anna")
	annas := w.send(request{token: login, method: "POST", path: "/api/files/token"}).str("token")
	moved, gone := w.fileToken("doctor"), w.fileToken("leader")
	for _, token := range []string{annas, moved, gone} {
		if got := reads(token); got != 200 {
			t.Fatalf("before: %d, want 200", got)
		}
	}
	w.send(request{token: login, method: "DELETE", path: api.Base + "/me/session"})
	w.move("doctor", w.Soder.Id)
	if err := w.App.Delete(w.record("leader")); err != nil {
		t.Fatal(err)
	}
	for who, token := range map[string]string{"an ended log-in": annas, "a doctor of another queue": moved, "a deleted lead": gone} {
		if got := reads(token); got != http.StatusNotFound {
			t.Errorf("%s reads a file: %d, want 404", who, got)
		}
	}
}

// move gives a member of staff other queues, as an admin does.
func (w *world) move(person string, queues ...string) {
	w.t.Helper()
	r := w.record(person)
	r.Set("queues", queues)
	if err := w.App.Save(r); err != nil {
		w.t.Fatalf("move %s: %v", person, err)
	}
}
