package bankid

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// platform is what a User-Agent tells, as far as BankID's links depend on it.
type platform struct {
	ios, android bool
	universal    bool   // opens https://app.bankid.com/ in the app
	browser      string // on iOS: chrome, firefox or edge, which can be named in a return address
}

var androidVersion = regexp.MustCompile(`Android (\d+)`)

// Other browsers of iOS say Safari too; this is how they are told apart.
var notSafari = []string{"CriOS", "FxiOS", "EdgiOS", "OPiOS", "OPT/", "DuckDuckGo", "YaBrowser", "Brave", "FBAN", "FBAV", "Instagram", "GSA/"}

var notChrome = []string{"; wv)", "SamsungBrowser", "OPR/", "Firefox", "DuckDuckGo", "YaBrowser", "UCBrowser", "FBAN", "FBAV", "Instagram"}

// platformOf reads a User-Agent. What it does not know counts as a desktop
// browser, for which the bankid: link works. An iPad that calls itself a Mac
// does too.
func platformOf(userAgent string) platform {
	switch {
	case containsAny(userAgent, "iPhone", "iPad", "iPod"):
		p := platform{ios: true}
		switch {
		case strings.Contains(userAgent, "CriOS"):
			p.browser = "chrome"
		case strings.Contains(userAgent, "FxiOS"):
			p.browser = "firefox"
		case strings.Contains(userAgent, "EdgiOS"):
			p.browser = "edge"
		}
		p.universal = strings.Contains(userAgent, "Safari/") && !containsAny(userAgent, notSafari...)
		return p
	case strings.Contains(userAgent, "Android"):
		version := 0
		if m := androidVersion.FindStringSubmatch(userAgent); m != nil {
			version, _ = strconv.Atoi(m[1]) // out of range: an old version's link, which works everywhere
		}
		chrome := strings.Contains(userAgent, "Chrome/") && !containsAny(userAgent, notChrome...)
		return platform{android: true, universal: chrome && version >= 6}
	default:
		return platform{}
	}
}

func containsAny(s string, parts ...string) bool {
	for _, part := range parts {
		if strings.Contains(s, part) {
			return true
		}
	}
	return false
}

// launchLink opens the BankID app on the device that shows the page. Its
// redirect is always null: the return address holds the nonce, and whoever
// started the log-in can read this link, so the nonce travels by way of BankID alone.
func launchLink(autoStartToken string, p platform) string {
	query := "?autostarttoken=" + url.QueryEscape(autoStartToken) + "&redirect=null"
	if p.universal {
		return "https://app.bankid.com/" + query
	}
	return "bankid:///" + query
}

// returnAddress puts the nonce behind a # so that it reaches no server's log
// and no Referer. iOS opens https in its own browser, so there the address of
// our own page is written so that the browser which began comes back.
func returnAddress(page, nonce string, p platform) string {
	address := page + "#n=" + nonce
	bare, https := strings.CutPrefix(address, "https://")
	if !https {
		return address
	}
	switch p.browser {
	case "chrome":
		return "googlechromes://" + bare
	case "firefox":
		return "firefox://open-url?url=" + url.QueryEscape(address)
	case "edge":
		return "microsoft-edge-https://" + bare
	default:
		return address
	}
}
