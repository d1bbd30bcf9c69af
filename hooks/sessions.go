package hooks

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
	"github.com/pocketbase/pocketbase/tools/security"

	"lotsen/internal/records"
	"lotsen/internal/texts"
)

const (
	// startClaim is when the log-in was that a token is of, in Unix seconds. It stays when the token is renewed.
	startClaim = "start"
	// sessionLife is how long a log-in holds at most, however often its token is renewed. Real time, like all of a token.
	sessionLife = 12 * time.Hour
	// renewing marks a request as PocketBase's auth-refresh.
	renewing = "lotsenRenewing"
)

// session is what a token says of the log-in that it is of.
type session struct {
	id    string
	start time.Time
}

func (s session) ends() time.Time { return s.start.Add(sessionLife) }

// BeginSession gives the first token of a log-in of a patient or a member of staff.
func BeginSession(r *core.Record, now time.Time) (string, error) {
	return tokenOf(r, session{id: rand.Text(), start: now}, now)
}

// tokenOf gives a token of a log-in. It runs for as long as its collection says, and never past the end of the log-in.
func tokenOf(r *core.Record, s session, now time.Time) (string, error) {
	life := min(r.Collection().AuthToken.DurationTime(), s.ends().Sub(now))
	return signed(r, s, core.TokenTypeAuth, r.Collection().AuthToken.Secret, life)
}

func signed(r *core.Record, s session, kind, secret string, life time.Duration) (string, error) {
	token, err := security.NewJWT(map[string]any{
		core.TokenClaimType: kind, core.TokenClaimId: r.Id, core.TokenClaimCollectionId: r.Collection().Id,
		core.TokenClaimRefreshable: kind == core.TokenTypeAuth, sessionClaim: s.id, startClaim: s.start.Unix(),
	}, r.TokenKey()+secret, life)
	if err != nil {
		return "", fmt.Errorf("sign a token: %w", err)
	}
	return token, nil
}

// sessionOf reads a token whose signature has been checked. It is false for a token that names no log-in.
func sessionOf(token string) (session, bool) {
	claims, err := security.ParseUnverifiedJWT(token)
	if err != nil {
		return session{}, false
	}
	id, _ := claims[sessionClaim].(string)
	start, _ := claims[startClaim].(float64)
	if id == "" || start < 1 || start > math.MaxInt32 {
		return session{}, false
	}
	return session{id: id, start: time.Unix(int64(start), 0)}, true
}

// tokenIn is the token that a request carries, as PocketBase reads it.
func tokenIn(r *http.Request) string {
	token := r.Header.Get("Authorization")
	if scheme, rest, ok := strings.Cut(token, " "); ok && strings.EqualFold(scheme, "Bearer") {
		return rest
	}
	return token
}

// sessions sees to it that a log-in ends: after twelve hours, or at once when its person says so. PocketBase knows tokens only, so each
// token of patients and staff names its log-in, and one that names none, or one that is over, is nobody's.
type sessions struct {
	app core.App
	now func() time.Time // real time
	log *slog.Logger
}

// bindSessions puts log-ins in the place of PocketBase's bare tokens. now is real time.
func bindSessions(app core.App, now func() time.Time) *sessions {
	s := &sessions{app: app, now: now, log: app.Logger()}
	people := []string{records.Patients, records.StaffMembers}
	app.OnRecordAuthRefreshRequest(people...).Bind(on("SessionRenew", func(e *core.RecordAuthRefreshRequestEvent) error {
		e.Set(renewing, true)
		return e.Next()
	}))
	app.OnRecordAuthRequest(people...).Bind(on("SessionToken", s.give))
	app.OnFileTokenRequest(people...).Bind(on("SessionFileToken", s.giveFile))
	app.OnFileDownloadRequest().Bind(on("SessionFile", s.checkFile))
	app.OnServe().Bind(on("Sessions", func(e *core.ServeEvent) error {
		e.Router.Bind(&hook.Handler[*core.RequestEvent]{
			Id: "lotsenSession", Priority: apis.DefaultLoadAuthTokenMiddlewarePriority + 1, Func: s.check,
		})
		return e.Next()
	}))
	return s
}

