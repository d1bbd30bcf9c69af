package api

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v5"
	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/access"
	"lotsen/internal/audit"
	"lotsen/internal/records"
)

// readerView is a look at the case, or something done to it, by somebody who is not its patient. Name is "" where the region shows role and unit
// only; unit is "" for who belongs to none; reason is there of a break-glass.
type readerView struct {
	Name   string `json:"name"`
	Role   string `json:"role"`
	Unit   string `json:"unit"`
	At     string `json:"at"`
	What   string `json:"what"`
	Reason string `json:"reason,omitempty"`
}

// roleAdmin is the role under which patients read of superusers.
const roleAdmin = "admin"

// readersLimit is how many rows the patient is shown, the newest first.
const readersLimit = 1000

func (s *Server) readers(c *echo.Context) error {
	theCase, err := s.mine(c)
	if err != nil {
		return err
	}
	rows, err := records.LooksAt(s.App, theCase, readersLimit)
	if err != nil {
		return err
	}
	region, err := records.RegionByID(s.App, theCase.Region())
	if err != nil {
		return err
	}
	out, units := []readerView{}, unitNames{}
	for _, row := range rows {
		l := row.Look()
		v, shown := viewReader(l)
		if !shown {
			continue
		}
		if !region.NamesReaders() {
			v.Name = ""
		}
		if v.Unit, err = units.of(s.App, l.Unit); err != nil {
			return err
		}
		out = append(out, v)
	}
	return c.JSON(http.StatusOK, out)
}

// viewReader is a row as the patient reads it, and false for what is nobody's look: the patient's own doings, the program's, and what was refused.
func viewReader(l records.Look) (readerView, bool) {
	v := readerView{Name: l.ByName, Role: l.Role, At: records.RFC3339(l.At), What: l.What}
	switch access.Kind(l.ByKind) {
	case access.Staff:
		return v, true
	case access.Superuser:
		v.Role, v.Reason = roleAdmin, l.Why
		return v, !strings.HasPrefix(l.What, audit.Refused)
	case access.Guest, access.Patient, access.System:
	}
	return v, false
}

// unitNames are the names of units, each looked up once.
type unitNames map[string]string

// of is the name of a unit, "" for none and for one that is gone.
func (u unitNames) of(app core.App, id string) (string, error) {
	name, known := u[id]
	if known || id == "" {
		return name, nil
	}
	unit, err := records.UnitByID(app, id)
	if records.IgnoreMissing(err) != nil {
		return "", err
	}
	if err == nil {
		name = unit.Name()
	}
	u[id] = name
	return name, nil
}
