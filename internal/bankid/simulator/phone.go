package simulator

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
)

// PersonNamed splits a full name as people expect: the last word is the surname. An empty name becomes an invented one.
func PersonNamed(personalNumber, name string) Person {
	words := strings.Fields(name)
	switch len(words) {
	case 0:
		return Person{PersonalNumber: personalNumber, GivenName: "Demo", Surname: "Demosson"}
	case 1:
		return Person{PersonalNumber: personalNumber, GivenName: words[0], Surname: "Demosson"}
	default:
		last := len(words) - 1
		return Person{PersonalNumber: personalNumber, GivenName: strings.Join(words[:last], " "), Surname: words[last]}
	}
}

// Scan reads a QR code with the person's telephone and opens the order: the
// code must be right, and not older than a few seconds.
func (b *Bank) Scan(text string, p Person) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	parts := strings.Split(text, ".")
	if len(parts) != 4 || parts[0] != "bankid" {
		return ErrQR
	}
	for _, o := range b.orders {
		if o.qrToken == parts[1] {
			if !b.qrRight(o, parts[2], parts[3]) {
				return ErrQR
			}
			return b.open(o, p, "userSign")
		}
	}
	return ErrUnknown
}

func (b *Bank) qrRight(o *order, second, auth string) bool {
	t, err := strconv.Atoi(second)
	if err != nil || strconv.Itoa(t) != second {
		return false
	}
	if age := int(b.now().Sub(o.created).Seconds()); t < age-qrTolerance || t > age+qrTolerance {
		return false
	}
	mac := hmac.New(sha256.New, []byte(o.qrSecret))
	mac.Write([]byte(second))
	return hmac.Equal([]byte(auth), []byte(hex.EncodeToString(mac.Sum(nil))))
}

// Start opens the app on the person's device with a launch link's token, which works once.
func (b *Bank) Start(autoStartToken string, p Person) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, o := range b.orders {
		if o.autoStart == autoStartToken {
			return b.open(o, p, "started")
		}
	}
	return ErrUnknown
}

// Approve lets the person finish: opens the order if that is still to do, and
// completes it. The token is an auto-start token or an orderRef. It gives the
// address that the app would now open, empty where the order names none.
func (b *Bank) Approve(token string, p Person) (returnURL string, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	o, err := b.pending(token)
	if err != nil {
		return "", err
	}
	if o.opened.IsZero() {
		if err := b.open(o, p, "userSign"); err != nil {
			return "", err
		}
	}
	if o.person.PersonalNumber != p.PersonalNumber {
		return "", ErrNotYours
	}
	o.status, o.hint, o.person, o.ended = "complete", "", p, b.now()
	return o.request.ReturnURL, nil
}

// Cancel is the person pressing cancel in the app.
func (b *Bank) Cancel(token string) error { return b.Fail(token, "userCancel") }

// Fail ends a pending order with any hint code.
func (b *Bank) Fail(token, hint string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	o, err := b.pending(token)
	if err == nil {
		b.fail(o, hint)
	}
	return err
}

// Hint makes a pending order say any hint code from now on.
func (b *Bank) Hint(token, hint string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	o, err := b.pending(token)
	if err == nil {
		o.hint = hint
	}
	return err
}

// Risk sets what a completed order says of its risk, where it was asked to: low, moderate, high, or empty for not known.
func (b *Bank) Risk(token, risk string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	o, err := b.pending(token)
	if err == nil {
		o.risk = risk
	}
	return err
}

func (b *Bank) pending(token string) (*order, error) {
	for _, o := range b.orders {
		if o.ref != token && o.autoStart != token {
			continue
		}
		if b.age(o); o.status != "pending" {
			return nil, ErrEnded
		}
		return o, nil
	}
	return nil, ErrUnknown
}

// open ties an order to a person. An order that this person had open already is cancelled, as BankID does.
func (b *Bank) open(o *order, p Person, hint string) error {
	if b.age(o); o.status != "pending" {
		return ErrEnded
	}
	if !o.opened.IsZero() {
		return ErrUsed
	}
	if number := o.request.Requirement.PersonalNumber; number != "" && number != p.PersonalNumber {
		return ErrNotYours
	}
	for _, older := range b.orders {
		if older != o && older.status == "pending" && older.person.PersonalNumber == p.PersonalNumber {
			b.fail(older, "cancelled")
		}
	}
	o.person, o.opened, o.hint = p, b.now(), hint
	return nil
}
