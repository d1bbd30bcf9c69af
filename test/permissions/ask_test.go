package permissions

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"lotsen/internal/access"
)

// request is something that a caller asks for. Token is used in place of the caller's own.
type request struct {
	caller, token, method, path string
	body                        string
	form                        map[string][]string
	file                        []byte
}

// reply is what was answered.
type reply struct {
	status int
	body   string
	header http.Header
}

func (r reply) json() map[string]any {
	var out map[string]any
	_ = json.Unmarshal([]byte(r.body), &out)
	return out
}

func (r reply) str(name string) string { s, _ := r.json()[name].(string); return s }

// items are the records of a list.
func (r reply) items() []map[string]any {
	var out struct{ Items []map[string]any }
	_ = json.Unmarshal([]byte(r.body), &out)
	return out.Items
}

// ids are the ids of a list, in order.
func (r reply) ids() []string {
	var ids []string
	for _, item := range r.items() {
		ids = append(ids, item["id"].(string))
	}
	slices.Sort(ids)
	return ids
}

func recordsOf(collection string) string { return "/api/collections/" + collection + "/records" }

func list(collection string, query ...string) string {
	q := url.Values{"perPage": {"500"}}
	for i := 0; i+1 < len(query); i += 2 {
		q.Set(query[i], query[i+1])
	}
	return recordsOf(collection) + "?" + q.Encode()
}

// get asks for something as a caller.
func (w *world) get(caller, path string) reply {
	w.t.Helper()
	return w.send(request{caller: caller, method: http.MethodGet, path: path})
}

// send asks, and searches the answer for what the caller may not read.
func (w *world) send(r request) reply {
	w.t.Helper()
	kind, body := encode(w.t, r)
	req, err := http.NewRequestWithContext(w.t.Context(), r.method, w.srv.URL+r.path, body)
	if err != nil {
		w.t.Fatal(err)
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	if r.caller != "" {
		r.token = w.token(r.caller)
	}
	req.Header.Set("Authorization", r.token)
	resp, err := w.srv.Client().Do(req)
	if err != nil {
		w.t.Fatalf("%s %s: %v", r.method, r.path, err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatalf("%s %s: %v", r.method, r.path, err)
	}
	out := reply{status: resp.StatusCode, body: string(raw), header: resp.Header}
	if out.status >= 500 && out.status != http.StatusServiceUnavailable {
		w.t.Errorf("%s as %s: %s %s answers %d: %s", r.caller, r.token, r.method, r.path, out.status, out.body)
	}
	if r.caller != "" {
		w.searchFor(r.caller, r.method+" "+r.path, out.body)
	}
	return out
}

func encode(t testing.TB, r request) (string, io.Reader) {
	t.Helper()
	if r.form == nil {
		if r.body == "" {
			return "", http.NoBody
		}
		return "application/json", strings.NewReader(r.body)
	}
	var buf bytes.Buffer
	m := multipart.NewWriter(&buf)
	for name, values := range r.form {
		for _, v := range values {
			if err := m.WriteField(name, v); err != nil {
				t.Fatal(err)
			}
		}
	}
	if r.file != nil {
		part, err := m.CreateFormFile("files", "hals.png")
		if err == nil {
			_, err = part.Write(r.file)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	return m.FormDataContentType(), &buf
}

// secret is a text by which a leak is known, and who may read it.
type secret struct {
	text string
	may  func(caller string) bool
}

// secrets are all of them.
var secrets = sync.OnceValue(func() []secret {
	var all []secret
	for _, s := range subjects {
		all = append(all,
			secret{openWords(s), func(caller string) bool { return sees(caller, s) }},
			secret{secretWords(s), func(caller string) bool { return seesNotes(caller, s) }})
	}
	for _, s := range heldIn {
		all = append(all, secret{heldWords(s), func(caller string) bool { return caller == "nurse" }})
	}
	for person, subject := range map[string]string{
		"Anna": "active", "Bo": "closed", "Disa": "waiting", "Eva": "asking", "Sten": "south", "Gerda": "child", "Olle": "elder",
	} {
		may := func(caller string) bool { return caller == person || sees(caller, subject) }
		all = append(all, secret{surname(person), may}, secret{phones[person], may})
		all = append(all, secret{born[person][2:] + "238", may}, secret{born[person][2:] + "-238", may})
	}
	all = append(all,
		secret{openWords("support"), func(caller string) bool { return caller == "Anna" || caller == "admin" }},
		secret{openWords("view"), func(caller string) bool { return caller == "Anna" || caller == "leader" }})
	kims := func(caller string) bool {
		return caller == "Kim" || seesNotes(caller, "child") || caller == "Olle" || caller == "Gerda"
	}
	return append(all, secret{surname("Kim"), kims}, secret{born["Kim"][2:] + "238", kims}, secret{born["Kim"][2:] + "-238", kims})
})

// searchFor fails the test if a caller has been told what they may not know.
func (w *world) searchFor(caller, where, told string) {
	w.t.Helper()
	for _, s := range secrets() {
		if strings.Contains(told, s.text) && !s.may(caller) {
			w.t.Errorf("%s reads %q by %s: %.400s", caller, s.text, where, told)
		}
	}
	if w.people[caller].Kind != access.Superuser {
		w.searchHidden(caller, where, told)
	}
}

// picture is a small one.
var picturePNG = sync.OnceValues(func() ([]byte, error) {
	var buf bytes.Buffer
	err := png.Encode(&buf, image.NewRGBA(image.Rect(0, 0, 40, 30)))
	return buf.Bytes(), err
})

func picture(t testing.TB) []byte {
	t.Helper()
	raw, err := picturePNG()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// fileToken is a token for files of a caller; "" where none is given.
func (w *world) fileToken(caller string) string {
	w.t.Helper()
	return w.send(request{caller: caller, method: http.MethodPost, path: "/api/files/token"}).str("token")
}
