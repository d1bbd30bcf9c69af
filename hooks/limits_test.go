package hooks

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/time/rate"
	"pgregory.net/rapid"

	"lotsen/test/kit"
)

func guarded(free bool) func(*doorway) {
	return func(d *doorway) { bindLimits(d.App, d.now, free) }
}

// until429 makes requests until one is too many, and gives how many were not.
func (d *doorway) until429(most int, ask func() (code int, retry string)) int {
	d.t.Helper()
	for n := range most {
		code, retry := ask()
		if code != http.StatusTooManyRequests {
			continue
		}
		if seconds, err := strconv.Atoi(retry); err != nil || seconds < 1 || seconds > 60 {
			d.t.Errorf("Retry-After is %q, want seconds", retry)
		}
		return n
	}
	return most
}

// stopped makes the time of the doors stand still, so that no allowance grows while a test counts.
func stopped(d *doorway) {
	at := now()
	bindLimits(d.App, func() time.Time { return at.Add(time.Duration(d.later.Load())) }, false)
}

func TestAPersonWritesSixtyTimesAMinute(t *testing.T) {
	t.Parallel()
	d := openDoorway(t, stopped)
	nurse := d.nurseLogsIn()
	write := func(token, from string) func() (int, string) {
		return func() (int, string) {
			w := d.ask("POST", "/api/who", token, "{}", "From-Address", from)
			return w.Code, w.Header().Get("Retry-After")
		}
	}
	i := 0
	got := d.until429(100, func() (int, string) {
		i++
		return write(nurse, fmt.Sprintf("203.0.113.%d", i))()
	})
	if got != 60 {
		t.Errorf("the nurse wrote %d times from many addresses, want 60", got)
	}
	d.status(http.StatusTooManyRequests, d.ask("POST", "/api/who", nurse, "{}", "Accept-Language", "en"))
	if code, _ := write(d.patientToken(), "203.0.113.1")(); code != http.StatusOK {
		t.Errorf("another person at the same address got %d, want 200: limits are by person", code)
	}
	for range 200 {
		d.who(nurse) // reads are not counted
	}
	if w := d.ask("POST", "/api/realtime", nurse, `{"clientId": "x"}`); w.Code == http.StatusTooManyRequests {
		t.Error("a realtime subscription was counted as a write")
	}
	d.later.Store(int64(time.Second))
	if code, _ := write(nurse, "203.0.113.1")(); code != http.StatusOK {
		t.Errorf("a second later the nurse got %d, want 200", code)
	}
}

func (d *doorway) patientToken() string {
	d.t.Helper()
	return d.tokenOf(d.Person(d.t, kit.Bo, "Bo Berg"))
}

func TestAPersonSaysTenThingsInTenSeconds(t *testing.T) {
	t.Parallel()
	d := openDoorway(t, stopped)
	token := d.patientToken()
	got := d.until429(30, func() (int, string) {
		w := d.ask("POST", "/api/collections/messages/records", token, `{"case": "nowhere", "body": "x"}`)
		return w.Code, w.Header().Get("Retry-After")
	})
	if got != 10 {
		t.Errorf("%d messages in no time, want 10", got)
	}
	if w := d.ask("POST", "/api/who", token, "{}"); w.Code != http.StatusOK {
		t.Errorf("after too many messages another write got %d, want 200", w.Code)
	}
}

func TestBeforeLogInTheAddressCounts(t *testing.T) {
	t.Parallel()
	d := openDoorway(t, stopped)
	from := func(address string) func() (int, string) {
		return func() (int, string) {
			w := d.ask("POST", "/api/who", "", "{}", "From-Address", address)
			return w.Code, w.Header().Get("Retry-After")
		}
	}
	if got := d.until429(300, from("203.0.113.7")); got != writesFrom.most {
		t.Errorf("a guest wrote %d times, want %d", got, writesFrom.most)
	}
	if code, _ := from("203.0.113.8")(); code != http.StatusOK {
		t.Errorf("a guest elsewhere got %d, want 200", code)
	}
	if w := d.ask("GET", "/api/who", "", ""); w.Code != http.StatusOK {
		t.Errorf("a read from the same address got %d, want 200: it is counted apart", w.Code)
	}
	if w := d.ask("POST", "/api/who", d.tokenOf(d.Nurse), "{}"); w.Code != http.StatusOK {
		t.Errorf("a nurse at the same address got %d, want 200", w.Code)
	}
}

