package api

import (
	"errors"
	"net/http"
	"time"

	"github.com/labstack/echo/v5"

	"lotsen/internal/access"
	"lotsen/internal/care"
	"lotsen/internal/cases"
	"lotsen/internal/records"
	"lotsen/internal/routing"
	"lotsen/internal/texts"
)

// routingRoutes are for those who set up which queue a case joins.
func (s *Server) routingRoutes(g *echo.Group) {
	g.POST("/admin/routes/try", s.tryRoute)
}

// tryBody is an errand that nobody has.
type tryBody struct {
	Region    string     `json:"region" validate:"words,max=60"`
	Unit      string     `json:"unit" validate:"max=60"`
	Complaint string     `json:"complaint" validate:"words,max=40"`
	Level     *int       `json:"level" validate:"required,min=1,max=5"`
	Age       *int       `json:"age" validate:"required,min=0,max=130"`
	Language  string     `json:"language"`
	At        *time.Time `json:"at"`
}

// errand is what is asked, and where; the names in it are known to be there.
func (b tryBody) errand(s *Server) (*records.Region, routing.Errand, error) {
	region, err := records.RegionBySlug(s.App, b.Region)
	if err != nil {
		return nil, routing.Errand{}, err
	}
	e := routing.Errand{Complaint: b.Complaint, Level: cases.Level(*b.Level), Age: *b.Age, Language: string(texts.Of(b.Language)), At: s.Desk.Clock.Now()}
	if b.At != nil {
		e.At = *b.At
	}
	if b.Unit == "" {
		return region, e, nil
	}
	unit, err := records.UnitBySlug(s.App, region.Id, b.Unit)
	if err != nil {
		return nil, e, err
	}
	e.Unit = unit.Id
	return region, e, nil
}

// tryView is where an errand would go. Route is null where no row says so, Queue where the region has none; open is whether it is by its hours.
type tryView struct {
	Route   *care.RouteTold `json:"route"`
	Queue   *triedQueue     `json:"queue"`
	Open    bool            `json:"open"`
	OpensAt *string         `json:"opensAt"`
}

type triedQueue struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Unit string `json:"unit"`
}

// tryRoute answers where an errand would go. It shows nothing of anybody, so it is no look.
func (s *Server) tryRoute(c *echo.Context) error {
	who, err := s.caller(c)
	if err == nil {
		err = access.TryRoutes(who)
	}
	if err != nil {
		return err
	}
	var in tryBody
	var fault error
	err = bind(c, &in, func(wrong fields) { fault = s.unknownIn(in, wrong) })
	if fault != nil {
		return fault
	}
	if err != nil {
		return err
	}
	region, e, err := in.errand(s)
	if err != nil {
		return err
	}
	to, err := s.Desk.TryRoute(c.Request().Context(), who, region, e)
	if errors.Is(err, records.ErrNotFound) {
		return c.JSON(http.StatusOK, tryView{})
	}
	if err != nil {
		return err
	}
	place, err := care.PlaceOf(s.App, to.Queue)
	if err != nil {
		return err
	}
	at := care.StandingAt(s.App, place, e.At)
	return c.JSON(http.StatusOK, tryView{
		Route: to.Told(), Queue: &triedQueue{ID: to.Queue.Id, Name: to.Queue.Name(), Unit: to.Queue.Unit()}, Open: at.Open, OpensAt: timeOrNil(at.OpensAt),
	})
}

// unknownIn adds the names that stand for nothing here.
func (s *Server) unknownIn(in tryBody, wrong fields) error {
	unknown, err := s.Desk.Unknown(care.Opening{Region: in.Region, Unit: in.Unit, Complaint: in.Complaint})
	if err != nil {
		return err
	}
	for _, u := range unknown {
		wrong.first(u.Field, u.Code)
	}
	if in.Language != "" && string(texts.Of(in.Language)) != in.Language {
		wrong.first("language", codeNotOneOf)
	}
	return nil
}
