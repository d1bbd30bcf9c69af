package settings

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

const (
	prefix     = "LOTSEN_"
	fileSuffix = "_FILE"
	// maxFile is far more than a bundle of certificates needs.
	maxFile = 1 << 20
)

// names lists every setting.
var names = []string{
	"LOTSEN_KEYS",
	"LOTSEN_BANKID_URL", "LOTSEN_BANKID_CERT", "LOTSEN_BANKID_KEY", "LOTSEN_BANKID_CA",
	"LOTSEN_SMS", "LOTSEN_SMS_URL", "LOTSEN_SMS_USER", "LOTSEN_SMS_SECRET", "LOTSEN_SMS_FROM",
	"LOTSEN_PUBLIC_URL", "LOTSEN_ORIGINS", "LOTSEN_APP_RETURN_URLS",
	"LOTSEN_METRICS",
}

// Fault is one thing wrong with one setting.
type Fault struct {
	Name    string // the setting
	Problem string // what is wrong and what would be right, without the value of a secret
}

// Faults is everything wrong with the settings.
type Faults []Fault

// Error names each fault on a line of its own.
func (f Faults) Error() string {
	var b strings.Builder
	b.WriteString("the settings are not right:")
	for _, fault := range f {
		fmt.Fprintf(&b, "\n  %s: %s", fault.Name, fault.Problem)
	}
	return b.String()
}

// reader gives settings by name and gathers what is wrong with them.
type reader struct {
	env    map[string]string
	values map[string]string // what value has given, so that a file is read, and complained of, once
	faults Faults
}

func newReader(environ []string) *reader {
	r := &reader{env: map[string]string{}, values: map[string]string{}}
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		if strings.HasPrefix(name, prefix) {
			r.env[name] = strings.TrimSpace(value)
		}
	}
	return r
}

// value gives a setting, "" where it is not set. Blanks and line ends around it
// are not part of it: editors and secret stores add them.
func (r *reader) value(name string) string {
	value, read := r.values[name]
	if !read {
		value = r.read(name)
		r.values[name] = value
	}
	return value
}

func (r *reader) read(name string) string {
	value, path := r.env[name], r.env[name+fileSuffix]
	switch {
	case path == "":
		return value
	case value != "":
		r.fault(name, "is set twice: take away either "+name+" or "+name+fileSuffix)
		return value
	}
	content, err := os.ReadFile(path) //nolint:gosec // the operator names the file
	switch {
	case err != nil:
		r.fault(name+fileSuffix, "cannot be read: "+err.Error())
	case len(content) > maxFile:
		r.fault(name+fileSuffix, "names a file of more than 1 MiB, which holds no setting")
	case strings.TrimSpace(string(content)) == "":
		r.fault(name+fileSuffix, "names an empty file")
	default:
		return strings.TrimSpace(string(content))
	}
	return ""
}

// given says whether the operator has set it, be it to something that cannot be
// read.
func (r *reader) given(name string) bool { return r.env[name] != "" || r.env[name+fileSuffix] != "" }

func (r *reader) fault(name, problem string) {
	r.faults = append(r.faults, Fault{name, problem})
}

// list gives a setting that holds several, separated by commas or white space.
func (r *reader) list(name string) []string {
	return strings.Fields(strings.ReplaceAll(r.value(name), ",", " "))
}

// unknown gives what looks like a setting and is none, sorted.
func (r *reader) unknown() []string {
	var strange []string
	for name := range r.env {
		if !slices.Contains(names, strings.TrimSuffix(name, fileSuffix)) {
			strange = append(strange, name)
		}
	}
	slices.Sort(strange)
	return strange
}
