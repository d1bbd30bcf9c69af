package contract

import (
	"bufio"
	"bytes"
	"image"
	"image/jpeg"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"time"

	"lotsen/test/kit"
)

// form sends a form of fields and one picture.
func (w *walk) form(c *kit.Client, method, path string, fields map[string]string, file string, out any) {
	w.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, value := range fields {
		if err := form.WriteField(name, value); err != nil {
			w.Fatal(err)
		}
	}
	part, err := form.CreateFormFile(file, "photo.jpg")
	if err != nil {
		w.Fatal(err)
	}
	if err := jpeg.Encode(part, image.NewRGBA(image.Rect(0, 0, 40, 30)), nil); err != nil {
		w.Fatal(err)
	}
	if err := form.Close(); err != nil {
		w.Fatal(err)
	}
	r, err := http.NewRequestWithContext(w.Context(), method, w.proxy+path, &body)
	if err != nil {
		w.Fatal(err)
	}
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Authorization", c.Token)
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		w.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // read to its end
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		w.Fatal(err)
	}
	answer := kit.Answer{Status: response.StatusCode, Body: raw}
	if !answer.OK() {
		w.Fatalf("%s %s: %d %s", method, path, answer.Status, raw)
	}
	if out != nil {
		if err := answer.Into(out); err != nil {
			w.Fatal(err)
		}
	}
}

// beforeTheQueue opens a case that never joins, with a photo, and is refused in every way that can be refused.
func (w *walk) beforeTheQueue(anna *kit.Client) {
	anna.Want(w.T, http.StatusOK, "GET", "/me", nil, nil)
	anna.Want(w.T, http.StatusOK, "PUT", "/me", object{"phone": kit.Phone, "language": "en"}, nil)
	anna.Want(w.T, http.StatusBadRequest, "PUT", "/me", object{"phone": "112", "shoe": 42}, nil)
	anna.Want(w.T, http.StatusBadRequest, "POST", "/cases", object{"region": "nowhere", "complaint": "sore_throat"}, nil)
	anna.Want(w.T, http.StatusUnprocessableEntity, "POST", "/cases", object{
		"region": "demo", "complaint": "fever", "dependant": object{"personalNumber": kit.Teen, "guardian": true},
	}, nil)
	rash := w.open(anna, "rash", nil)
	at := "/cases/" + rash
	anna.Want(w.T, http.StatusConflict, "POST", "/cases", object{"region": "demo", "complaint": "rash"}, nil)
	w.form(anna, "PUT", "/api/lotsen/v1"+at+"/answers/photo", nil, "file", nil)
	anna.Want(w.T, http.StatusBadRequest, "PUT", at+"/answers/rf_now", object{"value": 7}, nil)
	anna.Want(w.T, http.StatusOK, "GET", at+"/step", nil, nil)
	anna.Want(w.T, http.StatusOK, "POST", at+"/freetext", object{"text": "It itches"}, nil)
	anna.Want(w.T, http.StatusOK, "POST", at+"/freetext", object{"text": "chest pain"}, nil)
	var worse struct{ Questions []question }
	anna.Want(w.T, http.StatusOK, "GET", at+"/worse", nil, &worse)
	answers := object{}
	for _, q := range worse.Questions {
		q.Required = true
		answers[q.ID] = q.mild()
	}
	anna.Want(w.T, http.StatusBadRequest, "POST", at+"/worse", object{"answers": object{}}, nil)
	anna.Want(w.T, http.StatusOK, "POST", at+"/worse", object{"answers": answers}, nil)
	anna.Want(w.T, http.StatusConflict, "POST", at+"/here", nil, nil)
	anna.Want(w.T, http.StatusNotFound, "GET", "/cases/nobodysnobodysn/step", nil, nil)
	w.records(anna, "answers", rash)
}

// records lists a collection's rows of a case and views the first of them.
func (w *walk) records(who *kit.Client, collection, theCase string) {
	w.Helper()
	var list struct{ Items []struct{ ID string } }
	path := "/api/collections/" + collection + "/records"
	who.Want(w.T, http.StatusOK, "GET", path+"?sort=seq&filter="+url.QueryEscape(`case="`+theCase+`"`), nil, &list)
	if len(list.Items) == 0 {
		w.Fatalf("%s of the case: none", collection)
	}
	who.Want(w.T, http.StatusOK, "GET", path+"/"+list.Items[0].ID, nil, nil)
	who.Want(w.T, http.StatusNotFound, "GET", path+"/nobodysnobodysn", nil, nil)
}

