package hooks

import (
	"context"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
	"lotsen/internal/api"
	"lotsen/internal/care"
	"lotsen/internal/records"
)

// leaving watches over what leaves the server by PocketBase's own routes: superusers get patient data behind a break-glass alone, and a look
// stands in the access log before it is given. Who of the others may see what is the rules' business; they have been asked by now.
type leaving struct{ desk *care.Desk }

// view is bound to OnRecordViewRequest.
func (l leaving) view(e *core.RecordRequestEvent) error {
	if e.HasSuperuserAuth() {
		if err := l.glass(e.RequestEvent, e.Collection.Name, "view of ", []*core.Record{e.Record}); err != nil {
			return err
		}
		return e.Next()
	}
	if err := l.look(e.RequestEvent, "view of "+e.Collection.Name, []*core.Record{e.Record}); err != nil {
		return err
	}
	return e.Next()
}

// list is bound to OnRecordsListRequest. An empty list is a look, too: that there is nothing is something to know.
func (l leaving) list(e *core.RecordsListRequestEvent) error {
	if e.HasSuperuserAuth() {
		if err := l.glass(e.RequestEvent, e.Collection.Name, "list of ", e.Records); err != nil {
			return err
		}
		return e.Next()
	}
	if err := l.look(e.RequestEvent, "list of "+e.Collection.Name, e.Records); err != nil {
		return err
	}
	return e.Next()
}

// file is bound to OnFileDownloadRequest, for files of cases.
func (l leaving) file(e *core.FileDownloadRequestEvent) error {
	if !isPatientData(e.Collection.Name) {
		return e.Next()
	}
	// PocketBase has asked the rule of whom the token in the address belongs to, whatever the header says.
	reader, err := e.App.FindAuthRecordByToken(e.Request.URL.Query().Get("token"), core.TokenTypeFile)
	if err != nil {
		return e.NotFoundError("", nil)
	}
	e.Auth = reader
	keepNowhere(e.Response.Header())
	if e.HasSuperuserAuth() {
		if err := l.glass(e.RequestEvent, e.Collection.Name, "file of ", []*core.Record{e.Record}); err != nil {
			return err
		}
		return e.Next()
	}
	if err := l.look(e.RequestEvent, "file of "+e.Collection.Name, []*core.Record{e.Record}); err != nil {
		return err
	}
	return e.Next()
}

// look writes the look of a member of staff. If it cannot be written, the read is refused.
func (l leaving) look(e *core.RequestEvent, what string, seen []*core.Record) error {
	who, err := api.WhoIs(e.App, e.Auth)
	if err != nil || who.Kind != access.Staff {
		return err
	}
	subjects, err := l.casesOf(seen)
	if err != nil {
		return err
	}
	return l.desk.Looked(context.WithoutCancel(e.Request.Context()), who, what, subjects, "")
}

// casesOf are the cases that records belong to, each once.
func (l leaving) casesOf(seen []*core.Record) ([]*records.Case, error) {
	known := map[string]bool{}
	var list []*records.Case
	for _, r := range seen {
		id := records.CaseOf(r)
		if id == "" || known[id] {
			continue
		}
		known[id] = true
		c, err := records.CaseByID(l.desk.App, id)
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, nil
}
