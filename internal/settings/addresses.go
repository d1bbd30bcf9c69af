package settings

import (
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

func readPublicURL(r *reader) string {
	const name = "LOTSEN_PUBLIC_URL"
	value := strings.TrimRight(r.value(name), "/")
	if value == "" {
		return ""
	}
	u, problem := webAddress(value)
	switch {
	case problem != "":
		r.fault(name, problem)
	case u.Path != "" || u.RawQuery != "":
		r.fault(name, "must end after the host: the service needs a name of its own")
	}
	return value
}

// readOrigins reads what browsers send as Origin: scheme, host, port, no more.
func readOrigins(r *reader) []string {
	const name = "LOTSEN_ORIGINS"
	var origins []string
	for _, value := range r.list(name) {
		value = strings.TrimRight(value, "/")
		u, problem := webAddress(value)
		if u != nil && appScheme(u) && u.Host != "" {
			problem = "" // apps in a web view have origins such as capacitor://localhost
		}
		switch {
		case strings.Contains(value, "*"):
			problem = "must name each origin: any site at all could call with the log-in of whoever visits it"
		case problem == "" && (u.Path != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil):
			problem = "must end after the host"
		}
		if problem != "" {
			r.fault(name, quoted(value)+problem)
			continue
		}
		origins = append(origins, value)
	}
	return origins
}

func readReturnURLs(r *reader) []string {
	const name = "LOTSEN_APP_RETURN_URLS"
	var urls []string
	for _, value := range r.list(name) {
		u, err := url.Parse(value)
		problem := ""
		switch {
		case strings.Contains(value, "*"):
			problem = "must be whole: a log-in must not return to just anywhere"
		case err != nil || u.User != nil || u.Fragment != "":
			problem = "is not an address"
		case u.Scheme == "https" && u.Hostname() == "" || u.Scheme != "https" && !appScheme(u):
			problem = "must be https://… or in a scheme of the app's own, as in se.example.app://login"
		}
		if problem != "" {
			r.fault(name, quoted(value)+problem)
			continue
		}
		urls = append(urls, value)
	}
	return urls
}

// browserSchemes do not belong to an app. What returns to some of them runs in
// the page; the others go to another program.
var browserSchemes = []string{
	"", "http", "https", "ws", "wss", "ftp", "file", "javascript", "vbscript", "data", "blob", "filesystem",
	"about", "view-source", "chrome", "intent", "mailto", "tel", "sms", "bankid", "null",
}

func appScheme(u *url.URL) bool {
	return !slices.Contains(browserSchemes, strings.ToLower(u.Scheme)) && u.Opaque == ""
}

func readMetrics(r *reader) string {
	const name = "LOTSEN_METRICS"
	value := r.value(name)
	if value == "" {
		return ""
	}
	host, port, err := net.SplitHostPort(value)
	if n, bad := strconv.Atoi(port); err != nil || bad != nil || n < 0 || n > 65535 {
		r.fault(name, "must be ADDRESS:PORT, as in 127.0.0.1:9100")
	} else if !inside(host) {
		r.fault(name, "must be an address of this machine or of an inner network, as in 127.0.0.1:9100: the figures are not for everyone")
	}
	return value
}

var (
	hostname = regexp.MustCompile(`^[A-Za-z0-9.-]+$`)
	carrier  = netip.MustParsePrefix("100.64.0.0/10") // inner networks of clouds and overlay networks
)

// webAddress parses an address that people or we call by HTTP: https, or http to
// this machine. It gives a problem in words, or "". The words hold nothing of
// the address.
func webAddress(value string) (*url.URL, string) {
	u, err := url.Parse(value)
	switch {
	case err != nil || u.Hostname() == "" || !hostname.MatchString(strings.ReplaceAll(u.Hostname(), ":", "")):
		return nil, "is not an address such as https://vard.example.se"
	case u.User != nil || u.Fragment != "":
		return u, "must hold no user name, password or #"
	case u.Scheme == "https" || u.Scheme == "http" && loopback(u.Hostname()):
		return u, ""
	}
	return u, "must begin with https:// (http:// only on this machine itself)"
}

func loopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

func inside(host string) bool {
	addr, err := netip.ParseAddr(host)
	return loopback(host) || err == nil && (addr.IsPrivate() || addr.IsLinkLocalUnicast() || carrier.Contains(addr))
}

// quoted puts an entry of a list before what is wrong with it. Lists hold no
// secrets, but a password before the @ is a common slip.
func quoted(value string) string {
	if strings.Contains(value, "@") {
		return "one entry "
	}
	return strconv.Quote(value) + " "
}
