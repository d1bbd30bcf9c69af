package settings

// Gap is something that the service cannot do as it is configured.
type Gap struct {
	Names string // the settings concerned
	Lacks string // what does not work without, one sentence
	Do    string // what to do about it, one sentence or two
	Stops bool   // nobody can use the service before it is mended
}

// Ready says whether patients can be let in, as far as settings go.
func (s Settings) Ready() bool {
	for _, gap := range s.Missing() {
		if gap.Stops {
			return false
		}
	}
	return true
}

// Missing lists what is not set, what does not work without it, and what to do,
// in plain sentences for the screen of a first start. The most needed comes
// first.
func (s Settings) Missing() []Gap {
	var gaps []Gap
	for _, known := range []struct {
		set bool
		gap Gap
	}{
		{s.Keys != nil, Gap{
			"LOTSEN_KEYS",
			"Personal numbers cannot be stored, so nobody can log in.",
			`Make a key with: echo "k1:$(openssl rand -base64 32)". Keep it where the database is not: without it the personal numbers are lost.`,
			true,
		}},
		{s.BankID.Set(), Gap{
			"LOTSEN_BANKID_URL, _CERT, _KEY, _CA",
			"Patients cannot log in with BankID.",
			"Ask your bank for an agreement and a client certificate, and name its files in LOTSEN_BANKID_CERT_FILE, _KEY_FILE and _CA_FILE.",
			false,
		}},
		{s.SMS.Set(), Gap{
			"LOTSEN_SMS, LOTSEN_SMS_URL, _USER, _SECRET, _FROM",
			"No text message is sent: patients are not told when it is their turn, and staff have to ring them.",
			"Choose 46elks, twilio or webhook (your own gateway).",
			false,
		}},
		{s.PublicURL != "", Gap{
			"LOTSEN_PUBLIC_URL",
			"Messages cannot say where the service is, and BankID on the same device cannot return to it.",
			"Set the address that people type in, as in https://vard.example.se.",
			false,
		}},
	} {
		if !known.set {
			gaps = append(gaps, known.gap)
		}
	}
	return gaps
}
