package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// asProgram makes the test binary the program itself: what is tested is what is built.
const asProgram = "LOTSEN_IS_PROGRAM_UNDER_TEST"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		_ = os.Unsetenv(asProgram) // it is no setting
		main()
		return
	}
	os.Exit(m.Run())
}

// command is the program with these arguments, in a folder, with nothing of this machine's environment but env.
func command(ctx context.Context, folder string, env []string, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, os.Args[0], args...)
	c.Dir = folder
	c.Env = append([]string{asProgram + "=1", "PATH=" + os.Getenv("PATH")}, env...)
	return c
}

// running is the program serving.
type running struct {
	t      *testing.T
	cmd    *exec.Cmd
	base   string // http://127.0.0.1:PORT
	screen string
	errs   bytes.Buffer
}

var interfaceAt = regexp.MustCompile(`Interface +(http://\S+)/api/lotsen/v1`)

// serve starts the program and waits for its screen.
func serve(t *testing.T, folder string, env []string, args ...string) *running {
	t.Helper()
	r := &running{t: t}
	r.cmd = command(t.Context(), folder, env, append([]string{"serve", "--http", "127.0.0.1:0"}, args...)...)
	r.cmd.Stderr = &r.errs
	out, err := r.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.cmd.Start(); err != nil {
		t.Fatalf("start the program: %v", err)
	}
	lines := bufio.NewReader(out)
	for !strings.Contains(r.screen, "Stop with Ctrl+C") {
		line, err := lines.ReadString('\n')
		r.screen += line
		if err != nil {
			_ = r.cmd.Wait()
			t.Fatalf("the program ended before its screen was whole: %v\n%s%s", err, r.screen, r.errs.String())
		}
	}
	go func() { _, _ = io.Copy(io.Discard, lines) }()
	at := interfaceAt.FindStringSubmatch(r.screen)
	if at == nil {
		t.Fatalf("the screen does not say where the interface is:\n%s", r.screen)
	}
	r.base = at[1]
	return r
}

// stop ends the program as Ctrl+C does.
func (r *running) stop() {
	r.t.Helper()
	if err := r.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		r.t.Fatal(err)
	}
	if err := r.cmd.Wait(); err != nil {
		r.t.Errorf("the program ended with %v, want without an error: %s", err, r.errs.String())
	}
}

// call asks the interface. The answer must have the status that is wanted; it is read into into, unless that is nil.
func (r *running) call(method, path, token, body string, want int, into any) {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), method, r.base+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != want {
		r.t.Fatalf("%s %s answered %d %s %v, want %d", method, path, res.StatusCode, raw, err, want)
	}
	if into == nil {
		return
	}
	if err := json.Unmarshal(raw, into); err != nil {
		r.t.Fatalf("%s %s answered %s: %v", method, path, raw, err)
	}
}

const v1 = "/api/lotsen/v1"

// logIn logs a patient in with the simulated BankID, and gives the token.
func (r *running) logIn(number string) string {
	r.t.Helper()
	var started struct{ ID string }
	r.call("POST", v1+"/identity/bankid", "", "", 200, &started)
	r.call("POST", v1+"/demo/bankid/"+started.ID+"/approve", "", `{"personalNumber": "`+number+`", "name": "Anna Andersson"}`, 200, nil)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for range 200 {
		var now struct{ Status, Token string }
		if r.call("GET", v1+"/identity/bankid/"+started.ID, "", "", 200, &now); now.Status == "complete" {
			return now.Token
		}
		<-tick.C
	}
	r.t.Fatal("the log-in was never complete")
	return ""
}

func TestTheDemoLetsAPatientInAndGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	r := serve(t, folder, nil, "--demo")
	if !strings.Contains(r.screen, "nurse@demo.test     lotsen-demo") {
		t.Errorf("the screen does not say as whom to come:\n%s", r.screen)
	}
	token := r.logIn("198511012380")
	var me struct{ ID, Name, PersonalNumber string }
	r.call("GET", v1+"/me", token, "", 200, &me)
	if me.Name != "Anna Andersson" || me.PersonalNumber != "198511012380" {
		t.Errorf("the patient is %+v, want Anna Andersson", me)
	}
	r.call("GET", "/api/collections/patients/records/"+me.ID, token, "", 200, nil)
	var nurse struct{ Token string }
	r.call("POST", "/api/collections/staff/auth-with-password", "", `{"identity": "nurse@demo.test", "password": "lotsen-demo"}`, 200, &nurse)
	r.call("GET", v1+"/queues", nurse.Token, "", 200, nil)
	var moved struct{ Now time.Time }
	r.call("POST", v1+"/demo/clock", "", `{"advance": "48h"}`, 200, &moved)
	r.call("DELETE", v1+"/me/session", token, "", 204, nil)
	r.call("GET", v1+"/me", token, "", 401, nil)
	r.call("GET", "/api/collections/patients/records/"+me.ID, token, "", 404, nil)
	r.stop()

	r = serve(t, folder, nil, "--demo")
	defer r.stop()
	r.call("GET", v1+"/me", token, "", 401, nil)
	r.call("GET", v1+"/queues", nurse.Token, "", 200, nil)
	var again struct{ ID string }
	r.call("GET", v1+"/me", r.logIn("198511012380"), "", 200, &again)
	if again.ID != me.ID {
		t.Errorf("after a restart the same number is another patient")
	}
	var later struct{ Now time.Time }
	r.call("POST", v1+"/demo/clock", "", `{"advance": "0s"}`, 200, &later)
	if later.Now.Before(moved.Now) {
		t.Errorf("after a restart it is %v, want not before %v", later.Now, moved.Now)
	}
}

