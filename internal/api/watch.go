package api

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/records"
)

// watchFor is how long a watch token holds, in real time like every token.
const watchFor = 12 * time.Hour

const watchPrefix = "watch."

// NewWatch makes a token that reads only the place, the state and "your turn" of one case. It is for a waiting page that has been locked
// for so long that the log-in is over.
func NewWatch(app core.App, caseID string, until time.Time) (string, error) {
	key, err := watchKey(app)
	if err != nil {
		return "", err
	}
	body := binary.BigEndian.AppendUint64([]byte(caseID), uint64(until.Unix())) //nolint:gosec // times before 1970 do not come here
	return watchPrefix + base64.RawURLEncoding.EncodeToString(append(body, sign(key, body)...)), nil
}

// ReadWatch reads a watch token: the case, and until when it holds at now. It is false for anything else.
func ReadWatch(app core.App, token string, now time.Time) (caseID string, until time.Time, ok bool) {
	text, found := strings.CutPrefix(token, watchPrefix)
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if !found || err != nil || len(raw) != 15+8+sha256.Size {
		return "", time.Time{}, false
	}
	key, err := watchKey(app)
	if err != nil || !hmac.Equal(raw[23:], sign(key, raw[:23])) {
		return "", time.Time{}, false
	}
	until = time.Unix(int64(binary.BigEndian.Uint64(raw[15:23])), 0) //nolint:gosec // written by NewWatch
	return string(raw[:15]), until, now.Before(until)
}

// watchKey is bound to the secret of the patients' tokens: a new secret ends these tokens too.
func watchKey(app core.App) ([]byte, error) {
	c, err := app.FindCachedCollectionByNameOrId(records.Patients)
	if err != nil {
		return nil, fmt.Errorf("find key of watch tokens: %w", err)
	}
	return sign([]byte(c.AuthToken.Secret), []byte("lotsen watch token 1")), nil
}

func sign(key, body []byte) []byte {
	m := hmac.New(sha256.New, key)
	m.Write(body)
	return m.Sum(nil)
}
