package bankid

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
)

// AuthRequest is what auth is asked with. Only EndUserIP is required.
type AuthRequest struct {
	EndUserIP          string       `json:"endUserIp"`                    // the address of the person's device, as we see it
	UserVisibleData    string       `json:"userVisibleData,omitempty"`    // base64, ≤ 1500 characters; shown in the app
	UserNonVisibleData string       `json:"userNonVisibleData,omitempty"` // base64, ≤ 1500 characters; becomes part of what is signed
	Requirement        *Requirement `json:"requirement,omitempty"`
	ReturnURL          string       `json:"returnUrl,omitempty"`  // ≤ 512 characters; where the app sends the person afterwards
	ReturnRisk         bool         `json:"returnRisk,omitempty"` // asks for Collected.Risk
}

// Requirement narrows who may complete an order, and how.
type Requirement struct {
	PersonalNumber string `json:"personalNumber,omitempty"` // 12 digits; the BankID of anybody else fails
	PinCode        bool   `json:"pinCode,omitempty"`        // the code, even where a fingerprint would do
}

// Begun is the answer to auth. QRStartSecret never leaves the server.
type Begun struct {
	OrderRef       string `json:"orderRef"`
	AutoStartToken string `json:"autoStartToken"`
	QRStartToken   string `json:"qrStartToken"`
	QRStartSecret  string `json:"qrStartSecret"`
}

// Status is where an order stands.
type Status string

// The three states of an order, at BankID and in our own answers.
const (
	Pending  Status = "pending"
	Complete Status = "complete"
	Failed   Status = "failed"
)

// Collected is the answer to collect.
type Collected struct {
	Status   Status
	Hint     string    // BankID's hint code, on pending and failed; new ones may come at any time
	Identity *Identity // on complete
	Risk     string    // on complete, if asked for and computed: low, moderate or high
}

// Identity is who logged in, as BankID writes it; names may be in capitals.
// Printed or logged, it shows nothing.
type Identity struct {
	PersonalNumber string // 12 digits
	GivenName      string
	Surname        string
	Name           string
}

// String keeps a person out of error texts and logs.
func (Identity) String() string { return "[a person]" }

// GoString does the same for %#v.
func (Identity) GoString() string { return "[a person]" }

// LogValue does the same for slog.
func (Identity) LogValue() slog.Value { return slog.StringValue("[a person]") }

// Auth begins an order. It is never retried here: the caller may retry once on Maintenance.
func (c *Client) Auth(ctx context.Context, r AuthRequest) (Begun, error) {
	got, err := c.post(ctx, "auth", r)
	if err != nil {
		return Begun{}, err
	}
	var begun Begun
	if err := json.Unmarshal(got, &begun); err != nil {
		return Begun{}, errors.New("bankid: the answer to auth cannot be read")
	}
	if begun.OrderRef == "" || begun.AutoStartToken == "" || begun.QRStartToken == "" || begun.QRStartSecret == "" {
		return Begun{}, errors.New("bankid: the answer to auth lacks a token")
	}
	return begun, nil
}

// Collect asks how an order stands. BankID wants it every two seconds, from
// one place, and hands out a complete order once.
func (c *Client) Collect(ctx context.Context, orderRef string) (Collected, error) {
	got, err := c.post(ctx, "collect", struct {
		OrderRef string `json:"orderRef"`
	}{orderRef})
	if err != nil {
		return Collected{}, err
	}
	return decodeCollected(got, orderRef)
}

// Cancel ends a pending order.
func (c *Client) Cancel(ctx context.Context, orderRef string) error {
	_, err := c.post(ctx, "cancel", struct {
		OrderRef string `json:"orderRef"`
	}{orderRef})
	return err
}

// decodeCollected reads an answer to collect. Unknown fields and hint codes
// are let through; an unknown status, another order's answer and a completion
// without a person are not. Errors quote nothing of the answer: it may hold a person.
func decodeCollected(body []byte, orderRef string) (Collected, error) {
	var wire struct {
		OrderRef       string `json:"orderRef"`
		Status         Status `json:"status"`
		HintCode       string `json:"hintCode"`
		CompletionData struct {
			User struct {
				PersonalNumber string `json:"personalNumber"`
				Name           string `json:"name"`
				GivenName      string `json:"givenName"`
				Surname        string `json:"surname"`
			} `json:"user"`
			Risk string `json:"risk"`
		} `json:"completionData"`
	}
	if err := json.Unmarshal(body, &wire); err != nil {
		return Collected{}, errors.New("bankid: the answer to collect cannot be read")
	}
	if wire.OrderRef != orderRef {
		return Collected{}, errors.New("bankid: the answer to collect is about another order")
	}
	switch wire.Status {
	case Pending, Failed:
		return Collected{Status: wire.Status, Hint: wire.HintCode}, nil
	case Complete:
		user := wire.CompletionData.User
		if !twelveDigits(user.PersonalNumber) {
			return Collected{}, errors.New("bankid: the completed order names no person")
		}
		return Collected{Status: Complete, Risk: wire.CompletionData.Risk, Identity: &Identity{
			PersonalNumber: user.PersonalNumber, GivenName: user.GivenName, Surname: user.Surname, Name: user.Name,
		}}, nil
	default:
		return Collected{}, fmt.Errorf("bankid: the answer to collect has an unknown status of %d bytes", len(wire.Status))
	}
}

func twelveDigits(s string) bool {
	if len(s) != 12 {
		return false
	}
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}
