package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"

	"github.com/pocketbase/pocketbase"
	pbcmd "github.com/pocketbase/pocketbase/cmd"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
	"github.com/spf13/cobra"

	"lotsen/internal/clock"
	"lotsen/internal/demo"
	"lotsen/internal/settings"
)

// Service is what serve has found out before anything is bound.
type Service struct {
	Build    Build
	Settings *settings.Settings
	Clock    *clock.Clock
	Demo     *demo.Demo // nil outside the demo
}

// Wire binds the program to PocketBase. It is called once, after the database is open and before the server starts.
type Wire func(app core.App, s Service) error

// server is one run of `lotsen serve`.
type server struct {
	app   *pocketbase.PocketBase
	build Build
	wire  Wire

	demo, open, day bool
	domains         []string
	listener        net.Listener
}

// AddServe adds the command serve: PocketBase's, with what is ours before and after it.
func AddServe(app *pocketbase.PocketBase, b Build, wire Wire) {
	s := &server{app: app, build: b, wire: wire}
	command := pbcmd.NewServeCommand(app, false)
	command.Short = "Start the service (http://127.0.0.1:8090 unless --http or a domain says otherwise)"
	flags := command.Flags()
	flags.BoolVar(&s.demo, "demo", false, "everything invented, nothing to configure; in a data folder of its own")
	flags.BoolVar(&s.open, "demo-open", false, "with --demo: let others than this machine in, with random passwords")
	flags.BoolVar(&s.day, "day", false, "with --demo: fill an empty demo with a lively invented day")
	_ = command.PersistentFlags().MarkHidden("origins") // LOTSEN_ORIGINS says it
	inner := command.RunE
	command.RunE = func(command *cobra.Command, args []string) error { return s.run(command, args, inner) }
	app.RootCmd.AddCommand(command)
	app.OnBootstrap().Bind(&hook.Handler[*core.BootstrapEvent]{Id: "lotsenFolder", Priority: -1000, Func: func(e *core.BootstrapEvent) error {
		if found, _, err := app.RootCmd.Find(os.Args[1:]); err == nil && found == command {
			if err := checkStart(e.App.DataDir(), wantsDemo(os.Args[1:])); err != nil {
				return err
			}
		}
		return e.Next()
	}})
}

// checkStart refuses what must not start before there is a database: bad settings, and the demo in a folder of people's data or the
// other way round.
func checkStart(folder string, demonstrate bool) error {
	if demonstrate {
		return demo.Claim(folder)
	}
	if _, err := settings.Read(os.Environ()); err != nil {
		return fmt.Errorf("not started: %w", err)
	}
	if err := demo.Refuse(folder); err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("make the data folder: %w", err)
	}
	return nil
}

func (s *server) run(command *cobra.Command, domains []string, inner func(*cobra.Command, []string) error) error {
	s.domains = domains
	if err := s.listen(command); err != nil {
		return err
	}
	service, err := s.prepare()
	if err != nil {
		return errors.Join(err, s.closeListener())
	}
	if err := s.allow(command, service); err != nil {
		return err
	}
	if err := s.wire(s.app, service); err != nil {
		return fmt.Errorf("bind the service: %w", err)
	}
	s.app.OnServe().Bind(&hook.Handler[*core.ServeEvent]{Id: "lotsenServe", Priority: -1000, Func: func(e *core.ServeEvent) error {
		return s.serve(e, service)
	}})
	return inner(command, domains)
}

// listen takes the port before anything else: whether it is free, and which one it is, decides what comes after.
// With a domain or --https, PocketBase listens.
func (s *server) listen(command *cobra.Command) error {
	address, _ := command.Flags().GetString("http")
	https, _ := command.Flags().GetString("https")
	if address == "" {
		address = "127.0.0.1:8090"
	}
	if s.demo && !s.open && (!onlyHere(address) || https != "" || len(s.domains) > 0) {
		return errors.New("the demo is for this machine only: anybody can be anyone in it. Use --http 127.0.0.1:PORT, or add --demo-open")
	}
	if (s.open || s.day) && !s.demo {
		return errors.New("--demo-open and --day need --demo")
	}
	if https != "" || len(s.domains) > 0 {
		return nil
	}
	var err error
	if s.listener, err = net.Listen("tcp", address); err != nil {
		return fmt.Errorf("listen on %s: %w.\nChoose another address with --http 127.0.0.1:PORT", address, err)
	}
	return nil
}

