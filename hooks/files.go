package hooks

import (
	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/records"
)

// guardFile lets nobody keep what is shown to them: a file of a case is stored by no cache, and a browser that opens it runs nothing of it.
// PocketBase has asked the record's view rule by now.
func guardFile(e *core.FileDownloadRequestEvent) error {
	if e.HasSuperuserAuth() && isPatientData(e.Collection.Name) {
		return guardSuperusers(e.RequestEvent)
	}
	h := e.Response.Header()
	h.Set("Cache-Control", "private, no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Resource-Policy", "same-site")
	h.Set("Referrer-Policy", "no-referrer")
	return e.Next()
}

func isPatientData(collection string) bool {
	for _, name := range records.OfPatients() {
		if name == collection {
			return true
		}
	}
	return false
}
