package simulator

import "encoding/base64"

type refRequest struct {
	OrderRef string `json:"orderRef"`
}

type collected struct {
	OrderRef       string          `json:"orderRef"`
	Status         string          `json:"status"`
	HintCode       string          `json:"hintCode,omitempty"`
	CompletionData *completionData `json:"completionData,omitempty"`
}

type completionData struct {
	User struct {
		PersonalNumber string `json:"personalNumber"`
		Name           string `json:"name"`
		GivenName      string `json:"givenName"`
		Surname        string `json:"surname"`
	} `json:"user"`
	Device struct {
		IPAddress string `json:"ipAddress"`
		UHI       string `json:"uhi,omitempty"`
	} `json:"device"`
	BankIDIssueDate string `json:"bankIdIssueDate"`
	Signature       string `json:"signature"`
	OCSPResponse    string `json:"ocspResponse"`
	Risk            string `json:"risk,omitempty"`
}

// collect tells how an order stands. The end of an order is told once.
func (b *Bank) collect(body []byte) (any, *refusal) {
	var r refRequest
	if refused := read(body, &r); refused != nil {
		return nil, refused
	}
	o, refused := b.byRef(r.OrderRef)
	if refused != nil {
		return nil, refused
	}
	o.used = o.status != "pending"
	got := collected{OrderRef: o.ref, Status: o.status, HintCode: o.hint}
	if o.status == "complete" {
		got.CompletionData = o.completion()
	}
	return got, nil
}

func (o *order) completion() *completionData {
	var c completionData
	c.User.PersonalNumber = o.person.PersonalNumber
	c.User.Name, c.User.GivenName, c.User.Surname = o.person.name(), o.person.GivenName, o.person.Surname
	c.Device.IPAddress = o.request.EndUserIP
	c.BankIDIssueDate = "2024-07-02Z" // with an offset, as the service may send it
	c.Signature = base64.StdEncoding.EncodeToString([]byte("<simulated/>"))
	c.OCSPResponse = base64.StdEncoding.EncodeToString([]byte("simulated"))
	if o.request.ReturnRisk {
		c.Risk = o.risk
	}
	return &c
}

// cancel is the relying party's: a second one finds no order.
func (b *Bank) cancel(body []byte) (any, *refusal) {
	var r refRequest
	if refused := read(body, &r); refused != nil {
		return nil, refused
	}
	o, refused := b.byRef(r.OrderRef)
	if refused != nil {
		return nil, refused
	}
	if o.status != "pending" {
		return nil, refuse("invalidParameters", "The order has ended")
	}
	b.fail(o, "cancelled")
	o.used = true
	return struct{}{}, nil
}
