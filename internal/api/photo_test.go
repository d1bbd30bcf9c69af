package api_test

import (
	"bytes"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"lotsen/internal/access"
	"lotsen/internal/records"
	"lotsen/internal/uploads"
	"lotsen/test/kit"
)

func picture(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := png.Encode(&out, image.NewRGBA(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// photo sends files as a form, each under a name of a field.
func (w *world) photo(t *testing.T, who access.Who, path string, files ...[]byte) response {
	t.Helper()
	return w.form(t, who, path, "file", files...)
}

func (w *world) form(t *testing.T, who access.Who, path, field string, files ...[]byte) response {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for _, content := range files {
		part, err := form.CreateFormFile(field, "Anna Andersson hals.png")
		if err == nil {
			_, err = part.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	return w.send(t, w.token(t, who), "PUT", path, &body, "Content-Type", form.FormDataContentType())
}

func TestAPhotoWhileWaiting(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna, c := w.Waiting(t, kit.Anna)
	step := w.call(t, anna, "GET", "/cases/"+c.Id+"/step", nil)
	if step.at("question", "id") != "photo" || step.at("progress", "expected") != 1.0 {
		t.Fatalf("who waits is asked %s, want for the photo", step.raw)
	}
	path := "/cases/" + c.Id + "/answers/photo"
	a := w.photo(t, anna, path, picture(t))
	a.want(t, http.StatusOK)
	if a.at("step", "decision") == nil {
		t.Errorf("after the last later question the step is %s, want the decision", a.raw)
	}
	rows, err := records.AnswersOf(w.App, c.Id)
	if err != nil {
		t.Fatal(err)
	}
	kept := rows[len(rows)-1]
	if files := kept.Files(); len(files) != 1 || string(kept.Value()) != encoded(t, files) || strings.Contains(files[0], "nna") {
		t.Errorf("the answer is %s with files %v, want their names, and not the sender's", kept.Value(), files)
	}
	if !w.Case(t, c.Id).HasPhoto() {
		t.Error("the case has no mark of the photo")
	}
	w.photo(t, anna, path, picture(t), picture(t), picture(t)).want(t, http.StatusOK)
	w.call(t, anna, "PUT", path, object{"value": nil}).want(t, http.StatusOK)
}

func TestPhotosThatAreNoPhotos(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	anna, c := w.Waiting(t, kit.Anna)
	path := "/cases/" + c.Id + "/answers/photo"
	seq := w.Case(t, c.Id).Seq()
	pdf := []byte("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")
	p := picture(t)
	w.photo(t, anna, path).want(t, http.StatusBadRequest, "file", "validation_required")
	w.photo(t, anna, path, []byte("hello")).want(t, http.StatusBadRequest, "file", "file_unsupported_type")
	w.photo(t, anna, path, nil).want(t, http.StatusBadRequest, "file", "file_empty")
	w.photo(t, anna, path, p[:len(p)/2]).want(t, http.StatusBadRequest, "file", "file_damaged")
	w.photo(t, anna, path, pdf).want(t, http.StatusBadRequest, "file", "file_not_photo")
	w.photo(t, anna, path, p, p, p, p).want(t, http.StatusBadRequest, "file", "validation_too_many")
	w.photo(t, anna, path, make([]byte, uploads.MaxBytes+1)).want(t, http.StatusRequestEntityTooLarge)
	w.form(t, anna, path, "image", p).want(t, http.StatusBadRequest, "image", "validation_unknown_field")
	w.call(t, anna, "PUT", path, object{"value": []string{"a.png"}}).want(t, http.StatusBadRequest, "value", "validation_invalid_type")
	w.send(t, w.token(t, anna), "PUT", path, strings.NewReader("x"), "Content-Type", "multipart/form-data; boundary=b").want(t, http.StatusBadRequest)
	w.photo(t, anna, "/cases/"+c.Id+"/answers/rf_now", p).want(t, http.StatusUnsupportedMediaType)
	w.photo(t, w.Person(t, kit.Bo, "Bo Berg"), path, []byte("hello")).want(t, http.StatusNotFound)
	if now := w.Case(t, c.Id).Seq(); now != seq {
		t.Errorf("refused photos have moved the case from event %d to %d", seq, now)
	}
}
