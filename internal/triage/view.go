package triage

// QuestionView is a question in one language, as the API sends it.
type QuestionView struct {
	ID       string       `json:"id"`
	Type     Type         `json:"type"`
	Text     string       `json:"text"`
	Help     string       `json:"help"`
	Required bool         `json:"required"`
	Later    bool         `json:"later"`
	Options  []OptionView `json:"options"`
	Min      *float64     `json:"min"`
	Max      *float64     `json:"max"`
	Unit     string       `json:"unit"`
}

// OptionView is an option in one language.
type OptionView struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// In gives the question in lang, in Swedish where there is none.
func (q Question) In(lang string) QuestionView {
	v := QuestionView{
		ID: q.ID, Type: q.Type, Text: q.Text.In(lang), Help: q.Help.In(lang), Required: q.Required, Later: q.Later,
		Options: make([]OptionView, 0, len(q.Options)), Unit: q.Unit.In(lang),
	}
	for _, o := range q.Options {
		v.Options = append(v.Options, OptionView{o.Code, o.Text.In(lang)})
	}
	if q.Type == Integer || q.Type == Decimal {
		v.Min, v.Max = q.Min, q.Max
	}
	return v
}

// Describe gives an answer as words in lang, as the patient read them: option texts for codes. Yes, no and "don't know" have no words
// here, since they belong to the interface's texts: ok is false for these, and for numbers and dates, which need none.
func (q Question) Describe(v Value, lang string) (words []string, ok bool) {
	codes, isList := v.v.([]string)
	if code, isText := v.v.(string); isText && q.Type == Choice {
		codes = []string{code}
	} else if !isList || q.Type != MultiChoice {
		return nil, false
	}
	for _, c := range codes {
		for _, o := range q.Options {
			if o.Code == c {
				words = append(words, o.Text.In(lang))
			}
		}
	}
	return words, true
}

// DecisionView is a decision in one language, as the API sends it.
type DecisionView struct {
	Level   int          `json:"level"`
	Code    string       `json:"code"`
	Title   string       `json:"title"`
	Text    string       `json:"text"`
	Advice  []string     `json:"advice"`
	Reasons []ReasonView `json:"reasons"`
	Next    []string     `json:"next"`
}

// ReasonView is a reason in one language.
type ReasonView struct {
	Rule string `json:"rule"`
	Text string `json:"text"`
}

// In gives the decision in lang, in Swedish where there is none.
func (d Decision) In(lang string) DecisionView {
	v := DecisionView{
		Level: d.Level, Code: d.Code, Title: d.Title.In(lang), Text: d.Text.In(lang), Next: d.Next,
		Advice: make([]string, 0, len(d.Advice)), Reasons: make([]ReasonView, 0, len(d.Reasons)),
	}
	for _, a := range d.Advice {
		v.Advice = append(v.Advice, a.In(lang))
	}
	for _, r := range d.Reasons {
		v.Reasons = append(v.Reasons, ReasonView{r.Rule, r.Text.In(lang)})
	}
	return v
}
