package api

import (
	"maps"
	"net/http"
	"slices"

	"github.com/labstack/echo/v5"

	"lotsen/internal/care"
	"lotsen/internal/records"
	"lotsen/internal/texts"
	"lotsen/internal/triage"
)

// publicRoutes are what anyone may know.
func (s *Server) publicRoutes(g *echo.Group) {
	g.GET("", s.about)
	g.GET("/openapi.json", s.contract)
	g.GET("/regions", s.regions)
	g.GET("/regions/:slug", s.region)
	g.GET("/regions/:slug/complaints", s.complaints)
}

// oldestClient is the oldest version of this interface that a client may have been written for.
const oldestClient = "1.0"

// features are the parts of the interface that this release has, so that a client need not try.
func features() []string {
	return []string{"cases", "queue", "messages", "realtime", "bankid", "hours", "estimate", "corrections", "support", "views"}
}

func (s *Server) about(c *echo.Context) error {
	return c.JSON(http.StatusOK, map[string]any{
		"name": "Lotsen", "version": s.Version, "features": features(), "oldestClient": oldestClient, "demo": s.Demo,
	})
}

func (s *Server) contract(c *echo.Context) error {
	if len(s.Contract) == 0 {
		return echo.ErrNotFound
	}
	return c.JSONBlob(http.StatusOK, s.Contract)
}

// elsewhereView is a region that another program serves.
type elsewhereView struct {
	Name string `json:"name"`
	URL  string `json:"url"`
}

// regionView is a region that is served here. It is open while a queue of it is, and one without any queue while it is in service.
type regionView struct {
	ID       string  `json:"id"`
	Slug     string  `json:"slug"`
	Name     string  `json:"name"`
	Open     bool    `json:"open"`
	OpensAt  *string `json:"opensAt"`
	ClosesAt *string `json:"closesAt"`
}

func (s *Server) viewRegion(r *records.Region) (any, error) {
	if r.URL() != "" {
		return elsewhereView{Name: r.Name(), URL: r.URL()}, nil
	}
	signs, err := s.signs(r)
	if err != nil {
		return nil, err
	}
	return viewOwn(r, signs), nil
}

func viewOwn(r *records.Region, signs map[string][]Sign) regionView {
	all := Sign{Open: r.InService()}
	if len(signs) > 0 {
		all = together(slices.Concat(slices.Collect(maps.Values(signs))...))
	}
	v := all.view()
	return regionView{ID: r.Id, Slug: r.Slug(), Name: r.Name(), Open: v.Open, OpensAt: v.OpensAt, ClosesAt: v.ClosesAt}
}

func (s *Server) regions(c *echo.Context) error {
	all, err := records.RegionList(s.App)
	if err != nil {
		return err
	}
	out := make([]any, 0, len(all))
	for _, r := range all {
		v, err := s.viewRegion(r)
		if err != nil {
			return err
		}
		out = append(out, v)
	}
	return c.JSON(http.StatusOK, out)
}

// unitView is a clinic of a region.
type unitView struct {
	Slug     string  `json:"slug"`
	Name     string  `json:"name"`
	Open     bool    `json:"open"`
	OpensAt  *string `json:"opensAt"`
	ClosesAt *string `json:"closesAt"`
}

// waitView is how many wait for a unit now, and how long somebody would who joined at level 4; null where there is no ground for a figure.
type waitView struct {
	Unit     string    `json:"unit"`
	Waiting  int       `json:"waiting"`
	Estimate *WaitView `json:"estimate"`
}

// wholeRegionView is all that anyone may know of a region.
type wholeRegionView struct {
	regionView
	Units  []unitView       `json:"units"`
	Hours  []unitHoursView  `json:"hours"` // the coming week
	Wait   []waitView       `json:"wait"`
	Fees   []map[string]any `json:"fees"`
	Phones []map[string]any `json:"phones"`
	NotFor []map[string]any `json:"notFor"`
}

