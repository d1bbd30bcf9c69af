package contract

import (
	"net/http"
	"strconv"

	"lotsen/test/kit"
)

// admins break the glass, and go through a month of the access log.
func (w *walk) admins(anna *kit.Client, theCase string) {
	admin, lead := w.superuser(), w.staff("lead@demo.test")
	list, dashboard := "/api/collections/cases/records", &kit.Client{At: w.demo.URL, Token: admin.Token} // the contract tells of apps
	dashboard.Want(w.T, http.StatusForbidden, "GET", list, nil, nil)
	admin.Want(w.T, http.StatusBadRequest, "POST", "/admin/breakglass", object{"reason": "too short"}, nil)
	lead.Want(w.T, http.StatusForbidden, "POST", "/admin/breakglass", object{"reason": "a look at attachments"}, nil)
	admin.Want(w.T, http.StatusOK, "POST", "/admin/breakglass", object{"reason": "a look at attachments", "case": theCase}, nil)
	dashboard.Want(w.T, http.StatusOK, "GET", list, nil, nil)
	admin.Want(w.T, http.StatusOK, "GET", "/cases/"+theCase+"/events", nil, nil)
	admin.Want(w.T, http.StatusOK, "GET", "/cases/"+theCase+"/summary", nil, nil)
	admin.Want(w.T, http.StatusOK, "GET", "/admin/breakglass", nil, nil)
	admin.Want(w.T, http.StatusNoContent, "DELETE", "/admin/breakglass", nil, nil)
	anna.Want(w.T, http.StatusOK, "GET", "/cases/"+theCase+"/readers", nil, nil)

	lead.Want(w.T, http.StatusOK, "GET", "/admin/audit/head", nil, nil)
	lead.Want(w.T, http.StatusBadRequest, "POST", "/admin/audit/reviews", object{"month": "2999-01"}, nil)
	w.demo.Advance(w.T, 32*24*60*60*1e9) // the month is over
	month := w.month()
	var made struct{ Review struct{ ID string } }
	lead.Want(w.T, http.StatusOK, "POST", "/admin/audit/reviews", object{"month": month, "unit": "norrvik"}, &made)
	lead.Want(w.T, http.StatusOK, "GET", "/admin/audit/reviews", nil, nil)
	at := "/admin/audit/reviews/" + made.Review.ID
	var seen struct{ Rows []struct{ Nr int } }
	lead.Want(w.T, http.StatusOK, "GET", at, nil, &seen)
	lead.Want(w.T, http.StatusNotFound, "GET", "/admin/audit/reviews/nobodysnobodysn", nil, nil)
	if len(seen.Rows) == 0 {
		w.Fatal("nothing of the month was picked")
	}
	lead.Want(w.T, http.StatusConflict, "POST", at+"/sign", nil, nil)
	for _, row := range seen.Rows {
		judged := object{"verdict": "ask", "comment": "Why?"}
		answer, err := lead.Do(w.Context(), "PUT", at+"/rows/"+strconv.Itoa(row.Nr), judged)
		if err != nil {
			w.Fatal(err)
		}
		if answer.Status == http.StatusForbidden { // a look of her own
			admin.Want(w.T, http.StatusOK, "PUT", at+"/rows/"+strconv.Itoa(row.Nr), judged, nil)
		}
	}
	admin.Want(w.T, http.StatusOK, "POST", at+"/sign", nil, nil)
	lead.Want(w.T, http.StatusConflict, "POST", at+"/sign", nil, nil)
}

// month is that of the first look that staff have taken, by the demo's clock.
func (w *walk) month() string {
	w.Helper()
	var list struct{ Items []struct{ At string } }
	w.superuser().Want(w.T, http.StatusOK, "GET", "/admin/breakglass", nil, &list)
	return list.Items[0].At[:7]
}