func (s *server) closeListener() error {
	if s.listener == nil {
		return nil
	}
	return s.listener.Close()
}

// onlyHere says whether an address can be reached from this machine alone.
func onlyHere(address string) bool {
	host, _, err := net.SplitHostPort(address)
	ip := net.ParseIP(host)
	return err == nil && (host == "localhost" || ip != nil && ip.IsLoopback())
}

// prepare reads the settings, from the environment or from the demo.
func (s *server) prepare() (Service, error) {
	service := Service{Build: s.build, Clock: new(clock.Clock)}
	environ := os.Environ()
	if s.demo {
		opened, err := demo.Start(s.app.DataDir(), s.open, s.app.Logger())
		if err != nil {
			return service, err
		}
		service.Demo, service.Clock = opened, opened.Clock
		environ = opened.Environ(environ, s.address())
		s.app.OnTerminate().Bind(&hook.Handler[*core.TerminateEvent]{Id: "lotsenDemo", Priority: 1000, Func: func(e *core.TerminateEvent) error {
			if err := opened.Close(); err != nil {
				e.App.Logger().Error("the demo did not close", "error", err)
			}
			return e.Next()
		}})
	}
	var err error
	if service.Settings, err = settings.Read(environ); err != nil {
		return service, fmt.Errorf("not started: %w", err)
	}
	return service, nil
}

// allow tells PocketBase which other origins a browser may call from: those of LOTSEN_ORIGINS, in the demo all.
func (s *server) allow(command *cobra.Command, service Service) error {
	origins := slices.Clone(service.Settings.Origins)
	switch {
	case s.demo:
		origins = []string{"*"}
	case len(origins) == 0:
		origins = []string{s.address()} // PocketBase takes none for all
	}
	if err := command.Flags().Set("origins", strings.Join(origins, ",")); err != nil {
		return fmt.Errorf("set the allowed origins: %w", err)
	}
	return nil
}

// address is where the service can be reached from this machine.
func (s *server) address() string {
	switch {
	case len(s.domains) > 0:
		return "https://" + s.domains[0]
	case s.listener == nil:
		return "https://localhost"
	}
	host, port, err := net.SplitHostPort(s.listener.Addr().String())
	if ip := net.ParseIP(host); err != nil || ip == nil || ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// serve runs once the collections are there: it furnishes the demo, and says on the screen where to go once the port is open.
func (s *server) serve(e *core.ServeEvent, service Service) error {
	e.InstallerFunc = nil // no page with a token in its address; `lotsen superuser` makes the first one
	e.Listener = s.listener
	var passwords []demo.Login
	if service.Demo != nil {
		var err error
		if passwords, err = service.Demo.Furnish(context.Background(), e.App); err != nil {
			return err
		}
	}
	if err := e.Next(); err != nil {
		return err
	}
	note, err := s.invent(service)
	if err != nil {
		return err
	}
	screen := s.screen(service, passwords, note)
	if _, err := s.app.RootCmd.OutOrStdout().Write([]byte(screen)); err != nil {
		e.App.Logger().Warn("the start screen could not be written", "error", err)
	}
	return nil
}

// invent lets the demo's day happen, if that is wanted, and gives a note for the screen where it could not.
func (s *server) invent(service Service) (note string, err error) {
	if !s.day {
		return "", nil
	}
	err = service.Demo.Day(context.Background())
	if errors.Is(err, demo.ErrNotEmpty) {
		return "No day was invented: there are cases in this demo already. An empty one: --dir FOLDER.", nil
	}
	return "", err
}
