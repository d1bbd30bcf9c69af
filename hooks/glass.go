package hooks

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
	"github.com/pocketbase/pocketbase/tools/search"

	"lotsen/internal/api"
	"lotsen/internal/audit"
	"lotsen/internal/care"
	"lotsen/internal/records"
	"lotsen/internal/texts"
)

// bindGlass sees to it that a break-glass for one case shows that case alone, for PocketBase has no hook between
// a list's question and its answer; and that none shows the sealed personal number.
func bindGlass(app core.App, desk *care.Desk) {
	app.OnRecordEnrich(records.Patients).Bind(on("HideNumber", hideNumber))
	app.OnServe().Bind(on("Glass", func(e *core.ServeEvent) error {
		e.Router.Bind(&hook.Handler[*core.RequestEvent]{Id: "lotsenGlass", Func: func(e *core.RequestEvent) error {
			return narrow(e, desk)
		}})
		return e.Next()
	}))
}

// hideNumber is for superusers, too, for whom PocketBase lays bare what is hidden: after that, and so at the end.
func hideNumber(e *core.RecordEnrichEvent) error {
	patient := records.AsPatient(e.Record)
	if err := e.Next(); err != nil {
		return err
	}
	patient.HideNumber()
	return nil
}

// narrow leaves of a list that a superuser asks for what belongs to the case of the break-glass, so that neither the count of rows nor their
// order tells of others. Whether there is a break-glass at all is asked when the answer is about to leave.
func narrow(e *core.RequestEvent, desk *care.Desk) error {
	if e.Request.Pattern != "GET /api/collections/{collection}/records" || !e.HasSuperuserAuth() {
		return e.Next()
	}
	c, err := e.App.FindCachedCollectionByNameOrId(e.Request.PathValue("collection"))
	if err != nil || !slices.Contains(records.BehindGlass(), c.Name) {
		return e.Next()
	}
	who, err := api.WhoIs(e.App, e.Auth)
	if err != nil {
		return err
	}
	leave, err := desk.Through(who)
	if errors.Is(err, audit.ErrShut) || err == nil && leave.Only == nil {
		return e.Next()
	}
	if err != nil {
		return err
	}
	query := e.Request.URL.Query()
	asked := query.Get(search.FilterQueryParam)
	filter := records.OnlyOf(c.Name, leave.Only)
	if asked != "" {
		if !complete(e, c, asked) {
			return e.BadRequestError("Invalid filter.", nil)
		}
		filter += " && (" + asked + "\n)" // the new line ends a comment in what was asked
	}
	query.Set(search.FilterQueryParam, filter)
	e.Request.URL.RawQuery = query.Encode()
	return e.Next()
}

// complete says whether a filter is one by itself: part of one, with brackets that close what it has not opened, would let others in.
func complete(e *core.RequestEvent, c *core.Collection, filter string) bool {
	info, err := e.RequestInfo()
	if err != nil {
		return false
	}
	fields := core.NewRecordFieldResolver(e.App, c, info, true)
	_, err = search.FilterData(filter).BuildExpr(fields)
	return err == nil
}

// glass writes the look of a superuser who has broken the glass, with the reason, before it is given. Without, or for something else, the
// read is refused, which is written, too.
func (l leaving) glass(e *core.RequestEvent, collection, what string, seen []*core.Record) error {
	who, err := api.WhoIs(e.App, e.Auth)
	if err != nil {
		return err
	}
	ctx := context.WithoutCancel(e.Request.Context())
	about, err := l.subject(seen)
	if err != nil {
		return err
	}
	leave, err := l.desk.Through(who)
	if err == nil && (!slices.Contains(records.BehindGlass(), collection) || slices.ContainsFunc(seen, func(r *core.Record) bool { return !leave.Covers(r) })) {
		err = audit.ErrShut
	}
	if errors.Is(err, audit.ErrShut) {
		if len(seen) > 1 {
			about = audit.Subject{} // a list that was found and not given
		}
		if err := l.desk.Saw(ctx, who, audit.Refused+what+collection, about, ""); err != nil {
			return err
		}
		return apis.NewApiError(http.StatusForbidden, texts.Match(e.Request.Header.Get("Accept-Language")).Say(texts.ErrorBreakglass), nil)
	}
	if err != nil {
		return err
	}
	return l.desk.Saw(ctx, who, what+collection, about, leave.Reason)
}

// subject is whose and which cases records are about: for records of patients themselves, these people.
func (l leaving) subject(seen []*core.Record) (audit.Subject, error) {
	if len(seen) > 0 && seen[0].Collection().Name == records.Patients {
		if len(seen) == 1 {
			return audit.Subject{Patient: seen[0].Id}, nil
		}
		var people []string
		for _, r := range seen {
			people = append(people, r.Id)
		}
		return audit.Subject{Cases: people}, nil
	}
	list, err := l.casesOf(seen)
	return care.SubjectOf(list), err
}
