package cli

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase"
	"github.com/spf13/cobra"

	"lotsen/internal/audit"
	"lotsen/internal/records"
)

// The ends of `lotsen audit`: all fits; something does not; it could not be found out.
const (
	exitBroken  = 1
	exitUnknown = 2
)

// ended is an error that says with which code the process is to end. What there was to tell has been told, if it is quiet.
type ended struct {
	error
	code  int
	quiet bool
}

func (e ended) Unwrap() error { return e.error }

// ExitCode is the code of an error that Execute has answered, and whether it is still to be told.
func ExitCode(err error) (code int, tell bool) {
	var e ended
	if errors.As(err, &e) {
		return e.code, !e.quiet
	}
	return 1, true
}

// Execute runs the command that args name. That of the access log opens no PocketBase: it reads, beside a service that may be running, and
// makes no folder where there is none.
func Execute(app *pocketbase.PocketBase, args []string) error {
	if found, _, err := app.RootCmd.Find(args); err == nil && found.HasParent() && found.Parent().Name() == auditName {
		return app.RootCmd.Execute()
	}
	return app.Execute()
}

const auditName = "audit"

// newAuditCommand is `lotsen audit`. dir is the data folder.
func newAuditCommand(dir func() string) *cobra.Command {
	command := &cobra.Command{Use: auditName, Short: "Check the access log, while the service runs or not"}
	command.AddCommand(newVerifyCommand(dir), newHeadCommand(dir))
	return command
}

func newVerifyCommand(dir func() string) *cobra.Command {
	var heads []string
	var asJSON bool
	command := &cobra.Command{
		Use:   "verify",
		Short: "Find rows of the access log that were changed, taken away or added",
		Long: "Goes through the access log's chain of hashes, holds the heads that were published (" + audit.HeadsFile + " in the data folder, and --head) " +
			"against it, and the history of every case.\n\nIt ends with 0 if all fits, 1 if something does not, 2 if that could not be found out.",
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			report, err := examine(command.Context(), dir(), heads)
			if err != nil {
				return ended{error: err, code: exitUnknown}
			}
			if err := tell(command.OutOrStdout(), report, asJSON); err != nil {
				return ended{error: err, code: exitUnknown}
			}
			if !report.Fits() {
				return ended{error: errors.New("the access log is not what was written"), code: exitBroken, quiet: true}
			}
			return nil
		},
	}
	command.Flags().StringArrayVar(&heads, "head", nil, "NR:HASH of a row that was published, as kept elsewhere; may be given several times")
	command.Flags().BoolVar(&asJSON, "json", false, "answer in JSON")
	command.SilenceErrors = true
	return command
}

func newHeadCommand(dir func() string) *cobra.Command {
	var asJSON bool
	command := &cobra.Command{
		Use:   "head",
		Short: "Show the last row of the access log as NR:HASH, to be kept elsewhere",
		Args:  cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			head, err := lastHead(command.Context(), dir())
			if err != nil {
				return ended{error: err, code: exitUnknown}
			}
			text := head.String() + "\n"
			if asJSON {
				raw, err := json.Marshal(head)
				if err != nil {
					return ended{error: err, code: exitUnknown}
				}
				text = string(raw) + "\n"
			}
			_, err = io.WriteString(command.OutOrStdout(), text)
			return err
		},
	}
	command.Flags().BoolVar(&asJSON, "json", false, "answer in JSON")
	command.SilenceErrors = true
	return command
}

// examine holds the access log of a data folder against everything that is known of it.
func examine(ctx context.Context, dir string, given []string) (report audit.Report, err error) {
	var heads []audit.Head
	for _, text := range given {
		h, err := audit.ParseHead(text)
		if err != nil {
			return report, fmt.Errorf("--head %q: %w", text, err)
		}
		heads = append(heads, h)
	}
	err = readOnly(ctx, dir, func(db dbx.Builder) (err error) {
		published, err := publishedIn(dir)
		if err != nil {
			return err
		}
		report, err = audit.Examine(db, append(heads, published...)...)
		return err
	})
	return report, err
}

// publishedIn are the heads that were published into a data folder.
func publishedIn(dir string) ([]audit.Head, error) {
	file, err := os.Open(filepath.Join(dir, audit.HeadsFile)) //nolint:gosec // the folder that the caller names
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("open published heads: %w", err)
	}
	defer func() { _ = file.Close() }()
	return audit.ReadHeads(file)
}

func lastHead(ctx context.Context, dir string) (head audit.Head, err error) {
	err = readOnly(ctx, dir, func(db dbx.Builder) error {
		l, err := records.LastRow(db)
		if errors.Is(err, records.ErrNotFound) {
			return errors.New("the access log has no row yet")
		}
		head = audit.Head{Nr: l.Nr, Hash: l.Hash, At: l.At}
		return err
	})
	return head, err
}

// readOnly reads the database of a data folder as it is at one moment. Nothing is written, nor is a service that runs held up.
func readOnly(ctx context.Context, dir string, read func(dbx.Builder) error) (err error) {
	path := filepath.Join(dir, "data.db")
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("there is no database in %s (choose another folder with --dir): %w", dir, err)
	}
	at := url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: "mode=ro&_pragma=busy_timeout(10000)&_pragma=query_only(1)&_pragma=cache_size(-64000)&_txlock=deferred"}
	db, err := dbx.Open("sqlite", at.String())
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	tx, err := db.BeginTx(ctx, &sql.TxOptions{})
	if err != nil {
		return fmt.Errorf("read the database: %w", err)
	}
	defer func() { _ = tx.Rollback() }()
	return read(tx)
}

// tell writes what was found.
func tell(to io.Writer, r audit.Report, asJSON bool) error {
	if asJSON {
		if r.Broken == nil {
			r.Broken = []audit.Broken{}
		}
		raw, err := json.MarshalIndent(r, "", "  ")
		if err != nil {
			return fmt.Errorf("encode the report: %w", err)
		}
		_, err = to.Write(append(raw, '\n'))
		return err
	}
	text := ""
	for i := range r.Broken {
		text += r.Broken[i].Error() + "\n"
	}
	if r.More > 0 {
		text += fmt.Sprintf("and %d more\n", r.More)
	}
	if r.Fits() {
		text = "The access log fits.\n"
	} else {
		text += "THE ACCESS LOG IS NOT WHAT WAS WRITTEN. Keep the folder as it is, and the copies of the published heads.\n"
	}
	_, err := fmt.Fprintf(to, "%s%d rows, %d published heads held against them. Head: %s\n", text, r.Rows, r.Checked, r.Head)
	return err
}
