package pb_migrations

import "github.com/pocketbase/pocketbase/core"

// Answers: a journal. A changed answer is a new row; the old one is marked dropped. The question `freetext` is the patient's own words.
func init() {
	create("0008_answers.go", func() *core.Collection {
		c := core.NewBaseCollection("answers", idAnswers)
		c.ListRule = rule(mayRead("case."))
		c.ViewRule = c.ListRule
		c.Fields.Add(
			one("case", idCases, true),
			needed("question", 60),
			&core.JSONField{Name: "value", MaxSize: 1 << 15},
			caseFiles("files", 3),
			yes("dropped"),
			whole("seq"),
			date("created"),
		)
		c.AddIndex("answers_case", true, "`case`, seq, question", "")
		return c
	})
}

// caseFiles is the field of what patients and staff upload: seen only by those who may read the record.
func caseFiles(name string, most int) *core.FileField {
	return &core.FileField{
		Name: name, MaxSelect: most, MaxSize: 10 << 20, Protected: true,
		MimeTypes: []string{"image/jpeg", "image/png", "application/pdf"},
		Thumbs:    []string{"320x320f"},
	}
}
