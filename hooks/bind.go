package hooks

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"lotsen/internal/api"
	"lotsen/internal/audit"
	"lotsen/internal/bankid"
	"lotsen/internal/care"
	"lotsen/internal/clock"
	"lotsen/internal/fanout"
	"lotsen/internal/notify"
	"lotsen/internal/queue"
	"lotsen/internal/records"
	"lotsen/internal/settings"
)

// Config is what the program has found out before anything is bound.
type Config struct {
	Version   string
	Settings  *settings.Settings
	Clock     *clock.Clock
	Protocols *care.Library
	Contract  []byte // openapi.json
	Pages     fs.FS  // what a browser is given

	// Stage gives what the demo can play; nil outside it. It is handed the desk, and what does all that is due.
	Stage func(*care.Desk, func(context.Context) error) *api.Stage
	// Local says that this machine itself is free of limits: the demo.
	Local bool
	// BankIDEvery is how often BankID is asked, where a simulator bears more than BankID; 0 for BankID's own pace.
	BankIDEvery time.Duration
	// Alarm is where it is written that the service is out of order: the log lies on the disk that may be full. Nil: in the log alone.
	Alarm io.Writer
}

// program is all that is bound, put together.
type program struct {
	app    core.App
	cfg    Config
	log    *slog.Logger
	real   *clock.Clock // log-ins and connections live by real time, whatever the demo's clock shows
	desk   *care.Desk
	heads  *care.Heads
	ranks  *queue.Ranks
	server *api.Server
	herald *herald
	live   *Realtime
	timers *timers
	outage *outOfOrder
}

// Bind binds the program to PocketBase. The list is in reading order: who may not, who asks, what is said, what follows, what is told.
func Bind(app core.App, cfg Config) error {
	p, err := assemble(app, cfg)
	if err != nil {
		return err
	}
	p.outage.bind()
	bindDoors(app)
	bindLogs(app)
	bindGuards(app)
	bindRegions(app)
	bindHours(app, p.herald)
	bindGlass(app, p.desk)
	bindChanges(app, p.desk)
	bindRoutes(app, p.desk, p.heads, p.log)
	sessions := bindSessions(app, p.real.Now)
	bindLimits(app, p.real.Now, cfg.Local)
	p.server.Identity.Token = func(r *core.Record) (string, error) { return BeginSession(r, p.real.Now()) }
	p.server.Identity.End = sessions.end

	out := leaving{desk: p.desk}
	app.OnRecordViewRequest(records.OfPatients()...).Bind(on("LeavingView", out.view))
	app.OnRecordsListRequest(records.OfPatients()...).Bind(on("LeavingList", out.list))
	app.OnFileDownloadRequest().Bind(on("LeavingFile", out.file))

	said := messages{desk: p.desk, log: p.log}
	app.OnRecordCreateRequest(records.Messages).Bind(on("Say", said.create))
	app.OnRecordUpdate(records.StaffMembers).Bind(on("LoseStaff", loseStaff(p.desk, (*records.Staff).Queues)))
	app.OnRecordDelete(records.StaffMembers).Bind(on("LoseStaff", loseStaff(p.desk, noQueue)))

	app.OnRecordAfterCreateSuccess(records.Cases).Bind(afterCommit(p.log, "FollowCase", p.herald.followCase))
	app.OnRecordAfterUpdateSuccess(records.Cases).Bind(afterCommit(p.log, "FollowCase", p.herald.followCase))
	app.OnRecordAfterCreateSuccess(records.Events).Bind(afterCommit(p.log, "TellEvent", p.herald.event))
	app.OnRecordAfterCreateSuccess(records.Events).Bind(afterCommit(p.log, "CallStaff", p.herald.calls))
	app.OnRecordAfterUpdateSuccess(records.StaffMembers).Bind(afterCommit(p.log, "FollowDuty", p.herald.followDuty))
	app.OnRecordAfterCreateSuccess(records.StaffMembers).Bind(afterCommit(p.log, "FollowDuty", p.herald.followDuty))
	app.OnRecordAfterDeleteSuccess(records.StaffMembers).Bind(afterCommit(p.log, "EndDuty", p.herald.endDuty))
	app.OnRecordAfterUpdateSuccess(records.StaffMembers).Bind(afterCommit(p.log, "TellDuty", p.herald.duty))
	app.OnRecordAfterCreateSuccess(records.Views).Bind(afterCommit(p.log, "TellLeads", p.herald.viewed))
	app.OnRecordAfterUpdateSuccess(records.Held).Bind(afterCommit(p.log, "TellUnsaid", p.herald.unsaid))
	app.OnRecordAfterCreateSuccess(records.Outbox).Bind(afterCommit(p.log, "SendSoon", func(*core.RecordEvent) error {
		p.timers.nudge()
		return nil
	}))
	bindRealtime(app, p.live)

	app.OnServe().Bind(on("Start", p.start))
	app.OnTerminate().Bind(on("Stop", p.stop))
	return nil
}