func TestGuessesAtOnePasswordAreBounded(t *testing.T) {
	t.Parallel()
	d := openDoorway(t, stopped)
	guess := func(identity string) func() (int, string) {
		return func() (int, string) {
			w := d.ask("POST", "/api/collections/staff/auth-with-password", "", `{"identity": "`+identity+`", "password": "wrong-password"}`)
			return w.Code, w.Header().Get("Retry-After")
		}
	}
	if got := d.until429(30, guess("nurse@demo.test")); got != passwordsOf.most {
		t.Errorf("%d guesses at one password, want %d", got, passwordsOf.most)
	}
	if code, _ := guess("NURSE@demo.test")(); code != http.StatusTooManyRequests {
		t.Errorf("in capitals the guess got %d, want 429", code)
	}
	if code, _ := guess("doctor@demo.test")(); code != http.StatusBadRequest {
		t.Errorf("a colleague at the same address got %d, want PocketBase's 400", code)
	}
}

func TestTheDemoCountsNothingOnThisMachine(t *testing.T) {
	t.Parallel()
	d := openDoorway(t, guarded(true))
	for _, step := range []struct {
		from, by string
		want     int
	}{
		{"127.0.0.1", "", 400},
		{"203.0.113.7", "", writesFrom.most},
		{"127.0.0.1", "203.0.113.9", writesFrom.most},
	} {
		got := d.until429(400, func() (int, string) {
			header := []string{"From-Address", step.from}
			if step.by != "" {
				header = append(header, "X-Forwarded-For", step.by)
			}
			w := d.ask("POST", "/api/who", "", "{}", header...)
			return w.Code, w.Header().Get("Retry-After")
		})
		if got < step.want || got > step.want+5 { // time goes on in this test
			t.Errorf("from %s %s: %d writes, want %d", step.from, step.by, got, step.want)
		}
	}
}

func TestNobodyGetsMoreThanTheLimitWhateverThePace(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		at := now()
		start := at
		l := &limits{now: func() time.Time { return at }, recent: map[string]*rate.Limiter{}}
		passed := 0
		for range rapid.IntRange(1, 200).Draw(t, "tries") {
			at = at.Add(time.Duration(rapid.IntRange(0, 3000).Draw(t, "pause")) * time.Millisecond)
			wait := l.take("x", writesOfOne)
			if wait == 0 {
				passed++
				continue
			}
			if l.take("y", writesOfOne) != 0 && passed == 0 {
				t.Fatal("another name was refused")
			}
		}
		if most := 60 + at.Sub(start).Seconds() + 1; float64(passed) > most {
			t.Fatalf("%d passed in %v, want at most %.0f", passed, at.Sub(start), most)
		}
	})
}

func TestWhatIsRememberedIsBounded(t *testing.T) {
	t.Parallel()
	at := now()
	l := &limits{now: func() time.Time { return at }, recent: map[string]*rate.Limiter{}}
	for i := range messagesOfOne.most {
		if l.take("busy", messagesOfOne) != 0 {
			t.Fatalf("refused at %d", i)
		}
	}
	for i := range 3*kept - 10 {
		l.take(strconv.Itoa(i), messagesOfOne)
		if i%1000 == 0 && l.take("busy", messagesOfOne) == 0 {
			t.Fatal("whoever goes on asking was forgotten")
		}
	}
	if n := len(l.recent) + len(l.before); n > 2*kept {
		t.Errorf("%d names are remembered, want at most %d", n, 2*kept)
	}
}