// inLine looks at the place, leaves and comes back.
func (w *walk) inLine(anna *kit.Client, id string) {
	var place struct{ Watch string }
	anna.Want(w.T, http.StatusOK, "GET", "/cases/"+id+"/queue", nil, &place)
	watching := w.at(&kit.Client{Token: place.Watch})
	watching.Want(w.T, http.StatusOK, "GET", "/cases/"+id+"/queue", nil, nil)
	watching.Want(w.T, http.StatusUnauthorized, "GET", "/cases/"+id+"/step", nil, nil)
	anna.Want(w.T, http.StatusOK, "DELETE", "/cases/"+id+"/queue", nil, nil)
	anna.Want(w.T, http.StatusOK, "POST", "/cases/"+id+"/queue", object{"phone": kit.Phone, "interpreter": true}, nil)
	anna.Want(w.T, http.StatusForbidden, "POST", "/cases/"+id+"/claim", object{"reason": "mine"}, nil)
}

func (w *walk) queues(nurse *kit.Client, queue string) {
	at := "/queues/" + queue
	nurse.Want(w.T, http.StatusOK, "GET", "/me", nil, nil)
	nurse.Want(w.T, http.StatusNoContent, "PUT", at+"/duty", object{"on": true}, nil)
	nurse.Want(w.T, http.StatusOK, "GET", at+"/cases?limit=1", nil, nil)
	nurse.Want(w.T, http.StatusBadRequest, "GET", at+"/cases?limit=201", nil, nil)
	nurse.Want(w.T, http.StatusOK, "GET", at+"/staff", nil, nil)
	nurse.Want(w.T, http.StatusForbidden, "GET", at+"/unjoined", nil, nil)
	lead := w.staff("lead@demo.test")
	lead.Want(w.T, http.StatusOK, "GET", at+"/unjoined", nil, nil)
	soon := time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
	nurse.Want(w.T, http.StatusForbidden, "PUT", at+"/state", object{"paused": true, "until": soon}, nil)
	lead.Want(w.T, http.StatusBadRequest, "PUT", at+"/state", object{"paused": true}, nil)
	lead.Want(w.T, http.StatusNoContent, "PUT", at+"/state", object{"capToday": 0, "message": "Vi är färre idag.", "until": soon}, nil)
	lead.Want(w.T, http.StatusOK, "GET", "/queues", nil, nil)
	lead.Want(w.T, http.StatusNoContent, "PUT", at+"/state", object{"capToday": nil}, nil)
	nurse.Want(w.T, http.StatusOK, "GET", at+"/held", nil, nil)
	south := w.staff("south@demo.test")
	south.Want(w.T, http.StatusNotFound, "POST", at+"/next", object{}, nil)
	south.Want(w.T, http.StatusNoContent, "POST", "/queues/"+w.queueOf(south)+"/next", object{}, nil)
}

func (w *walk) taken(anna, nurse *kit.Client, id, queue string) {
	at := "/cases/" + id
	nurse.Want(w.T, http.StatusOK, "PUT", at+"/level", object{"level": 3, "reason": "sounds worse"}, nil)
	nurse.Want(w.T, http.StatusBadRequest, "PUT", at+"/level", object{"level": 6}, nil)
	take := w.id()
	nurse.Want(w.T, http.StatusOK, "POST", "/queues/"+queue+"/next", object{"take": take}, nil)
	nurse.Want(w.T, http.StatusOK, "POST", "/queues/"+queue+"/next", object{"take": take}, nil)
	w.staff("doctor@demo.test").Want(w.T, http.StatusConflict, "POST", at+"/claim", object{"reason": "known to me"}, nil)
	anna.Want(w.T, http.StatusOK, "POST", at+"/hold", object{}, nil)
	anna.Want(w.T, http.StatusNoContent, "POST", at+"/here", nil, nil)
	nurse.Want(w.T, http.StatusOK, "POST", at+"/phonecall", object{"answered": true}, nil)
	nurse.Want(w.T, http.StatusOK, "GET", at+"/summary", nil, nil)
	nurse.Want(w.T, http.StatusOK, "POST", "/cases/search", object{"personalNumber": kit.Anna, "reason": "rang us"}, nil)
}