func (s *Server) region(c *echo.Context) error {
	r, err := records.RegionBySlug(s.App, c.Param("slug"))
	if err != nil {
		return err
	}
	if r.URL() != "" {
		return c.JSON(http.StatusOK, elsewhereView{Name: r.Name(), URL: r.URL()})
	}
	signs, err := s.signs(r)
	if err != nil {
		return err
	}
	out := wholeRegionView{regionView: viewOwn(r, signs)}
	if err = s.addUnits(&out, r, signs, langOf(c)); err != nil {
		return err
	}
	info, lang := care.InfoOf(s.App, r), langOf(c)
	out.Fees, out.Phones, out.NotFor = inLanguage(info.Fees, lang), inLanguage(info.Phones, lang), inLanguage(info.NotFor, lang)
	return c.JSON(http.StatusOK, out)
}

// addUnits adds the units in service: when each is open, and how many wait for it.
func (s *Server) addUnits(out *wholeRegionView, r *records.Region, signs map[string][]Sign, lang texts.Lang) error {
	units, err := records.UnitsOf(s.App, r.Id)
	if err != nil {
		return err
	}
	queues, err := records.QueuesIn(s.App, r.Id)
	if err != nil {
		return err
	}
	out.Units, out.Hours, out.Wait = []unitView{}, []unitHoursView{}, []waitView{}
	for _, u := range units {
		if !u.InService() {
			continue
		}
		wait := waitView{Unit: u.Slug()}
		for _, q := range queues {
			if q.Unit() != u.Id {
				continue
			}
			wait.Waiting += s.Ranks.Waiting(q.Id)
			if wait.Estimate == nil { // of several queues the first that can say
				wait.Estimate = s.waitOfNewcomer(care.Place{Queue: q, Unit: u, Region: r}, lang)
			}
		}
		sign := together(signs[u.Id]).view()
		out.Units = append(out.Units, unitView{u.Slug(), u.Name(), sign.Open, sign.OpensAt, sign.ClosesAt})
		out.Hours = append(out.Hours, s.week(r, u, queues, lang))
		out.Wait = append(out.Wait, wait)
	}
	return nil
}

// inLanguage gives what a region writes about itself in one language: each entry's `text`, in place of its texts by language.
func inLanguage(entries []map[string]any, lang texts.Lang) []map[string]any {
	out := make([]map[string]any, 0, len(entries))
	for _, entry := range entries {
		shown, text := map[string]any{}, triage.Text{}
		for name, value := range entry {
			if words, isText := value.(string); isText && slices.Contains(texts.Langs(), texts.Lang(name)) {
				text[name] = words
			} else {
				shown[name] = value
			}
		}
		shown["text"] = text.In(string(lang))
		out = append(out, shown)
	}
	return out
}

// complaintView is something that one can seek help for.
type complaintView struct {
	Code     string   `json:"code"`
	Title    string   `json:"title"`
	Synonyms []string `json:"synonyms"`
}

// complaints lists them all, with the words of danger: a client searches on the device, so that what an ill person types is in no address and no log.
// People search in the language that comes to them first, so Swedish words are always among them.
func (s *Server) complaints(c *echo.Context) error {
	r, err := records.RegionBySlug(s.App, c.Param("slug"))
	if err != nil {
		return err
	}
	if r.URL() != "" {
		return records.ErrNotFound
	}
	lang := string(langOf(c))
	items := []complaintView{}
	for _, code := range s.Desk.Protocols.Codes() {
		p, _ := s.Desk.Protocols.Served(code)
		items = append(items, complaintView{Code: code, Title: p.Title.In(lang), Synonyms: wordsIn(p.Synonyms, lang)})
	}
	danger := []string{}
	for _, group := range s.Desk.Protocols.DangerGroups() {
		danger = append(danger, wordsIn(group.Words, lang)...)
	}
	return c.JSON(http.StatusOK, map[string]any{"items": items, "danger": danger})
}

// wordsIn are the words of a language, and the Swedish ones after them.
func wordsIn(words map[string][]string, lang string) []string {
	out := []string{}
	for _, w := range slices.Concat(words[lang], words[string(texts.Swedish)]) {
		if !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}
