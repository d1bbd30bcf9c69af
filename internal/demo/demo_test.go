package demo

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"lotsen/internal/api"
	"lotsen/internal/bankid"
	"lotsen/internal/notify"
	"lotsen/internal/settings"
)

func start(t *testing.T, folder string, open bool) *Demo {
	t.Helper()
	if err := Claim(folder); err != nil {
		t.Fatal(err)
	}
	d, err := Start(folder, open, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatalf("start the demo: %v", err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func TestTheDemosEnvironmentIsReadLikeAnyOther(t *testing.T) {
	t.Parallel()
	d := start(t, t.TempDir(), false)
	machine := []string{"LOTSEN_KEYS_FILE=/nowhere", "LOTSEN_SMS=46elks", "LOTSEN_BANKID_URL=https://elsewhere/rp/v6.0", "PATH=/bin"}
	s, err := settings.Read(d.Environ(machine, "http://127.0.0.1:8090"))
	if err != nil {
		t.Fatalf("the demo's environment is faulty: %v", err)
	}
	if gaps := s.Missing(); len(gaps) > 0 {
		t.Errorf("the demo lacks %v, want nothing", gaps)
	}
	if s.SMS.Provider != "webhook" || strings.Contains(s.BankID.URL, "elsewhere") {
		t.Errorf("the machine's own settings shine through: %v", s)
	}
	if s.PublicURL != "http://127.0.0.1:8090" {
		t.Errorf("the public address is %q, want the one that was given", s.PublicURL)
	}
	s, err = settings.Read(d.Environ([]string{"LOTSEN_PUBLIC_URL=https://demo.example"}, "http://127.0.0.1:8090"))
	if err != nil || s.PublicURL != "https://demo.example" {
		t.Errorf("the machine's public address gave %v %v, want it to be used", s, err)
	}
}

// client is the client of production, set up as production sets it up.
func client(t *testing.T, d *Demo) *bankid.Client {
	t.Helper()
	s, err := settings.Read(d.Environ(nil, "http://127.0.0.1:8090"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := bankid.NewClient(bankid.Config{
		URL: s.BankID.URL, Cert: []byte(s.BankID.Cert), Key: []byte(s.BankID.Key), CA: []byte(s.BankID.CA),
	})
	if err != nil {
		t.Fatalf("make the client: %v", err)
	}
	return c
}

func TestApproveCompletesALogInAtBankID(t *testing.T) {
	t.Parallel()
	d := start(t, t.TempDir(), false)
	c := client(t, d)
	begun, err := c.Auth(context.Background(), bankid.AuthRequest{EndUserIP: "127.0.0.1", ReturnURL: "http://127.0.0.1/login/return#n=x"})
	if err != nil {
		t.Fatalf("begin: %v", err)
	}
	for range 2 {
		back, err := d.Approve(begun.OrderRef, ExampleNumber, "Anna Andersson")
		if err != nil || back != "http://127.0.0.1/login/return#n=x" {
			t.Fatalf("Approve gave %q %v, want the return address, twice", back, err)
		}
	}
	if _, err := d.Approve(begun.OrderRef, "200002292399", ""); !errors.Is(err, api.ErrPlayed) {
		t.Errorf("another person approved the same log-in: %v, want ErrPlayed", err)
	}
	got, err := c.Collect(context.Background(), begun.OrderRef)
	if err != nil || got.Identity == nil || got.Identity.PersonalNumber != ExampleNumber || got.Identity.Name != "Anna Andersson" {
		t.Errorf("BankID says %v %v, want the person who approved", got.Status, err)
	}
	if _, err := d.Approve("", ExampleNumber, ""); !errors.Is(err, api.ErrPlayed) {
		t.Errorf("an order that is not begun gave %v, want ErrPlayed", err)
	}
}

func TestAdvanceIsKeptAndDoesWhatIsDue(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	d := start(t, folder, false)
	before := d.Clock.Now()
	var seen time.Time
	if err := d.Advance(context.Background(), 10*time.Minute, func(context.Context) error {
		seen = d.Clock.Now()
		return nil
	}); err != nil {
		t.Fatalf("advance: %v", err)
	}
	if seen.Sub(before) < 10*time.Minute {
		t.Errorf("what is due was done at %v, want it after the move from %v", seen, before)
	}
	wrong := errors.New("no")
	if err := d.Advance(context.Background(), time.Minute, func(context.Context) error { return wrong }); !errors.Is(err, wrong) {
		t.Errorf("Advance gave %v, want what doing the due gave", err)
	}
	kept, err := Start(folder, false, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = kept.Close() }()
	if got := kept.Clock.Offset(); got != 11*time.Minute {
		t.Errorf("after a restart the clock is moved by %v, want 11m", got)
	}
}

func TestAnSMSIsKeptOverARestart(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	d := start(t, folder, false)
	if got := d.Stage(nil, nil).Letters(); got == nil || len(got) != 0 {
		t.Errorf("the first letters are %v, want an empty list", got)
	}
	s, err := settings.Read(d.Environ(nil, "http://127.0.0.1:8090"))
	if err != nil {
		t.Fatal(err)
	}
	sender, err := notify.NewSMS(notify.SMSConfig{
		Provider: s.SMS.Provider, URL: s.SMS.URL, Secret: s.SMS.Secret.Reveal(), From: s.SMS.From, Clock: d.Clock,
	})
	if err != nil {
		t.Fatalf("make the sender: %v", err)
	}
	if err := d.Advance(context.Background(), 5*time.Hour, func(context.Context) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if _, err := sender.Send(context.Background(), notify.SMS{Key: "k", To: "+46701740605", Text: "Det är din tur nu."}); err != nil {
		t.Fatalf("send: %v", err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	letters := start(t, folder, false).Stage(nil, nil).Letters()
	if len(letters) != 1 || letters[0].To != "+46701740605" || letters[0].Text != "Det är din tur nu." {
		t.Errorf("after a restart the letters are %v, want the one that was sent", letters)
	}
}