func TestADayCanBeInvented(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	r := serve(t, folder, nil, "--demo", "--day")
	var nurse struct{ Token string }
	r.call("POST", "/api/collections/staff/auth-with-password", "", `{"identity": "nurse@demo.test", "password": "lotsen-demo"}`, 200, &nurse)
	var queues []struct{ Waiting map[string]int }
	r.call("GET", v1+"/queues", nurse.Token, "", 200, &queues)
	waiting := 0
	for _, n := range queues[0].Waiting {
		waiting += n
	}
	if waiting < 4 {
		t.Errorf("%d wait for the nurse, want a lively day", waiting)
	}
	r.stop()
	r = serve(t, folder, nil, "--demo", "--day")
	defer r.stop()
	if !strings.Contains(r.screen, "No day was invented") {
		t.Errorf("a second start with --day does not say that there was no day:\n%s", r.screen)
	}
}

func TestWithNothingConfiguredItStartsAndSaysWhatToDo(t *testing.T) {
	t.Parallel()
	r := serve(t, t.TempDir(), []string{"LOTSEN_KYES=x"})
	defer r.stop()
	for _, want := range []string{"NOT READY", "LOTSEN_KEYS", "LOTSEN_BANKID_URL", "LOTSEN_SMS", "lotsen superuser upsert", "lotsen serve --demo", "LOTSEN_KYES"} {
		if !strings.Contains(r.screen, want) {
			t.Errorf("the screen lacks %q:\n%s", want, r.screen)
		}
	}
	var health struct {
		Live, Ready bool
		Missing     []string
	}
	r.call("GET", v1+"/health", "", "", 503, &health)
	if !health.Live || health.Ready || len(health.Missing) == 0 {
		t.Errorf("health is %+v, want live, not ready, and what is missing", health)
	}
	var providers []any
	if r.call("GET", v1+"/identity/providers", "", "", 200, &providers); providers == nil || len(providers) != 0 {
		t.Errorf("the ways to log in are %v, want none", providers)
	}
	r.call("POST", v1+"/identity/bankid", "", "{}", 503, nil)
	for method, path := range map[string]string{"GET": "/demo/sms", "POST": "/demo/clock"} {
		r.call(method, v1+path, "", "{}", 404, nil)
	}
}

func TestNobodyComesFromElsewhereUnlessAllowed(t *testing.T) {
	t.Parallel()
	r := serve(t, t.TempDir(), []string{"LOTSEN_ORIGINS=https://app.example"})
	defer r.stop()
	for origin, want := range map[string]string{"https://app.example": "https://app.example", "https://evil.example": ""} {
		req, err := http.NewRequestWithContext(t.Context(), "GET", r.base+v1, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Origin", origin)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if got := res.Header.Get("Access-Control-Allow-Origin"); got != want {
			t.Errorf("a browser on %s is allowed %q, want %q", origin, got, want)
		}
	}
}

func TestItRefusesToStart(t *testing.T) {
	t.Parallel()
	people := t.TempDir()
	if err := os.MkdirAll(filepath.Join(people, "pb_data"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(people, "pb_data", "data.db"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	invented := t.TempDir()
	serve(t, invented, nil, "--demo").stop()
	for _, try := range []struct {
		what, folder string
		env, args    []string
		says         []string
	}{
		{
			"bad settings", t.TempDir(),
			[]string{"LOTSEN_KEYS=k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "LOTSEN_SMS=pigeon"},
			[]string{"serve"},
			[]string{"LOTSEN_KEYS", "weak", "LOTSEN_SMS", "46elks"},
		},
		{"the demo in a folder of people's", people, nil, []string{"serve", "--demo", "--dir", "pb_data"}, []string{"--demo uses only"}},
		{"the service in the demo's folder", invented, nil, []string{"serve", "--dir", "demo_data"}, []string{"folder of the demo"}},
		{"the demo for all the world", t.TempDir(), nil, []string{"serve", "--demo", "--http", "0.0.0.0:0"}, []string{"--demo-open"}},
		{"an open service that is no demo", t.TempDir(), nil, []string{"serve", "--demo-open", "--http", "127.0.0.1:0"}, []string{"need --demo"}},
		{"an unknown command", t.TempDir(), nil, []string{"nonsense"}, []string{"unknown command"}},
	} {
		out, err := command(t.Context(), try.folder, try.env, try.args...).CombinedOutput()
		if err == nil {
			t.Errorf("%s: it ended without an error", try.what)
		}
		for _, want := range try.says {
			if !strings.Contains(string(out), want) {
				t.Errorf("%s: it does not say %q:\n%s", try.what, want, out)
			}
		}
		if left, _ := os.ReadDir(try.folder); try.what == "bad settings" && len(left) > 0 {
			t.Errorf("%s: it left %v behind", try.what, left)
		}
	}
}

func TestItTellsItsVersion(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	out, err := command(t.Context(), folder, nil, "--version").Output()
	if err != nil || !strings.HasPrefix(string(out), "lotsen ") {
		t.Errorf("--version says %q %v, want lotsen and the version", out, err)
	}
	if left, _ := os.ReadDir(folder); len(left) > 0 {
		t.Errorf("--version left %v behind", left)
	}
}