func (w *walk) talk(anna, nurse *kit.Client, id string) {
	at, messages := "/cases/"+id, "/api/collections/messages/records"
	say := object{"id": w.id(), "case": id, "body": "Good morning"}
	nurse.Want(w.T, http.StatusOK, "POST", messages, say, nil)
	nurse.Want(w.T, http.StatusOK, "POST", messages, say, nil)
	nurse.Want(w.T, http.StatusConflict, "POST", messages, object{"id": say["id"], "case": id, "body": "Good evening"}, nil)
	nurse.Want(w.T, http.StatusOK, "POST", messages, object{"id": w.id(), "case": id, "kind": "note", "body": "calm", "mentions": []string{nurse.ID}}, nil)
	anna.Want(w.T, http.StatusBadRequest, "POST", messages, object{"id": w.id(), "case": id}, nil)
	anna.Want(w.T, http.StatusBadRequest, "POST", messages, object{"id": w.id(), "case": id, "body": " \n"}, nil)
	anna.Want(w.T, http.StatusBadRequest, "POST", messages, object{"id": w.id(), "case": id, "body": strings.Repeat("x", 4001)}, nil)
	var sent struct {
		ID    string
		Files []string
	}
	w.form(anna, "POST", messages, map[string]string{"id": w.id(), "case": id, "body": "See"}, "files", &sent)
	if len(sent.Files) != 1 {
		w.Fatalf("the message holds %d files, want 1", len(sent.Files))
	}
	var file struct{ Token string }
	anna.Want(w.T, http.StatusOK, "POST", "/api/files/token", nil, &file)
	anna.Want(w.T, http.StatusOK, "GET", "/api/files/messages/"+sent.ID+"/"+sent.Files[0]+"?token="+file.Token, nil, nil)
	anna.Want(w.T, http.StatusNotFound, "GET", "/api/files/messages/"+sent.ID+"/"+sent.Files[0], nil, nil)
	anna.Want(w.T, http.StatusNoContent, "POST", at+"/typing", object{"on": true}, nil)
	anna.Want(w.T, http.StatusNoContent, "PUT", at+"/read", object{"upTo": 1}, nil)
	nurse.Want(w.T, http.StatusNoContent, "PUT", at+"/read", object{"upTo": 2, "freetext": true}, nil)
	for _, who := range []*kit.Client{anna, nurse} {
		w.records(who, "messages", id)
		who.Want(w.T, http.StatusOK, "GET", at+"/events", nil, nil)
		who.Want(w.T, http.StatusOK, "GET", "/api/collections/cases/records", nil, nil)
		who.Want(w.T, http.StatusOK, "GET", "/api/collections/cases/records/"+id, nil, nil)
	}
}

