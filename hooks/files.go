package hooks

import (
	"net/http"
	"slices"

	"lotsen/internal/records"
)

// keepNowhere lets nobody keep what is shown to them: a file of a case is stored by no cache, and a browser that opens it runs nothing of it.
func keepNowhere(h http.Header) {
	h.Set("Cache-Control", "private, no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Resource-Policy", "same-site")
	h.Set("Referrer-Policy", "no-referrer")
}

func isPatientData(collection string) bool {
	return slices.Contains(records.OfPatients(), collection)
}
