// Package demo is the service with nobody real in it: `lotsen serve --demo`.
//
// It gives the program what the world gives it otherwise: a BankID and an SMS gateway that speak the true protocols (the production
// clients talk to them over the network), keys, a region with invented staff, a clock that can be moved on. It plays the patient's
// BankID app and, where asked, the nurse. All that the demo does to a case it does through care, like everybody.
//
// It has a data folder of its own and touches no other. What is kept there (keys, passwords, the moved clock) is known to anybody who
// reads this program, so nothing of a real person may ever be in it: numbers and telephones of real people are refused.
package demo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"lotsen/internal/bankid/simulator"
	"lotsen/internal/care"
	"lotsen/internal/clock"
	"lotsen/internal/notify/peer"
)

// Demo is an open demo: the simulated world outside the program. Close it.
type Demo struct {
	Clock *clock.Clock // the program's; it goes on where it was
	Open  bool         // whether others than this machine may come in

	folder  string
	bank    *simulator.Bank
	server  *simulator.Server
	gateway *peer.Gateway
	sms     *http.Server
	smsURL  string
	certs   *simulator.Certificates
	desk    atomic.Pointer[care.Desk] // once there is a stage

	mu       sync.Mutex // guards what follows, and the state file
	state    state
	approved map[string]approval
}

// Start opens the demo of a folder that Claim has made the demo's. The simulated BankID lives by real time, as the log-ins do.
func Start(folder string, open bool, log *slog.Logger) (*Demo, error) {
	kept, err := read(folder)
	if err != nil {
		return nil, err
	}
	d := &Demo{Clock: new(clock.Clock), Open: open, folder: folder, state: kept, approved: map[string]approval{}}
	d.Clock.SetOffset(kept.Moved)
	own := filepath.Join(folder, ownFolder)
	if err := os.MkdirAll(own, 0o700); err != nil {
		return nil, fmt.Errorf("make the demo's own folder: %w", err)
	}
	err = errors.Join(d.startBank(own, log), d.startGateway(own, log))
	if err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

func (d *Demo) startBank(own string, log *slog.Logger) (err error) {
	real := new(clock.Clock)
	d.bank = simulator.New(real.Now)
	if d.certs, err = simulator.LoadOrCreate(filepath.Join(own, "bankid"), real.Now()); err != nil {
		return fmt.Errorf("make certificates of the simulated BankID: %w", err)
	}
	if d.server, err = simulator.Serve("127.0.0.1:0", d.bank, d.certs, log); err != nil {
		return fmt.Errorf("start the simulated BankID: %w", err)
	}
	return nil
}

func (d *Demo) startGateway(own string, log *slog.Logger) (err error) {
	if d.gateway, err = peer.OpenGateway(own, d.state.SMSSecret, d.Clock.Now); err != nil {
		return fmt.Errorf("open the simulated SMS gateway: %w", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("start the simulated SMS gateway: %w", err)
	}
	d.smsURL = "http://" + listener.Addr().String()
	d.sms = &http.Server{
		Handler: d.gateway, ReadHeaderTimeout: 10 * time.Second, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	go func() {
		if err := d.sms.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			log.Error("the simulated SMS gateway stopped", "error", err)
		}
	}()
	return nil
}

// Close ends the simulated world. What it has answered for is on the disk.
func (d *Demo) Close() error {
	var faults []error
	if d.server != nil {
		faults = append(faults, d.server.Close())
	}
	if d.sms != nil {
		faults = append(faults, d.sms.Close())
	}
	if d.gateway != nil {
		faults = append(faults, d.gateway.Close())
	}
	return errors.Join(faults...)
}

// Environ is the environment of the program in the demo, to be read by settings like any other: keys, BankID and SMS are the demo's,
// whatever the machine's environment says. publicURL is used where the environment names no address.
func (d *Demo) Environ(environ []string, publicURL string) []string {
	ours := []string{
		"LOTSEN_KEYS=" + d.state.Keys,
		"LOTSEN_BANKID_URL=" + d.server.URL,
		"LOTSEN_BANKID_CERT=" + string(d.certs.ClientCert),
		"LOTSEN_BANKID_KEY=" + string(d.certs.ClientKey),
		"LOTSEN_BANKID_CA=" + string(d.certs.CA),
		"LOTSEN_SMS=webhook",
		"LOTSEN_SMS_URL=" + d.smsURL,
		"LOTSEN_SMS_SECRET=" + d.state.SMSSecret,
		"LOTSEN_SMS_FROM=Lotsen",
	}
	out := slices.DeleteFunc(slices.Clone(environ), func(entry string) bool {
		name, value, _ := strings.Cut(entry, "=")
		if strings.HasPrefix(name, "LOTSEN_PUBLIC_URL") && value != "" {
			publicURL = ""
		}
		return strings.HasPrefix(name, "LOTSEN_KEYS") || strings.HasPrefix(name, "LOTSEN_BANKID") || strings.HasPrefix(name, "LOTSEN_SMS")
	})
	if publicURL != "" {
		ours = append(ours, "LOTSEN_PUBLIC_URL="+publicURL)
	}
	return append(out, ours...)
}

// Advance moves the program's clock on, remembers it, and lets runDue do everything whose time has come before it returns.
func (d *Demo) Advance(ctx context.Context, by time.Duration, runDue func(context.Context) error) error {
	d.mu.Lock()
	moved := d.state
	moved.Moved = d.Clock.Offset() + by
	err := write(d.folder, moved)
	if err == nil {
		d.state = moved
		d.Clock.Advance(by)
	}
	d.mu.Unlock()
	if err != nil {
		return err
	}
	if err := runDue(ctx); err != nil {
		return fmt.Errorf("do what has become due: %w", err)
	}
	return nil
}
