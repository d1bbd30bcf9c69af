package demo

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"lotsen/internal/seal"
)

// stateFile marks a data folder as the demo's, and holds what the demo keeps beside the database.
const stateFile = "lotsen-demo.json"

// nextSuffix is for the state as it will be, while it is being written.
const nextSuffix = ".next"

// ownFolder is where the simulated BankID and SMS gateway keep theirs, in the data folder.
const ownFolder = "demo"

// The kinds of passwords that the invented staff have.
const (
	passwordsKnown  = "known"  // lotsen-demo, for all
	passwordsRandom = "random" // printed once, kept nowhere
)

// state is what survives a restart.
type state struct {
	Keys      string        `json:"keys"`      // as LOTSEN_KEYS
	SMSSecret string        `json:"smsSecret"` // between the program and the simulated gateway
	Passwords string        `json:"passwords"` // "" until the people are there
	Moved     time.Duration `json:"moved"`     // how far the clock has been moved on, in nanoseconds
}

// Made says whether a folder is the demo's.
func Made(folder string) bool {
	_, err := os.Stat(filepath.Join(folder, stateFile))
	return err == nil
}

// Claim makes a folder the demo's, unless it is already. A folder that holds something and is not the demo's is refused: it may hold
// people's data. It is called before the database is opened.
func Claim(folder string) error {
	if Made(folder) {
		return nil
	}
	inside, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("look into the data folder: %w", err)
	}
	strange := func(e os.DirEntry) bool { return e.Name() != stateFile+nextSuffix } // a kill has left that one
	if slices.ContainsFunc(inside, strange) {
		return fmt.Errorf("--demo uses only a data folder that it has made itself, and %s is not one.\nName another with --dir FOLDER, or leave --dir out", folder)
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("make the data folder: %w", err)
	}
	keys, err := seal.NewKey("demo")
	if err != nil {
		return fmt.Errorf("make keys of the demo: %w", err)
	}
	return write(folder, state{Keys: keys, SMSSecret: rand.Text() + rand.Text()})
}

// Refuse is the other way round: what is not the demo does not open a demo's folder, in which anybody can be anyone.
func Refuse(folder string) error {
	if Made(folder) {
		return fmt.Errorf("%s is a folder of the demo: everybody in it is invented, and its keys and passwords are known.\nStart it with --demo, or name another folder with --dir FOLDER", folder)
	}
	return nil
}

func read(folder string) (state, error) {
	var s state
	raw, err := os.ReadFile(filepath.Join(folder, stateFile)) //nolint:gosec // the operator names the folder, we the file
	if err != nil {
		return s, fmt.Errorf("read what the demo keeps: %w", err)
	}
	if err := json.Unmarshal(raw, &s); err != nil {
		return s, fmt.Errorf("read what the demo keeps: %w", err)
	}
	return s, nil
}

// write puts the state on the disk, whole or not at all.
func write(folder string, s state) error {
	raw, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return fmt.Errorf("write what the demo keeps: %w", err)
	}
	next := filepath.Join(folder, stateFile+nextSuffix)
	file, err := os.OpenFile(next, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600) //nolint:gosec // as above
	if err != nil {
		return fmt.Errorf("write what the demo keeps: %w", err)
	}
	_, err = file.Write(append(raw, '\n'))
	err = errors.Join(err, file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(next, filepath.Join(folder, stateFile))
	}
	if err != nil {
		return fmt.Errorf("write what the demo keeps: %w", err)
	}
	return nil
}
