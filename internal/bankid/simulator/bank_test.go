package simulator_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"lotsen/internal/bankid/simulator"
)

var (
	anna = simulator.PersonNamed("198605272387", "Anna Maria Åslund")
	bo   = simulator.PersonNamed("198605272395", "Bo")
)

// desk is a bank with a clock that the test moves, called as the protocol says.
type desk struct {
	*testing.T
	*simulator.Bank
	now time.Time
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{T: t, now: time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)}
	d.Bank = simulator.New(func() time.Time { return d.now })
	return d
}

func (d *desk) send(method, path, contentType, body string) (int, map[string]any) {
	d.Helper()
	r := httptest.NewRequestWithContext(d.Context(), method, path, strings.NewReader(body))
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	var got map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		d.Fatalf("%s answered no JSON: %v", path, err)
	}
	return w.Code, got
}

func (d *desk) call(name, body string) (int, map[string]any) {
	d.Helper()
	return d.send(http.MethodPost, "/rp/v6.0/"+name, "application/json", body)
}

func (d *desk) auth(extra string) (ref, auto, qrToken, qrSecret string) {
	d.Helper()
	code, got := d.call("auth", `{"endUserIp":"192.0.2.7"`+extra+`}`)
	if code != http.StatusOK {
		d.Fatalf("auth answered %d %v", code, got)
	}
	text := func(key string) string { return fmt.Sprint(got[key]) }
	return text("orderRef"), text("autoStartToken"), text("qrStartToken"), text("qrStartSecret")
}

// expect collects an order and compares "status hint" or "code errorCode".
func (d *desk) expect(ref, want string) map[string]any {
	d.Helper()
	code, got := d.call("collect", `{"orderRef":"`+ref+`"}`)
	is := fmt.Sprint(got["status"], " ", got["hintCode"])
	if code != http.StatusOK {
		is = fmt.Sprint(code, " ", got["errorCode"])
	}
	if is != want {
		d.Errorf("collect: %s; want %s", is, want)
	}
	return got
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	const good = `{"endUserIp":"192.0.2.7"}`
	long := strings.Repeat("A", 1504)
	tests := []struct{ name, method, path, contentType, body, want string }{
		{"unknown call", "POST", "/rp/v6.0/payment", "application/json", good, "404 notFound"},
		{"older version", "POST", "/rp/v5.1/auth", "application/json", good, "404 notFound"},
		{"method", "GET", "/rp/v6.0/auth", "application/json", "", "405 methodNotAllowed"},
		{"no content type", "POST", "/rp/v6.0/auth", "", good, "415 unsupportedMediaType"},
		{"charset", "POST", "/rp/v6.0/auth", "application/json; charset=utf-8", good, "415 unsupportedMediaType"},
		{"no JSON", "POST", "/rp/v6.0/auth", "application/json", "ip=1", "400 invalidParameters"},
		{"two values", "POST", "/rp/v6.0/auth", "application/json", good + good, "400 invalidParameters"},
		{"no address", "POST", "/rp/v6.0/auth", "application/json", `{}`, "400 invalidParameters"},
		{"bad address", "POST", "/rp/v6.0/auth", "application/json", `{"endUserIp":"here"}`, "400 invalidParameters"},
		{"a field of v5", "POST", "/rp/v6.0/auth", "application/json", `{"endUserIp":"::1","personalNumber":"198605272387"}`, "400 invalidParameters"},
		{"bad base64", "POST", "/rp/v6.0/auth", "application/json", `{"endUserIp":"::1","userVisibleData":"å"}`, "400 invalidParameters"},
		{"long text", "POST", "/rp/v6.0/auth", "application/json", `{"endUserIp":"::1","userVisibleData":"` + long + `"}`, "400 invalidParameters"},
		{"long data", "POST", "/rp/v6.0/auth", "application/json", `{"endUserIp":"::1","userNonVisibleData":"` + long + `"}`, "400 invalidParameters"},
		{"format", "POST", "/rp/v6.0/auth", "application/json", `{"endUserIp":"::1","userVisibleDataFormat":"html"}`, "400 invalidParameters"},
		{"long return", "POST", "/rp/v6.0/auth", "application/json", `{"endUserIp":"::1","returnUrl":"` + long + `"}`, "400 invalidParameters"},
		{"short number", "POST", "/rp/v6.0/auth", "application/json", `{"endUserIp":"::1","requirement":{"personalNumber":"8605272387"}}`, "400 invalidParameters"},
		{"web and app", "POST", "/rp/v6.0/auth", "application/json", `{"endUserIp":"::1","web":{},"app":{}}`, "400 invalidParameters"},
		{"sign without text", "POST", "/rp/v6.0/sign", "application/json", good, "400 invalidParameters"},
		{"too large", "POST", "/rp/v6.0/auth", "application/json", strings.Repeat(" ", 70_000) + good, "400 invalidParameters"},
		{"collect nothing", "POST", "/rp/v6.0/collect", "application/json", `{"orderRef":"x"}`, "400 invalidParameters"},
		{"cancel nothing", "POST", "/rp/v6.0/cancel", "application/json", `{"orderRef":"x"}`, "400 invalidParameters"},
	}
	for _, test := range tests {
		code, got := newDesk(t).send(test.method, test.path, test.contentType, test.body)
		if is := fmt.Sprint(code, " ", got["errorCode"]); is != test.want || got["details"] == "" {
			t.Errorf("%s: %s; want %s with details", test.name, is, test.want)
		}
	}
	d := newDesk(t)
	if code, got := d.call("sign", `{"endUserIp":"::1","userVisibleData":"`+long+`"}`); code != http.StatusOK {
		t.Errorf("a sign with a long text: %d %v; want it taken", code, got)
	}
}

