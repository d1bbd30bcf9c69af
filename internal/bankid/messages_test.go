package bankid

import (
	"errors"
	"testing"
)

func TestMessageKey(t *testing.T) {
	t.Parallel()
	tests := []struct {
		status Status
		hint   string
		mode   Mode
		want   string
	}{
		{Pending, "outstandingTransaction", Other, "bankid.scan"},
		{Pending, "outstandingTransaction", Same, "bankid.opening"},
		{Pending, "noClient", Same, "bankid.open_app"},
		{Pending, "started", Same, "bankid.started"},
		{Pending, "userMrtd", Other, "bankid.user_mrtd"},
		{Pending, "userCallConfirm", Other, "bankid.user_call_confirm"},
		{Pending, "userSign", Other, "bankid.user_sign"},
		{Pending, HintReturn, Same, "bankid.return"},
		{Pending, "somethingNew", Other, "bankid.pending"},
		{Pending, "", Other, "bankid.pending"},
		{Failed, "expiredTransaction", Other, "bankid.expired"},
		{Failed, "certificateErr", Other, "bankid.certificate"},
		{Failed, "userCancel", Same, "bankid.user_cancel"},
		{Failed, "cancelled", Other, "bankid.cancelled"},
		{Failed, "startFailed", Same, "bankid.start_failed"},
		{Failed, "userDeclinedCall", Other, "bankid.declined_call"},
		{Failed, "notSupportedByUserApp", Same, "bankid.update_app"},
		{Failed, "transactionRiskBlocked", Other, "bankid.risk"},
		{Failed, HintBrowser, Same, "bankid.wrong_browser"},
		{Failed, HintUnreachable, Other, "bankid.unavailable"},
		{Failed, HintLost, Other, "bankid.failed"},
		{Failed, "userSign", Other, "bankid.failed"}, // a pending code on a failed order
		{Failed, "somethingNew", Other, "bankid.failed"},
		{Complete, "", Other, "bankid.complete"},
	}
	for _, test := range tests {
		if got := MessageKey(test.status, test.hint, test.mode); got != test.want {
			t.Errorf("%s %q %s: %s; want %s", test.status, test.hint, test.mode, got, test.want)
		}
	}
}

func TestErrorKey(t *testing.T) {
	t.Parallel()
	tests := map[string]error{
		"bankid.already_in_progress": &Error{Code: AlreadyInProgress},
		"bankid.busy":                ErrFull,
		"bankid.unavailable":         errors.New("connection refused"),
	}
	for want, err := range tests {
		if got := ErrorKey(err); got != want {
			t.Errorf("%v: %s; want %s", err, got, want)
		}
	}
}
