package simulator

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/netip"
	"strings"
)

const (
	prefix  = "/rp/v6.0/"
	maxBody = 64 << 10
)

type authRequest struct {
	EndUserIP             string          `json:"endUserIp"`
	UserVisibleData       string          `json:"userVisibleData"`
	UserVisibleDataFormat string          `json:"userVisibleDataFormat"`
	UserNonVisibleData    string          `json:"userNonVisibleData"`
	ReturnURL             string          `json:"returnUrl"`
	ReturnRisk            bool            `json:"returnRisk"`
	Web                   json.RawMessage `json:"web"`
	App                   json.RawMessage `json:"app"`
	Requirement           struct {
		PinCode             bool     `json:"pinCode"`
		Mrtd                bool     `json:"mrtd"`
		CardReader          string   `json:"cardReader"`
		CertificatePolicies []string `json:"certificatePolicies"`
		PersonalNumber      string   `json:"personalNumber"`
	} `json:"requirement"`
}

// refusal is an error body; its HTTP status follows from its code.
type refusal struct {
	ErrorCode string `json:"errorCode"`
	Details   string `json:"details"`
}

func refuse(code, details string) *refusal { return &refusal{ErrorCode: code, Details: details} }

func (r *refusal) status() int {
	switch strings.ToLower(r.ErrorCode) {
	case "unauthorized":
		return http.StatusUnauthorized
	case "notfound":
		return http.StatusNotFound
	case "methodnotallowed":
		return http.StatusMethodNotAllowed
	case "unsupportedmediatype":
		return http.StatusUnsupportedMediaType
	case "requesttimeout":
		return http.StatusRequestTimeout
	case "toomanyrequests":
		return http.StatusTooManyRequests
	case "internalerror":
		return http.StatusInternalServerError
	case "maintenance":
		return http.StatusServiceUnavailable
	default:
		return http.StatusBadRequest
	}
}

// ServeHTTP answers one call of the RP API.
func (b *Bank) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	call, known := strings.CutPrefix(r.URL.Path, prefix)
	serve := map[string]func(*Bank, []byte) (any, *refusal){
		"auth": (*Bank).auth, "sign": (*Bank).sign, "collect": (*Bank).collect, "cancel": (*Bank).cancel,
	}[call]
	switch {
	case !known || serve == nil:
		answer(w, refuse("notFound", "No such call"))
	case r.Method != http.MethodPost:
		answer(w, refuse("methodNotAllowed", "Only POST"))
	case r.Header.Get("Content-Type") != "application/json":
		answer(w, refuse("unsupportedMediaType", "Content-Type must be application/json"))
	default:
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			answer(w, refuse("invalidParameters", "The body cannot be read"))
			return
		}
		b.serve(w, call, func() (any, *refusal) { return serve(b, body) })
	}
}

// serve does the work under the lock, or one of the faults that were asked for.
func (b *Bank) serve(w http.ResponseWriter, call string, work func() (any, *refusal)) {
	b.mu.Lock()
	b.calls[call]++
	f := b.nextFault(call)
	var got any = f.refusal
	if f.refusal == nil {
		result, refused := work()
		got = result
		if refused != nil {
			got = refused
		}
	}
	b.mu.Unlock()
	if f.drop {
		panic(http.ErrAbortHandler) // net/http cuts the connection
	}
	answer(w, got)
}

func answer(w http.ResponseWriter, body any) {
	w.Header().Set("Content-Type", "application/json")
	if refused, ok := body.(*refusal); ok {
		w.WriteHeader(refused.status())
	}
	_ = json.NewEncoder(w).Encode(body) // a caller that has gone away needs no answer
}

// read is strict: a field that v6 does not know is our own mistake.
func read(body []byte, into any) *refusal {
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return refuse("invalidParameters", "Not the JSON of this call")
	}
	if d.More() {
		return refuse("invalidParameters", "More than one JSON value")
	}
	return nil
}

func (b *Bank) auth(body []byte) (any, *refusal) {
	var r authRequest
	if refused := read(body, &r); refused != nil {
		return nil, refused
	}
	return b.start(r, 1500)
}

func (b *Bank) sign(body []byte) (any, *refusal) {
	var r authRequest
	if refused := read(body, &r); refused != nil {
		return nil, refused
	}
	if r.UserVisibleData == "" {
		return nil, refuse("invalidParameters", "userVisibleData is required")
	}
	return b.start(r, 40_000)
}

func (b *Bank) start(r authRequest, dataLimit int) (any, *refusal) {
	if wrong := r.wrong(dataLimit); wrong != "" {
		return nil, refuse("invalidParameters", wrong)
	}
	o, refused := b.begin(r)
	if refused != nil {
		return nil, refused
	}
	return map[string]string{
		"orderRef": o.ref, "autoStartToken": o.autoStart, "qrStartToken": o.qrToken, "qrStartSecret": o.qrSecret,
	}, nil
}

// wrong names the first bad field, or nothing.
func (r authRequest) wrong(dataLimit int) string {
	number := r.Requirement.PersonalNumber
	switch _, err := netip.ParseAddr(r.EndUserIP); {
	case err != nil:
		return "endUserIp"
	case !isBase64(r.UserVisibleData, dataLimit):
		return "userVisibleData"
	case !isBase64(r.UserNonVisibleData, dataLimit):
		return "userNonVisibleData"
	case r.UserVisibleDataFormat != "" && r.UserVisibleDataFormat != "plaintext" && r.UserVisibleDataFormat != "simpleMarkdownV1":
		return "userVisibleDataFormat"
	case len(r.ReturnURL) > 512:
		return "returnUrl"
	case number != "" && (len(number) != 12 || strings.Trim(number, "0123456789") != ""):
		return "requirement.personalNumber"
	case len(r.Web) > 0 && len(r.App) > 0:
		return "web and app exclude each other"
	default:
		return ""
	}
}

func isBase64(s string, limit int) bool {
	_, err := base64.StdEncoding.DecodeString(s)
	return err == nil && len(s) <= limit
}
