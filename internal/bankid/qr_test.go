package bankid

import (
	"encoding/base64"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

func TestQRTextVectors(t *testing.T) {
	t.Parallel()
	const (
		guideline, guidelineKey = "67df3917-fa0d-44e5-b327-edcc928297f8", "d28db9a7-4cde-429e-a983-359be676944c"
		ours, oursKey           = "4c3e1a52-7b0d-4a6e-9f21-5d8c0b9a7e13", "0b5f2d7e-91c4-4e38-8a6b-2f3d1c0e9a77"
	)
	tests := []struct {
		token, secret string
		second        int
		want          string
	}{
		{guideline, guidelineKey, 0, "0.dc69358e712458a66a7525beef148ae8526b1c71610eff2c16cdffb4cdac9bf8"},
		{guideline, guidelineKey, 1, "1.949d559bf23403952a94d103e67743126381eda00f0b3cbddbf7c96b1adcbce2"},
		{guideline, guidelineKey, 2, "2.a9e5ec59cb4eee4ef4117150abc58fad7a85439a6a96ccbecc3668b41795b3f3"},
		{ours, oursKey, 0, "0.589a4ecbfd6ecd0b4b8450c0e7d701b66fbdc9cae92bac3afc2c03955c56cfb7"},
		{ours, oursKey, 1, "1.fea24343df042b96bacedf973e6f91d380422d8c0013c2247711ca438059c799"},
		{ours, oursKey, 9, "9.3583704fe0e2313d21ef2428bcc7f644ffa802f194ce81dd1f8a1dc5b33072bc"},
		{ours, oursKey, 10, "10.de7ebdb61da7219875ba32b9b0ee42d37dfd8896b1fadad69ae79cf2c6ce2eee"},
		{ours, oursKey, 29, "29.c87d87e8ee5f9e4ad6a84624e54378803850562d207b8ad95264cbe74b14e316"},
	}
	for _, test := range tests {
		got := QRText(test.token, test.secret, test.second)
		if want := "bankid." + test.token + "." + test.want; got != want {
			t.Errorf("second %d:\n got %s\nwant %s", test.second, got, want)
		}
	}
	// What comes out when the key is the secret's sixteen bytes, or the second is padded.
	for second, wrong := range []string{"7c2d6979708e", "ccca18c82994"} {
		if strings.Contains(QRText(ours, oursKey, second), wrong) {
			t.Errorf("second %d has a well-known wrong answer", second)
		}
	}
}

func TestMovingQRCountsWholeSeconds(t *testing.T) {
	t.Parallel()
	since := realNow()
	code := movingQR{token: "t", secret: "s", since: since}
	tests := map[time.Duration]int{
		-time.Second: 0, 0: 0, 999 * time.Millisecond: 0, time.Second: 1, 1999 * time.Millisecond: 1, 29500 * time.Millisecond: 29,
	}
	for after, second := range tests {
		if got, want := code.at(since.Add(after)), QRText("t", "s", second); got != want {
			t.Errorf("after %v: %s; want second %d", after, got, second)
		}
	}
}

func TestQRImageIsAnSVGWithMargin(t *testing.T) {
	t.Parallel()
	image, err := QRImage(QRText("4c3e1a52-7b0d-4a6e-9f21-5d8c0b9a7e13", "s", 12))
	if err != nil {
		t.Fatal(err)
	}
	data, ok := strings.CutPrefix(image, "data:image/svg+xml;base64,")
	if !ok {
		t.Fatalf("starts with %.40s; want a data URL of an SVG", image)
	}
	svg, err := base64.StdEncoding.DecodeString(data)
	if err != nil {
		t.Fatal(err)
	}
	for d := xml.NewDecoder(strings.NewReader(string(svg))); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("no well-formed XML: %v", err)
		}
	}
	// The finder pattern's upper edge: seven black modules, behind a margin of four.
	if !strings.Contains(string(svg), `d="M4 4h7v1h-7z`) {
		t.Error("the first black run is not a finder pattern behind four modules of white")
	}
	if len(image) > 16<<10 {
		t.Errorf("%d bytes; want a small picture", len(image))
	}
	if _, err := QRImage(strings.Repeat("x", 5000)); err == nil {
		t.Error("a text that fits in no QR code was drawn")
	}
}
