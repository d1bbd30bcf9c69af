package bankid

import "testing"

func TestLaunchLinkAndReturnAddress(t *testing.T) {
	t.Parallel()
	const (
		iphone  = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
		android = "Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) "
		app     = "https://app.bankid.com/?autostarttoken=t&redirect=null"
		scheme  = "bankid:///?autostarttoken=t&redirect=null"
		page    = "https://lotsen.test/login/return"
	)
	tests := []struct{ name, userAgent, launch, back string }{
		{"iOS Safari", iphone + "Version/18.1 Mobile/15E148 Safari/604.1", app, page + "#n=n"},
		{"iOS Chrome", iphone + "CriOS/131.0 Mobile/15E148 Safari/604.1", scheme, "googlechromes://lotsen.test/login/return#n=n"},
		{"iOS Firefox", iphone + "FxiOS/132.0 Mobile/15E148 Safari/605.1.15", scheme, "firefox://open-url?url=https%3A%2F%2Flotsen.test%2Flogin%2Freturn%23n%3Dn"},
		{"iOS Edge", iphone + "Version/18.0 EdgiOS/131.0 Mobile/15E148 Safari/604.1", scheme, "microsoft-edge-https://lotsen.test/login/return#n=n"},
		{"iOS Facebook", iphone + "Mobile/15E148 [FBAN/FBIOS;FBAV/490]", scheme, page + "#n=n"},
		{"Android Chrome", android + "Chrome/131.0.0.0 Mobile Safari/537.36", app, page + "#n=n"},
		{"Android Edge", android + "Chrome/131.0.0.0 Mobile Safari/537.36 EdgA/131.0", app, page + "#n=n"},
		{"Android Samsung", android + "SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36", scheme, page + "#n=n"},
		{"Android Firefox", "Mozilla/5.0 (Android 15; Mobile; rv:132.0) Gecko/132.0 Firefox/132.0", scheme, page + "#n=n"},
		{"Android web view", "Mozilla/5.0 (Linux; Android 15; Pixel 8; wv) AppleWebKit/537.36 Version/4.0 Chrome/131.0 Mobile Safari/537.36", scheme, page + "#n=n"},
		{"Android 5 Chrome", "Mozilla/5.0 (Linux; Android 5.1; X) AppleWebKit/537.36 Chrome/95.0 Mobile Safari/537.36", scheme, page + "#n=n"},
		{"desktop", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537.36", scheme, page + "#n=n"},
		{"none", "", scheme, page + "#n=n"},
	}
	for _, test := range tests {
		p := platformOf(test.userAgent)
		if got := launchLink("t", p); got != test.launch {
			t.Errorf("%s: launch %s; want %s", test.name, got, test.launch)
		}
		if got := returnAddress(page, "n", p); got != test.back {
			t.Errorf("%s: returns to %s; want %s", test.name, got, test.back)
		}
	}
	ios := platformOf(iphone + "CriOS/131.0 Mobile/15E148 Safari/604.1")
	if got := returnAddress("patientapp://back", "n", ios); got != "patientapp://back#n=n" {
		t.Errorf("an app's own address became %s; want it untouched", got)
	}
	if got := returnAddress("http://127.0.0.1:8090/login/return", "n", ios); got != "http://127.0.0.1:8090/login/return#n=n" {
		t.Errorf("a demo's address became %s; want it untouched", got)
	}
}
