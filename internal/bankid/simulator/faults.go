package simulator

// fault is what goes wrong with one call.
type fault struct {
	refusal *refusal
	drop    bool
}

// Refuse makes the next call of that name (auth, sign, collect, cancel) answer an
// error code instead of doing anything. Several add up and come in order.
func (b *Bank) Refuse(call, code string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.faults[call] = append(b.faults[call], fault{refusal: refuse(code, "as asked for")})
}

// Drop makes the next call of that name do its work and lose its answer.
func (b *Bank) Drop(call string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.faults[call] = append(b.faults[call], fault{drop: true})
}

// Calls says how often a call of that name has come.
func (b *Bank) Calls(call string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.calls[call]
}

func (b *Bank) nextFault(call string) fault {
	waiting := b.faults[call]
	if len(waiting) == 0 {
		return fault{}
	}
	b.faults[call] = waiting[1:]
	return waiting[0]
}
