package contract

import (
	"net/http"

	"lotsen/test/kit"
)

// remarks writes to support and of the care, and lets each be answered by who answers it.
func (w *walk) remarks(anna *kit.Client, theCase string) {
	ask := object{"id": w.id(), "text": "The app hangs and I have chest pain", "page": "queue"}
	anna.Want(w.T, http.StatusOK, "POST", "/support", ask, nil)
	anna.Want(w.T, http.StatusOK, "POST", "/support", ask, nil)
	anna.Want(w.T, http.StatusConflict, "POST", "/support", object{"id": ask["id"], "text": "It does not"}, nil)
	anna.Want(w.T, http.StatusBadRequest, "POST", "/support", object{"page": "queue"}, nil)
	view := object{"id": w.id(), "case": theCase, "text": "That was quick"}
	anna.Want(w.T, http.StatusOK, "POST", "/views", view, nil)
	anna.Want(w.T, http.StatusOK, "POST", "/views", object{"text": "And kind", "region": "demo", "unit": "soder"}, nil)
	anna.Want(w.T, http.StatusBadRequest, "POST", "/views", object{"text": "And so on", "region": "nowhere"}, nil)

	admin := w.superuser()
	lead := w.staff("lead@demo.test")
	for _, door := range []struct {
		who         *kit.Client
		list, toSay string
		id          any
	}{{admin, "/admin/support", "/admin/support/", ask["id"]}, {lead, "/views/unit", "/views/", view["id"]}} {
		door.who.Want(w.T, http.StatusOK, "GET", door.list, nil, nil)
		door.who.Want(w.T, http.StatusBadRequest, "GET", door.list+"?state=lost", nil, nil)
		at := door.toSay + door.id.(string) + "/answer"
		anna.Want(w.T, http.StatusForbidden, "POST", at, object{"text": "Thanks"}, nil)
		door.who.Want(w.T, http.StatusBadRequest, "POST", at, object{}, nil)
		door.who.Want(w.T, http.StatusOK, "POST", at, object{"text": "Thanks"}, nil)
		door.who.Want(w.T, http.StatusConflict, "POST", at, object{"text": "No thanks"}, nil)
		door.who.Want(w.T, http.StatusOK, "GET", door.list+"?state=answered", nil, nil)
		door.who.Want(w.T, http.StatusNotFound, "POST", door.toSay+"nobodysnobodysn/answer", object{"text": "x"}, nil)
	}
	anna.Want(w.T, http.StatusOK, "GET", "/support", nil, nil)
	anna.Want(w.T, http.StatusOK, "GET", "/views", nil, nil)
}

// superuser logs in to the dashboard, which is no part of the contract, and comes back by way of the proxy.
func (w *walk) superuser() *kit.Client {
	w.Helper()
	var in struct{ Token string }
	guest := w.demo.Guest()
	guest.Want(w.T, http.StatusOK, "POST", "/api/collections/_superusers/auth-with-password",
		map[string]string{"identity": "admin@demo.test", "password": kit.Password}, &in)
	guest.Token = in.Token
	return w.at(guest)
}
