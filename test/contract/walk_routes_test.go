package contract

import "net/http"

// routes asks where an errand would go, as those who may and those who may not.
func (w *walk) routes() {
	const try = "/admin/routes/try"
	lead, nurse := w.staff("lead@demo.test"), w.staff("nurse@demo.test")
	fever := object{"region": "demo", "unit": "norrvik", "complaint": "fever", "level": 3, "age": 41, "at": "2026-11-25T18:30:00Z"}
	lead.Want(w.T, http.StatusOK, "POST", try, fever, nil)
	w.superuser().Want(w.T, http.StatusOK, "POST", try, fever, nil)
	nurse.Want(w.T, http.StatusForbidden, "POST", try, fever, nil)
	w.at(w.demo.Guest()).Want(w.T, http.StatusUnauthorized, "POST", try, fever, nil)
	lead.Want(w.T, http.StatusBadRequest, "POST", try, object{"region": "nowhere", "level": 9}, nil)
}
