package care

import (
	"errors"
	"fmt"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/records"
	"lotsen/internal/texts"
)

// Info is what a region tells anyone about itself. Each entry is an object of its own: its words by language (sv, en …), and what a program
// reads, such as `code`, `amount` or `number`.
type Info struct {
	Fees   []map[string]any `json:"fees"`
	Phones []map[string]any `json:"phones"`
	NotFor []map[string]any `json:"notFor"` // who should not use the service
}

// ParseInfo reads what a region tells about itself. It refuses lists that nobody would be shown, entries that are no objects, and words that are
// no text.
func ParseInfo(raw []byte) (Info, error) {
	var info Info
	if err := decodeStrictly(raw, &info); err != nil {
		return Info{}, err
	}
	for _, list := range []struct {
		name    string
		entries []map[string]any
	}{{"fees", info.Fees}, {"phones", info.Phones}, {"notFor", info.NotFor}} {
		for i, entry := range list.entries {
			if err := checkEntry(entry); err != nil {
				return Info{}, fmt.Errorf("%s, entry %d: %w", list.name, i+1, err)
			}
		}
	}
	return info, nil
}

func checkEntry(entry map[string]any) error {
	if entry == nil {
		return errors.New("it is null")
	}
	for _, lang := range texts.Langs() {
		if value, has := entry[string(lang)]; has {
			if _, isText := value.(string); !isText {
				return fmt.Errorf("%s is no text", lang)
			}
		}
	}
	return nil
}

// InfoOf is what a region tells about itself, or nothing where that cannot be read.
func InfoOf(app core.App, region *records.Region) Info {
	info, err := ParseInfo(region.Info())
	if err != nil {
		logMisread(app, region.Id, "info", region.Info(), err)
		return Info{}
	}
	return info
}