func TestLifeOfAnOrder(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ref, auto, _, _ := d.auth(`,"returnUrl":"https://x.test/#n=1","returnRisk":true`)
	d.expect(ref, "pending outstandingTransaction")
	if err := d.Start(auto, anna); err != nil {
		t.Fatal(err)
	}
	d.expect(ref, "pending started")
	if err := d.Start(auto, anna); !errors.Is(err, simulator.ErrUsed) {
		t.Errorf("a start token twice: %v; want ErrUsed", err)
	}
	d.now = d.now.Add(2 * time.Minute)
	back, err := d.Approve(auto, anna)
	if err != nil || back != "https://x.test/#n=1" {
		t.Errorf("approve = %q, %v; want the return address", back, err)
	}
	got := d.expect(ref, "complete <nil>")["completionData"].(map[string]any)
	user, device := got["user"].(map[string]any), got["device"].(map[string]any)
	if user["name"] != "Anna Maria Åslund" || user["surname"] != "Åslund" || device["ipAddress"] != "192.0.2.7" || got["risk"] != "low" {
		t.Errorf("completionData is %v", got)
	}
	d.expect(ref, "400 invalidParameters")
	if _, err := d.Approve(ref, anna); !errors.Is(err, simulator.ErrEnded) {
		t.Errorf("approving twice: %v; want ErrEnded", err)
	}
}

func TestTimeEndsOrders(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ref, auto, _, _ := d.auth("")
	d.now = d.now.Add(30*time.Second - time.Millisecond)
	d.expect(ref, "pending outstandingTransaction")
	d.now = d.now.Add(time.Millisecond)
	if err := d.Start(auto, anna); !errors.Is(err, simulator.ErrEnded) {
		t.Errorf("opening after thirty seconds: %v; want ErrEnded", err)
	}
	d.expect(ref, "failed startFailed")
	d.expect(ref, "400 invalidParameters")

	ref, auto, _, _ = d.auth("")
	if err := d.Start(auto, anna); err != nil {
		t.Fatal(err)
	}
	d.now = d.now.Add(3 * time.Minute)
	d.expect(ref, "failed expiredTransaction")

	ref, _, _, _ = d.auth("")
	if _, err := d.Approve(ref, anna); err != nil {
		t.Fatal(err)
	}
	d.now = d.now.Add(3 * time.Minute)
	d.expect(ref, "400 invalidParameters") // a complete order waits three minutes

	ref, _, _, _ = d.auth("")
	if err := d.Cancel(ref); err != nil {
		t.Fatal(err)
	}
	d.now = d.now.Add(5*time.Minute - time.Second)
	d.expect(ref, "failed userCancel")
	d.now = d.now.Add(time.Hour)
	d.auth("") // forgets the old ones
	if err := d.Cancel(ref); !errors.Is(err, simulator.ErrUnknown) {
		t.Errorf("an order of an hour ago: %v; want ErrUnknown", err)
	}
}