func TestSomeWritesAreKindsOfTheirOwn(t *testing.T) {
	t.Parallel()
	app := kit.App(t)
	const c = "/api/lotsen/v1/cases/abcdefghij01234"
	for request, want := range map[string]kind{
		"GET " + c + "/worse": aRead, "HEAD /api/who": aRead, "POST /api/realtime": aRead,
		"POST " + c + "/typing": aSign, "PUT " + c + "/read": aSign,
		"POST " + c + "/worse": vital, "POST " + c + "/here": vital, "POST " + c + "/hold": vital, "POST " + c + "/freetext": vital,
		"DELETE /api/lotsen/v1/me/session":                 vital,
		"POST /api/collections/messages/records":           aMessage,
		"POST /api/collections/lotsen_messages/records":    aMessage,
		"POST /api/collections/Messages/records":           aMessage,
		"PATCH /api/collections/messages/records/x":        aWrite,
		"PUT /api/lotsen/v1/me":                            aWrite,
		"POST /api/lotsen/v1/me/session":                   aWrite,
		"PUT " + c + "/worse":                              aWrite,
		"POST " + c + "/queue":                             aWrite,
		"POST " + c + "/x/worse":                           aWrite,
		"POST /api/lotsen/v1/queues/abcdefghij01234/worse": aWrite,
	} {
		method, path, _ := strings.Cut(request, " ")
		if got := kindOf(app, httptest.NewRequest(method, path, nil)); got != want {
			t.Errorf("%s is of kind %d, want %d", request, got, want)
		}
	}
}

func TestTypingTakesNoWriteFromAPerson(t *testing.T) {
	t.Parallel()
	d := openDoorway(t, stopped)
	token := d.tokenOf(d.Nurse)
	got := d.until429(400, func() (int, string) {
		w := d.ask("POST", "/api/lotsen/v1/cases/abcdefghij01234/typing", token, `{"on": true}`)
		return w.Code, w.Header().Get("Retry-After")
	})
	if got != signsOfOne.most {
		t.Errorf("the nurse was typing %d times, want %d", got, signsOfOne.most)
	}
	if w := d.ask("POST", "/api/who", token, "{}"); w.Code != http.StatusOK {
		t.Errorf("after that a write got %d, want 200", w.Code)
	}
}

func TestNoCountOfWritesStandsInTheWayOfWhatIsVital(t *testing.T) {
	t.Parallel()
	d := openDoorway(t, stopped)
	token := d.patientToken()
	write := func(address string) func() (int, string) {
		return func() (int, string) {
			w := d.ask("POST", "/api/who", token, "{}", "From-Address", address)
			return w.Code, w.Header().Get("Retry-After")
		}
	}
	worse := func(address string) func() (int, string) {
		return func() (int, string) {
			w := d.ask("POST", "/api/lotsen/v1/cases/abcdefghij01234/worse", token, `{"answers": {}}`, "From-Address", address)
			return w.Code, w.Header().Get("Retry-After")
		}
	}
	worse("203.0.113.7")()
	if got := d.until429(100, write("203.0.113.7")); got != writesOfOne.most-1 {
		t.Errorf("after one that is vital %d writes, want %d: it counts", got, writesOfOne.most-1)
	}
	if got := d.until429(1000, worse("203.0.113.7")); got != vitalFrom.most-1 {
		t.Errorf("%d times worse from one address, want %d", got, vitalFrom.most-1)
	}
	if code, _ := worse("203.0.113.8")(); code == http.StatusTooManyRequests {
		t.Error("from another address it was refused, want it let through")
	}
	if w := d.ask("DELETE", "/api/lotsen/v1/me/session", token, "", "From-Address", "203.0.113.8"); w.Code == http.StatusTooManyRequests {
		t.Error("the end of a log-in was refused, want it let through")
	}
}
