package contract

import (
	"net/http"

	"lotsen/test/kit"
)

// takenBack holds messages and an end, takes back what can be, and is told what cannot.
func (w *walk) takenBack(anna, nurse *kit.Client, id string) {
	at := "/cases/" + id
	held := object{"id": w.id(), "body": "Wrong patient", "hold": 10}
	nurse.Want(w.T, http.StatusOK, "POST", at+"/held", held, nil)
	nurse.Want(w.T, http.StatusOK, "POST", at+"/held", held, nil)
	nurse.Want(w.T, http.StatusConflict, "POST", at+"/held", object{"id": held["id"], "body": "Right patient", "hold": 10}, nil)
	nurse.Want(w.T, http.StatusBadRequest, "POST", at+"/held", object{"id": w.id(), "body": "At once", "hold": 0}, nil)
	anna.Want(w.T, http.StatusForbidden, "POST", at+"/held", held, nil)
	nurse.Want(w.T, http.StatusOK, "GET", at+"/held", nil, nil)
	nurse.Want(w.T, http.StatusNoContent, "DELETE", at+"/held/"+held["id"].(string), nil, nil)
	anna.Want(w.T, http.StatusNotFound, "DELETE", at+"/held/"+held["id"].(string), nil, nil)
	said := object{"id": w.id(), "body": "How are you?", "hold": 10}
	nurse.Want(w.T, http.StatusOK, "POST", at+"/held", said, nil)
	nurse.Want(w.T, http.StatusOK, "POST", "/api/collections/messages/records", object{"id": w.id(), "case": id, "body": "And now?"}, nil)
	nurse.Want(w.T, http.StatusConflict, "DELETE", at+"/held/"+said["id"].(string), nil, nil)

	end := object{"outcome": "advice", "advice": "Rest.", "adviceSv": "Vila.", "hold": 10}
	nurse.Want(w.T, http.StatusOK, "POST", at+"/close", end, nil)
	nurse.Want(w.T, http.StatusConflict, "POST", at+"/close", object{"outcome": "booked", "advice": "Come.", "adviceSv": "Kom.", "hold": 10}, nil)
	anna.Want(w.T, http.StatusOK, "POST", "/api/collections/messages/records", object{"id": w.id(), "case": id, "body": "Wait"}, nil)
	nurse.Want(w.T, http.StatusOK, "GET", at+"/held", nil, nil) // the end was stopped, and is shown with its words
	nurse.Want(w.T, http.StatusNoContent, "DELETE", at+"/close", nil, nil)
	end["id"] = w.id()
	for range 2 {
		nurse.Want(w.T, http.StatusOK, "POST", at+"/close", end, nil)
	}
	nurse.Want(w.T, http.StatusConflict, "POST", at+"/close", object{"id": end["id"], "outcome": "advice", "advice": "Rest more.", "adviceSv": "Vila mer.", "hold": 10}, nil)
	nurse.Want(w.T, http.StatusNoContent, "DELETE", at+"/close", nil, nil)
	nurse.Want(w.T, http.StatusOK, "POST", at+"/close", end, nil)
}

// corrected amends the advice of a case that has ended, and opens it again.
func (w *walk) corrected(anna, nurse *kit.Client, id string) {
	at := "/cases/" + id
	nurse.Want(w.T, http.StatusConflict, "DELETE", at+"/close", nil, nil)
	advice := object{"advice": "Rest, and drink more.", "adviceSv": "Vila och drick mer.", "reason": "too little"}
	nurse.Want(w.T, http.StatusOK, "POST", at+"/amend", advice, nil)
	nurse.Want(w.T, http.StatusOK, "POST", at+"/amend", advice, nil)
	advice["reason"] = "again"
	nurse.Want(w.T, http.StatusBadRequest, "POST", at+"/amend", advice, nil)
	nurse.Want(w.T, http.StatusOK, "POST", at+"/reopen", object{"reason": "one more thing"}, nil)
	nurse.Want(w.T, http.StatusConflict, "POST", at+"/amend", advice, nil)
	for _, who := range []*kit.Client{anna, nurse} {
		who.Want(w.T, http.StatusOK, "GET", at+"/events", nil, nil)
		who.Want(w.T, http.StatusOK, "GET", "/api/collections/cases/records/"+id, nil, nil)
	}
	nurse.Want(w.T, http.StatusOK, "POST", at+"/close", object{"outcome": "advice", "advice": "Rest.", "adviceSv": "Vila."}, nil)
	anna.Want(w.T, http.StatusOK, "GET", at+"/print", nil, nil)
}