// assemble makes the parts and tells each of those that it needs.
func assemble(app core.App, cfg Config) (*program, error) {
	p := &program{app: app, cfg: cfg, log: app.Logger(), real: new(clock.Clock), ranks: new(queue.Ranks)}
	p.desk = &care.Desk{App: app, Clock: cfg.Clock, Keys: cfg.Settings.Keys, Protocols: cfg.Protocols, Log: p.log, Silent: !cfg.Settings.SMS.Set()}
	told := new(fanout.Fanout)
	p.herald = &herald{app: app, desk: p.desk, fanout: told, ranks: p.ranks, log: p.log, told: map[string]placeTold{}}
	p.desk.Foretell = foretell(p.desk, &p.herald.figures)
	p.live = &Realtime{Fanout: told, May: mayListen(app), Look: listened(p.desk), Now: p.real.Now, FreeLoopback: cfg.Local}
	p.live.Watch = p.readWatch
	p.desk.Live, p.desk.Heard = p.live.HasLine, new(care.Heard)
	outbox, err := p.outbox()
	if err != nil {
		return nil, err
	}
	p.outage = newOutOfOrder(app, p.real.Now, told.Announce, cfg.Alarm)
	p.live.Standing = p.outage.standing
	p.timers = newTimers(p.desk, outbox, p.log, p.news()...)
	p.heads = &care.Heads{Desk: p.desk}
	p.timers.also(job{"heads", p.heads.Run})
	p.timers.also(job{"figures", p.herald.tellFigures})
	p.timers.restWhile(p.outage)
	p.server = &api.Server{
		App: app, Desk: p.desk, Ranks: p.ranks, Figures: &p.herald.figures, Log: p.log, Version: cfg.Version, Demo: cfg.Stage != nil,
		Typing: p.herald.typing, Contract: cfg.Contract,
		Health: api.Health{Ready: cfg.Settings.Ready(), Missing: missing(cfg.Settings), Outage: p.outage.outage.Load},
	}
	if p.server.Identity.BankID, err = p.bankID(); err != nil {
		return nil, err
	}
	p.server.Identity.Returns = cfg.Settings.PublicURL != ""
	if cfg.Stage != nil {
		p.server.Stage = cfg.Stage(p.desk, p.timers.RunAll)
	}
	return p, nil
}

// outbox is who sends text messages.
func (p *program) outbox() (*notify.Outbox, error) {
	o := &notify.Outbox{
		App: p.app, Clock: p.cfg.Clock, PublicURL: p.cfg.Settings.PublicURL, Log: p.log,
		Accepted: p.desk.CallDelivered, Refused: p.desk.CallFailed, Wanted: p.desk.CallStands,
	}
	sms := p.cfg.Settings.SMS
	if !sms.Set() {
		return o, nil
	}
	var err error
	o.Sender, err = notify.NewSMS(notify.SMSConfig{
		Provider: sms.Provider, URL: sms.URL, User: sms.User, Secret: sms.Secret.Reveal(), From: sms.From, Clock: p.cfg.Clock,
	})
	return o, err
}

// news is what those who run the service are told: that patient data were opened to a superuser, and once a day the head of the access log.
func (p *program) news() []job {
	bell := &notify.GlassBell{App: p.app, Clock: p.cfg.Clock, PublicURL: p.cfg.Settings.PublicURL, Log: p.log}
	heads := &audit.Publisher{App: p.app, Now: p.cfg.Clock.Now, Log: slog.Default()} // to the terminal: what collects it there keeps it elsewhere
	return []job{{"breakglass", bell.Ring}, {"heads", heads.Publish}}
}

// missing names the settings that are not there.
func missing(s *settings.Settings) []string {
	var names []string
	for _, gap := range s.Missing() {
		names = append(names, gap.Names)
	}
	return names
}

// bankID is the log-ins under way; nil where BankID is not configured.
func (p *program) bankID() (*bankid.Orders[api.LogIn], error) {
	set := p.cfg.Settings
	if !set.BankID.Set() {
		return nil, nil
	}
	client, err := bankid.NewClient(bankid.Config{
		URL: set.BankID.URL, Cert: []byte(set.BankID.Cert.Reveal()), Key: []byte(set.BankID.Key.Reveal()), CA: []byte(set.BankID.CA.Reveal()),
	})
	if err != nil {
		return nil, fmt.Errorf("set up BankID: %w", err)
	}
	return bankid.NewOrders[api.LogIn](bankid.Settings{
		Client: client, Now: p.real.Now, ReturnPage: set.PublicURL + "/login/return", AppReturns: set.AppReturnURLs,
		Every: p.cfg.BankIDEvery, Log: p.log,
	}), nil
}

// readWatch reads a watch token, by real time.
func (p *program) readWatch(token string) (string, time.Time, bool) {
	return api.ReadWatch(p.app, token, p.real.Now())
}

// start keeps what is served, rebuilds what is only in memory, opens the doors, and lets time pass.
func (p *program) start(e *core.ServeEvent) error {
	if err := goOn(p.app, p.cfg.Clock); err != nil {
		return fmt.Errorf("ask the time: %w", err)
	}
	if err := p.cfg.Protocols.Keep(p.app, p.cfg.Clock); err != nil {
		return fmt.Errorf("keep protocols: %w", err)
	}
	if err := p.desk.ForgetLines(); err != nil {
		return fmt.Errorf("begin to look for live lines: %w", err)
	}
	if err := rebuildRanks(p.app, p.ranks); err != nil {
		return fmt.Errorf("rebuild ranks: %w", err)
	}
	if _, err := p.heads.Run(context.Background()); err != nil {
		return err
	}
	if err := rebuildPace(p.app, &p.herald.figures, p.desk.Clock.Now()); err != nil {
		return fmt.Errorf("rebuild pace: %w", err)
	}
	mount(e, p.server)
	pages(e, p.cfg.Pages)
	p.timers.start()
	return e.Next()
}

// stop ends what runs by itself before the databases close.
func (p *program) stop(e *core.TerminateEvent) error {
	p.outage.close()
	p.timers.stop()
	if p.server.Identity.BankID != nil {
		p.server.Identity.BankID.Close()
	}
	return e.Next()
}