// listen holds a realtime connection until each of the caller's topics has told something.
func (w *walk) listen(anna, nurse *kit.Client, id, queue string) {
	r, err := http.NewRequestWithContext(w.Context(), "GET", w.proxy+"/api/realtime", nil)
	if err != nil {
		w.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		w.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // it has no end
	lines := bufio.NewScanner(response.Body)
	told := func(wanted ...string) {
		missing := map[string]bool{}
		for _, part := range wanted {
			missing[part] = true
		}
		for len(missing) > 0 && lines.Scan() {
			delete(missing, strings.TrimPrefix(lines.Text(), "event:"))
		}
		if len(missing) > 0 {
			w.Fatalf("the connection ended before it told %v: %v", missing, lines.Err())
		}
	}
	lines.Scan() // the first line is the id of the connection
	client := strings.TrimPrefix(lines.Text(), "id:")
	told("PB_CONNECT")
	topics := []string{"lotsen/cases/" + id, "lotsen/queues/" + queue, "lotsen/staff/" + nurse.ID}
	foreign := "lotsen/queues/nobodysnobodysn"
	nurse.Want(w.T, http.StatusNoContent, "POST", "/api/realtime", object{"clientId": client, "subscriptions": append(topics, foreign)}, nil)
	told(foreign)
	anna.Want(w.T, http.StatusOK, "POST", "/api/collections/messages/records", object{"id": w.id(), "case": id, "body": "Hello"}, nil)
	told(topics...)
	nurse.Want(w.T, http.StatusNotFound, "POST", "/api/realtime", object{"clientId": "nobody"}, nil)
}

func (w *walk) ended(anna, nurse *kit.Client, id string) {
	at := "/cases/" + id
	nurse.Want(w.T, http.StatusOK, "POST", at+"/pause", object{"until": time.Now().Add(time.Hour).UTC().Format(time.RFC3339)}, nil)
	nurse.Want(w.T, http.StatusBadRequest, "POST", at+"/pause", object{"until": "tomorrow"}, nil)
	nurse.Want(w.T, http.StatusOK, "POST", at+"/resume", nil, nil)
	nurse.Want(w.T, http.StatusBadRequest, "POST", at+"/close", object{"outcome": "advice"}, nil)
	nurse.Want(w.T, http.StatusOK, "POST", at+"/close", object{
		"outcome": "advice", "advice": "Rest, and drink.", "adviceSv": "Vila och drick.", "levelWas": "right", "followUp": "none",
	}, nil)
	anna.Want(w.T, http.StatusNoContent, "POST", at+"/feedback", object{"rating": 5, "text": "Thanks"}, nil)
	anna.Want(w.T, http.StatusConflict, "POST", at+"/feedback", object{"rating": 1}, nil)
	anna.Want(w.T, http.StatusOK, "GET", at+"/print", nil, nil)
	anna.Want(w.T, http.StatusOK, "GET", at+"/readers", nil, nil)
	nurse.Want(w.T, http.StatusOK, "GET", at+"/summary", nil, nil)
}

// otherWays take a case out of turn, give it back, miss its patient, and hand it over.
func (w *walk) otherWays(nurse *kit.Client, queue string) {
	bo := w.patient(kit.Bo, "Bo")
	id := w.wait(bo, "eye")
	at := "/cases/" + id
	nurse.Want(w.T, http.StatusOK, "POST", at+"/claim", object{"reason": "known to me"}, nil)
	nurse.Want(w.T, http.StatusOK, "POST", at+"/release", object{"reason": "lunch"}, nil)
	nurse.Want(w.T, http.StatusOK, "POST", "/queues/"+queue+"/next", nil, nil)
	nurse.Want(w.T, http.StatusOK, "POST", at+"/noshow", nil, nil)
	nurse.Want(w.T, http.StatusOK, "POST", at+"/claim", object{"reason": "again"}, nil)
	nurse.Want(w.T, http.StatusBadRequest, "POST", at+"/transfer", object{"note": "to whom?"}, nil)
	south := w.queueOf(w.staff("south@demo.test"))
	nurse.Want(w.T, http.StatusNoContent, "POST", at+"/transfer", object{"queue": south, "note": "lives in the south"}, nil)
	nurse.Want(w.T, http.StatusNotFound, "GET", at+"/summary", nil, nil)
}

// guarded opens a case for a child and has the guardian verified.
func (w *walk) guarded(nurse *kit.Client) {
	parent := w.patient(kit.Anna, "Anna Andersson")
	id := w.open(parent, "fever", object{"dependant": object{"personalNumber": kit.Child, "name": "Kim", "guardian": true}})
	parent.Want(w.T, http.StatusOK, "POST", "/cases/"+id+"/queue", object{}, nil)
	nurse.Want(w.T, http.StatusOK, "POST", "/cases/"+id+"/claim", object{"reason": "a child"}, nil)
	nurse.Want(w.T, http.StatusBadRequest, "PUT", "/cases/"+id+"/guardian", object{}, nil)
	nurse.Want(w.T, http.StatusOK, "PUT", "/cases/"+id+"/guardian", object{"verified": true}, nil)
	nurse.Want(w.T, http.StatusOK, "GET", "/cases/"+id+"/summary", nil, nil)
}
