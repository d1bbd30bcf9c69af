package audit

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"slices"

	"lotsen/internal/records"
)

// How much a sample holds: of what a rule finds at most mostOfRule, and besides a hundredth of all looks, but at least leastDrawn and at most
// mostDrawn.
const (
	mostOfRule = 25
	leastDrawn = 5
	mostDrawn  = 50
	share      = 100
)

// draw collects a month's sample. Where there are too many, lots decide. They come from the month's last hash, which nobody can choose: it is
// there once the month is over, and covers every row.
type draw struct {
	looks  int
	byRule map[Rule][]lot
	all    []lot
	lots   func(nr int) uint64
}

type lot struct {
	nr   int
	lots uint64
}

// newDraw draws by the seed of a month.
func newDraw(month, unit string, head Head) *draw {
	return &draw{byRule: map[Rule][]lot{}, lots: func(nr int) uint64 {
		text := month + " " + unit + " " + head.Hash + " "
		sum := sha256.Sum256(binary.BigEndian.AppendUint64([]byte(text), uint64(nr))) //nolint:gosec // numbers of rows are positive
		return binary.BigEndian.Uint64(sum[:])
	}}
}

// add takes in a look that these rules have picked, or none has.
func (d *draw) add(nr int, rules []Rule) {
	d.looks++
	l := lot{nr: nr, lots: d.lots(nr)}
	d.all = keep(d.all, l, mostDrawn)
	for _, r := range rules {
		d.byRule[r] = keep(d.byRule[r], l, mostOfRule)
	}
}

// keep adds a lot to the lowest n, in order.
func keep(lowest []lot, l lot, n int) []lot {
	i, _ := slices.BinarySearchFunc(lowest, l, func(a, b lot) int { return cmp.Compare(a.lots, b.lots) })
	if i >= n {
		return lowest
	}
	lowest = slices.Insert(lowest, i, l)
	return lowest[:min(len(lowest), n)]
}

// rows are those that were drawn, in the order of the log, each once.
func (d *draw) rows() []records.ReviewRow {
	rules := map[int][]string{}
	for _, r := range []Rule{OwnName, Colleague, NoOpenCase, OutOfHours, Glass} {
		for _, l := range d.byRule[r] {
			rules[l.nr] = append(rules[l.nr], string(r))
		}
	}
	drawn := min(max(leastDrawn, d.looks/share), mostDrawn, len(d.all))
	for _, l := range d.all[:drawn] {
		rules[l.nr] = append(rules[l.nr], string(Random))
	}
	rows := make([]records.ReviewRow, 0, len(rules))
	for nr, why := range rules {
		rows = append(rows, records.ReviewRow{Nr: nr, Rules: why})
	}
	slices.SortFunc(rows, func(a, b records.ReviewRow) int { return cmp.Compare(a.Nr, b.Nr) })
	return rows
}
