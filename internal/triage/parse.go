package triage

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
)

// The shared file that every protocol has, and the one whose questions come first.
const (
	levelsFile = "levels.yaml"
	redFlags   = "redflags"
)

// Languages that a text may be in; the first two are required of every text.
var languages = []string{"sv", "en", "sv-simple", "ar"}

var (
	idPattern = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)
	// Words that CEL or this package uses.
	reserved = []string{
		"any", "count", "points", "answered", "dontknow", "value", "true", "false", "null", "in", "as", "break", "const", "continue", "else",
		"for", "function", "if", "import", "let", "loop", "package", "namespace", "return", "var", "void", "while",
		"bool", "bytes", "double", "duration", "dyn", "int", "list", "map", "string", "timestamp", "type", "uint", "has", "size",
	}
)

// Parse reads a protocol. name is the file's name and is shown in faults; shared holds levels.yaml and the files that it includes.
// What is wrong comes back as Faults, everything at once where possible. It checks that the protocol is well formed, not that it is
// safe: that every path ends well is proved elsewhere.
func Parse(name string, content []byte, shared fs.FS) (*Protocol, error) {
	return parse(file{name, content}, func(name string) ([]byte, error) { return fs.ReadFile(shared, name) })
}

// part is one file of a protocol as it was read.
type part struct {
	file    string
	sources map[string]string
	facts   namedExpressions
	rules   []ruleSource
}

// builder puts a protocol together from its parts.
type builder struct {
	faults
	p     *Protocol
	read  func(name string) ([]byte, error)
	files []file // in the order of first use; the protocol's own first
	parts []part // the shared ones in the order of inclusion, the protocol's own last

	questionParts []string // file of each question
	questionInput []questionSource
	compiler      *compiler
}

func parse(own file, read func(name string) ([]byte, error)) (*Protocol, error) {
	b := &builder{p: &Protocol{index: map[string]int{}, advice: map[int][]advice{}, levels: map[int]level{}}, read: read, files: []file{own}}
	var src protocolSource
	if err := decode(own.name, own.content, &src); err != nil {
		return nil, err
	}
	steps := []func(*protocolSource){b.head, b.levels, b.gather, b.questions, b.expressions, b.ownAdvice}
	for _, step := range steps {
		if step(&src); len(b.list) > 0 {
			return nil, b.err()
		}
	}
	b.p.source = bundle(b.files)
	b.p.hash = hashOf(b.p.source)
	return b.p, nil
}

// head checks what stands above the questions.
func (b *builder) head(src *protocolSource) {
	name, line := b.files[0].name, src.Protocol.line
	if !idPattern.MatchString(src.Protocol.text) {
		b.add(name, line, "write protocol: <code>, with a-z, 0-9 and _", "the protocol has no valid code")
	} else if name != src.Protocol.text+".yaml" {
		b.add(name, line, "name the file "+src.Protocol.text+".yaml, or change the code", "the code %s and the file's name differ", src.Protocol.text)
	}
	if src.Version < 1 {
		b.add(name, line, "write version: 1, and raise it with every change", "the version is missing")
	}
	b.text(name, line, "title", src.Title)
	b.text(name, line, "not_for", src.NotFor)
	for _, lang := range languages[:2] {
		if len(src.Synonyms[lang]) == 0 {
			b.add(name, line, "list what people search for, misspelt too", "synonyms in %s are missing", lang)
		}
	}
	p := b.p
	p.Code, p.Version, p.Title, p.NotFor = src.Protocol.text, src.Version, src.Title, src.NotFor
	p.Synonyms, p.Signed, p.Sources = src.Synonyms, src.Signed, map[string]string{}
}

// load reads a file of the shared ones, once, and keeps its bytes for the bundle.
func (b *builder) load(name string, at word, into any) bool {
	content, err := b.read(name)
	if err != nil {
		b.add(b.files[0].name, at.line, "check the name, and that the file lies beside the protocol", "%s cannot be read", name)
		return false
	}
	b.files = append(b.files, file{name, content})
	if err := decode(name, content, into); err != nil {
		var found Faults
		errors.As(err, &found) // decode gives nothing else
		b.list = append(b.list, found...)
		return false
	}
	return true
}

// levels reads what the levels mean.
func (b *builder) levels(src *protocolSource) {
	var shared levelsSource
	if !b.load(levelsFile, src.Protocol, &shared) {
		return
	}
	b.text(levelsFile, 0, "default", shared.Default)
	b.p.fallback = shared.Default
	for _, l := range shared.Levels {
		what := fmt.Sprintf("level %d", l.Level)
		b.text(levelsFile, 0, what+": title", l.Title)
		b.text(levelsFile, 0, what+": text", l.Text)
		if l.Level < Immediate || l.Level > SelfCare || l.Code == "" {
			b.add(levelsFile, 0, "levels are 1 to 5, each with a code", "%s is not valid", what)
		}
		if !slices.Contains(l.Next, "queue") {
			b.add(levelsFile, 0, "add queue to next: nobody is locked out", "%s does not lead to the queue", what)
		}
		b.p.levels[l.Level] = level{code: l.Code, title: l.Title, text: l.Text, next: l.Next, advice: b.adviceOf(levelsFile, l.Advice, true)}
	}
	for n := Immediate; n <= SelfCare; n++ {
		if _, ok := b.p.levels[n]; !ok {
			b.add(levelsFile, 0, "describe all five levels", "level %d is missing", n)
		}
	}
}

// gather lays the questions of the included files in their places and keeps every part for its facts and rules.
func (b *builder) gather(src *protocolSource) {
	own := b.files[0].name
	if len(src.Questions) == 0 || src.Questions[0].Include.text != redFlags {
		b.add(own, src.Protocol.line, "begin the questions with - include: redflags", "the universal red flags do not come first")
	}
	seen := map[string]bool{}
	for _, q := range src.Questions {
		if q.Include.text == "" {
			b.questionParts, b.questionInput = append(b.questionParts, own), append(b.questionInput, q)
			continue
		}
		if q.ID.text != "" || q.Type.text != "" {
			b.add(own, q.Include.line, "write the include as an entry of its own", "an include cannot be a question as well")
		}
		if seen[q.Include.text] {
			b.add(own, q.Include.line, "include each file once", "%s is included twice", q.Include.text)
			continue
		}
		seen[q.Include.text] = true
		b.include(q.Include)
	}
	b.parts = append(b.parts, part{own, src.Sources, src.Facts, src.Rules})
}

func (b *builder) include(name word) {
	if !idPattern.MatchString(name.text) {
		b.add(b.files[0].name, name.line, "write the name of a shared file without .yaml", "%q is not the name of a shared file", name.text)
		return
	}
	fileName := name.text + ".yaml"
	var shared sharedSource
	if !b.load(fileName, name, &shared) {
		return
	}
	if shared.Shared.text != name.text {
		b.add(fileName, shared.Shared.line, "begin the file with shared: "+name.text, "this is not the shared file %s", name.text)
		return
	}
	for _, q := range shared.Questions {
		if q.Include.text != "" {
			b.add(fileName, q.Include.line, "let the protocol include it", "a shared file cannot include another")
			continue
		}
		b.questionParts, b.questionInput = append(b.questionParts, fileName), append(b.questionInput, q)
	}
	b.parts = append(b.parts, part{fileName, shared.Sources, shared.Facts, shared.Rules})
}
