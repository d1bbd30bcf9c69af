package bankid

import "errors"

// Hints of our own, beside BankID's, for what only we know.
const (
	HintReturn      = "awaitingReturn" // complete, but the browser has not come back yet (mode same)
	HintBrowser     = "wrongBrowser"   // the browser that came back is not the one that asked
	HintUnreachable = "unreachable"    // BankID has not answered for the whole time
	HintLost        = "lost"           // the order's end was never heard
)

// Hint codes of BankID's that we act on.
const (
	hintOutstanding = "outstandingTransaction"
	hintNoClient    = "noClient"
	hintStartFailed = "startFailed"
	hintExpired     = "expiredTransaction"
	hintCancelled   = "cancelled"
	hintRisk        = "transactionRiskBlocked"
)

var pendingKeys = map[string]string{
	hintOutstanding:   "bankid.opening",
	hintNoClient:      "bankid.open_app",
	"started":         "bankid.started",
	"userMrtd":        "bankid.user_mrtd",
	"userCallConfirm": "bankid.user_call_confirm",
	"userSign":        "bankid.user_sign",
	HintReturn:        "bankid.return",
}

var failedKeys = map[string]string{
	hintExpired:             "bankid.expired",
	"certificateErr":        "bankid.certificate",
	"userCancel":            "bankid.user_cancel",
	hintCancelled:           "bankid.cancelled",
	hintStartFailed:         "bankid.start_failed",
	"userDeclinedCall":      "bankid.declined_call",
	"notSupportedByUserApp": "bankid.update_app",
	hintRisk:                "bankid.risk",
	HintBrowser:             "bankid.wrong_browser",
	HintUnreachable:         "bankid.unavailable",
}

// MessageKey gives the key of the text that a person should read. Codes that
// BankID has added since get a text that is true of every pending or failed order.
func MessageKey(status Status, hint string, mode Mode) string {
	switch status {
	case Complete:
		return "bankid.complete"
	case Failed:
		if key, ok := failedKeys[hint]; ok {
			return key
		}
		return "bankid.failed"
	case Pending:
		if hint == hintOutstanding && mode == Other {
			return "bankid.scan"
		}
		if key, ok := pendingKeys[hint]; ok {
			return key
		}
	}
	return "bankid.pending"
}

// ErrorKey gives the key of the text for a log-in that could not be begun.
func ErrorKey(err error) string {
	switch {
	case errors.Is(err, AlreadyInProgress):
		return "bankid.already_in_progress"
	case errors.Is(err, ErrFull):
		return "bankid.busy"
	default:
		return "bankid.unavailable"
	}
}