func qr(token, secret string, second string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(second))
	return "bankid." + token + "." + second + "." + hex.EncodeToString(mac.Sum(nil))
}

func TestScan(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ref, _, token, secret := d.auth("")
	d.now = d.now.Add(12 * time.Second)
	bad := map[string]string{
		"too old":         qr(token, secret, "6"),
		"from the future": qr(token, secret, "18"),
		"padded":          qr(token, secret, "012"),
		"another secret":  qr(token, token, "12"),
		"capitals":        strings.ToUpper(qr(token, secret, "12")),
		"no second":       qr(token, secret, "x"),
		"another code":    "https://example.test",
	}
	for name, text := range bad {
		if err := d.Scan(text, anna); !errors.Is(err, simulator.ErrQR) {
			t.Errorf("%s: %v; want ErrQR", name, err)
		}
	}
	if err := d.Scan(qr("x", secret, "12"), anna); !errors.Is(err, simulator.ErrUnknown) {
		t.Errorf("another order's token: %v; want ErrUnknown", err)
	}
	if err := d.Scan(qr(token, secret, "11"), anna); err != nil {
		t.Errorf("a code of a second ago: %v", err)
	}
	d.expect(ref, "pending userSign")
	if _, err := d.Approve(ref, bo); !errors.Is(err, simulator.ErrNotYours) {
		t.Errorf("another person approving: %v; want ErrNotYours", err)
	}
	second, _, _, _ := d.auth("")
	if _, err := d.Approve(second, anna); err != nil {
		t.Fatal(err)
	}
	d.expect(ref, "failed cancelled") // the same person opened a newer one
	if data := d.expect(second, "complete <nil>")["completionData"].(map[string]any); data["risk"] != nil {
		t.Errorf("risk %v is told though nobody asked", data["risk"])
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.Refuse("auth", "maintenance")
	d.Refuse("auth", "aCodeOfTomorrow")
	for _, want := range []string{"503 maintenance", "400 aCodeOfTomorrow"} {
		code, got := d.call("auth", `{"endUserIp":"::1"}`)
		if is := fmt.Sprint(code, " ", got["errorCode"]); is != want {
			t.Errorf("%s; want %s", is, want)
		}
	}
	ref, _, _, _ := d.auth("")
	if err := d.Risk(ref, "high"); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Approve(ref, bo); err != nil {
		t.Fatal(err)
	}
	d.Drop("collect")
	func() {
		defer func() {
			if got, ok := recover().(error); !ok || !errors.Is(got, http.ErrAbortHandler) {
				t.Errorf("a dropped answer: recovered %v; want http.ErrAbortHandler", got)
			}
		}()
		d.call("collect", `{"orderRef":"`+ref+`"}`)
	}()
	d.expect(ref, "400 invalidParameters") // told once, though nobody heard
	if n := d.Calls("collect"); n != 2 {
		t.Errorf("%d collects counted; want 2", n)
	}
	for _, err := range []error{d.Hint(ref, "userSign"), d.Risk(ref, "low"), d.Fail(ref, "x")} {
		if !errors.Is(err, simulator.ErrEnded) {
			t.Errorf("playing on an ended order: %v; want ErrEnded", err)
		}
	}
}

func TestPersonNamed(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]simulator.Person{
		"":                  {PersonalNumber: "1", GivenName: "Demo", Surname: "Demosson"},
		" Bo ":              {PersonalNumber: "1", GivenName: "Bo", Surname: "Demosson"},
		"Anna Maria Åslund": {PersonalNumber: "1", GivenName: "Anna Maria", Surname: "Åslund"},
	} {
		if got := simulator.PersonNamed("1", name); got != want {
			t.Errorf("%q became %+v; want %+v", name, got, want)
		}
	}
}
