package demo

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestClaimMakesAFolderTheDemosOnce(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "new", "demo_data")
	if err := Claim(folder); err != nil {
		t.Fatalf("claim a folder that is not there: %v", err)
	}
	first, err := read(folder)
	if err != nil {
		t.Fatal(err)
	}
	if err := Claim(folder); err != nil {
		t.Fatalf("claim it again: %v", err)
	}
	again, err := read(folder)
	if err != nil {
		t.Fatal(err)
	}
	if first.Keys == "" || again != first {
		t.Errorf("the second start has other keys than the first, want the same")
	}
	if info, err := os.Stat(filepath.Join(folder, stateFile)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the state file is not its owner's alone: %v %v", info, err)
	}
}

func TestClaimRefusesAFolderOfSomethingElse(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "data.db"), []byte("people"), 0o600); err != nil {
		t.Fatal(err)
	}
	err := Claim(folder)
	if err == nil || !strings.Contains(err.Error(), "--dir") {
		t.Fatalf("Claim gave %v, want a refusal that says what to do", err)
	}
	if left, _ := os.ReadDir(folder); len(left) != 1 {
		t.Errorf("the refused folder holds %d files, want the one that was there", len(left))
	}
}

func TestClaimGoesOnWhereAKillCutItOff(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, stateFile+nextSuffix), []byte(`{"ke`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Claim(folder); err != nil {
		t.Errorf("claim a folder in which a first start was killed: %v", err)
	}
}

func TestRefuseKeepsTheServiceOutOfTheDemo(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	if err := Refuse(folder); err != nil {
		t.Errorf("an empty folder was refused: %v", err)
	}
	if err := Claim(folder); err != nil {
		t.Fatal(err)
	}
	if Refuse(folder) == nil {
		t.Error("the demo's folder was not refused")
	}
}
