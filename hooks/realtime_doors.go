package hooks

import (
	"net/netip"
	"sync"
)

// doors counts the open connections of each address. The zero value is ready.
type doors struct {
	mu     sync.Mutex
	inside map[netip.Prefix]int
}

// enter counts one in, unless most are there already.
func (d *doors) enter(from netip.Prefix, most int) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.inside[from] >= most {
		return false
	}
	if d.inside == nil {
		d.inside = map[netip.Prefix]int{}
	}
	d.inside[from]++
	return true
}

// leave counts one out.
func (d *doors) leave(from netip.Prefix) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.inside[from]--; d.inside[from] <= 0 {
		delete(d.inside, from)
	}
}

// neighbourhood is what counts as one address: an IPv4 address, or the /64 that
// one IPv6 subscriber has to itself. What is no address gives the zero prefix,
// which all such share.
func neighbourhood(ip string) netip.Prefix {
	addr, err := netip.ParseAddr(ip)
	if err != nil {
		return netip.Prefix{}
	}
	addr = addr.Unmap().WithZone("")
	bits := addr.BitLen()
	if addr.Is6() && !addr.IsLoopback() {
		bits = 64
	}
	return netip.PrefixFrom(addr, bits).Masked()
}
