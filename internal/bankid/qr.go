package bankid

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"rsc.io/qr"
)

// movingQR is the source of an order's QR code, which changes every second.
type movingQR struct {
	token  string
	secret string
	since  time.Time // when the answer to auth arrived
}

// at gives the text to draw at a moment. A clock that stands before the start counts as the start.
func (q movingQR) at(now time.Time) string {
	return QRText(q.token, q.secret, max(0, int(now.Sub(q.since)/time.Second)))
}

// QRText is what an order's QR code says in the given second after the answer
// to auth: bankid.TOKEN.SECOND.AUTH, where AUTH is the lower-case hexadecimal
// HMAC-SHA256 of the second in decimal, keyed with the secret's own letters,
// hyphens included.
func QRText(token, secret string, second int) string {
	t := strconv.Itoa(second)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(t))
	return "bankid." + token + "." + t + "." + hex.EncodeToString(mac.Sum(nil))
}

// quiet is the white margin that readers need, in modules.
const quiet = 4

// QRImage draws a QR text as an SVG data URL, black on white with its margin,
// for clients that cannot draw it themselves. It must not be inverted in dark mode.
func QRImage(text string) (string, error) {
	code, err := qr.Encode(text, qr.L)
	if err != nil {
		return "", fmt.Errorf("bankid: drawing a QR code: %w", err)
	}
	side := code.Size + 2*quiet
	var svg strings.Builder
	fmt.Fprintf(&svg, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" shape-rendering="crispEdges">`, side, side)
	svg.WriteString(`<path fill="#fff" d="M0 0h`)
	fmt.Fprintf(&svg, `%dv%dH0z"/><path d="`, side, side)
	for y := range code.Size {
		drawRow(&svg, code, y)
	}
	svg.WriteString(`"/></svg>`)
	return "data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString([]byte(svg.String())), nil
}

// drawRow writes each run of black modules as one rectangle.
func drawRow(svg *strings.Builder, code *qr.Code, y int) {
	for x := 0; x < code.Size; x++ {
		run := 0
		for x+run < code.Size && code.Black(x+run, y) {
			run++
		}
		if run > 0 {
			fmt.Fprintf(svg, "M%d %dh%dv1h-%dz", x+quiet, y+quiet, run, run)
			x += run
		}
	}
}