// give puts a token of ours in the place of PocketBase's, at a log-in and when it is renewed. What is neither is a superuser who wants to
// be that person: nobody looks at a patient, or writes as a nurse, under another's name.
func (s *sessions) give(e *core.RecordAuthRequestEvent) (err error) {
	of := session{id: rand.Text(), start: s.now()}
	switch {
	case e.Get(renewing) == true:
		var ok bool
		if of, ok = sessionOf(tokenIn(e.Request)); !ok || !s.now().Before(of.ends()) {
			return e.UnauthorizedError(texts.Match(e.Request.Header.Get("Accept-Language")).Say(texts.ErrorUnauthorized), nil)
		}
	case e.AuthMethod == "" && !s.app.IsDev():
		return e.ForbiddenError("Nobody acts under another person's name.", nil)
	}
	if e.Token, err = tokenOf(e.Record, of, s.now()); err != nil {
		return err
	}
	return e.Next()
}

// check comes right after PocketBase has read the token: who has a token of no log-in, or of one that is over, is a guest to all that follows.
func (s *sessions) check(e *core.RequestEvent) error {
	if e.Auth == nil || !hasSessions(e.Auth) {
		return e.Next()
	}
	alive, err := s.alive(tokenIn(e.Request))
	if err != nil {
		return err
	}
	if !alive {
		e.Auth = nil
	}
	return e.Next()
}

func hasSessions(r *core.Record) bool {
	name := r.Collection().Name
	return name == records.Patients || name == records.StaffMembers
}

func (s *sessions) alive(token string) (bool, error) {
	of, ok := sessionOf(token)
	if !ok || !s.now().Before(of.ends()) {
		return false, nil
	}
	ended, err := records.SessionEnded(s.app, of.id)
	if err != nil {
		return false, apis.NewInternalServerError("", fmt.Errorf("look up a log-in: %w", err))
	}
	return !ended, nil
}

// giveFile names the log-in in the token for files, too: it stands in an address, and ends with the log-in.
func (s *sessions) giveFile(e *core.FileTokenRequestEvent) (err error) {
	of, ok := sessionOf(tokenIn(e.Request))
	if !ok {
		return e.UnauthorizedError("", nil)
	}
	c := e.Record.Collection()
	if e.Token, err = signed(e.Record, of, core.TokenTypeFile, c.FileToken.Secret, c.FileToken.DurationTime()); err != nil {
		return err
	}
	return e.Next()
}

// checkFile refuses a file to a log-in that is over. PocketBase has checked the token's signature and asked the view rule.
func (s *sessions) checkFile(e *core.FileDownloadRequestEvent) error {
	token := e.Request.URL.Query().Get("token")
	if !e.FileField.Protected || token == "" {
		return e.Next()
	}
	who, err := s.app.FindAuthRecordByToken(token, core.TokenTypeFile)
	if err != nil {
		return e.NotFoundError("", nil)
	}
	if !hasSessions(who) {
		return e.Next()
	}
	alive, err := s.alive(token)
	if err != nil {
		return err
	}
	if !alive {
		return e.NotFoundError("", nil)
	}
	return e.Next()
}

// end ends the log-in that a request belongs to. Ended twice at the same moment, it has ended.
func (s *sessions) end(_ context.Context, r *http.Request) error {
	of, ok := sessionOf(tokenIn(r))
	if !ok {
		return errors.New("end a log-in: the token names none")
	}
	claims, _ := security.ParseUnverifiedJWT(tokenIn(r))
	person, _ := claims[core.TokenClaimId].(string)
	err := records.EndSession(s.app, of.id, person, of.ends())
	if ended, look := records.SessionEnded(s.app, of.id); look == nil && ended {
		return nil
	}
	return err
}
