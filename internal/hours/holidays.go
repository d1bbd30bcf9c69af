package hours

import (
	"sync"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/se"
)

// holiday is a public holiday (lag 1989:253), or one of the three eves, which nearly all agreements count as such. Sundays have hours of their own.
type holiday struct {
	words Words
	eve   bool
}

// holidays are all there are. The library's own list leaves out Easter Day and Whitsun, as they are Sundays.
var holidays = []struct {
	day    *cal.Holiday
	sv, en string
	eve    bool
}{
	{se.Nyarsdagen, "Nyårsdagen", "New Year's Day", false},
	{se.TrettondedagJul, "Trettondedag jul", "Epiphany", false},
	{se.Langfredagen, "Långfredagen", "Good Friday", false},
	{se.Paskdagen, "Påskdagen", "Easter Day", false},
	{se.AnnandagPask, "Annandag påsk", "Easter Monday", false},
	{se.KristiHimmelfardsdag, "Kristi himmelsfärdsdag", "Ascension Day", false},
	{se.ForstaMaj, "Första maj", "May Day", false},
	{se.Pingstdagen, "Pingstdagen", "Whit Sunday", false},
	{se.Nationaldagen, "Sveriges nationaldag", "National Day of Sweden", false},
	{se.Midsommarafton, "Midsommarafton", "Midsummer's Eve", true},
	{se.Midsommardagen, "Midsommardagen", "Midsummer's Day", false},
	{se.AllaHelgonsDag, "Alla helgons dag", "All Saints' Day", false},
	{se.Julafton, "Julafton", "Christmas Eve", true},
	{se.Juldagen, "Juldagen", "Christmas Day", false},
	{se.AnnandagJul, "Annandag jul", "Boxing Day", false},
	{se.Nyarsafton, "Nyårsafton", "New Year's Eve", true},
}

// years keeps the holidays of a year, map[Date]holiday, once they are worked out.
var years sync.Map

func holidayOn(d Date) (holiday, bool) {
	known, ok := years.Load(d.Year)
	if !ok {
		known, _ = years.LoadOrStore(d.Year, holidaysOf(d.Year))
	}
	h, is := known.(map[Date]holiday)[d]
	return h, is
}

// holidaysOf lists the holidays of a year. Of two on one day the first of the list gives the name.
func holidaysOf(year int) map[Date]holiday {
	all := map[Date]holiday{}
	for _, h := range holidays {
		at, _ := h.day.Calc(year)
		y, m, day := at.Date()
		d := Date{y, m, day}
		if _, taken := all[d]; !taken {
			all[d] = holiday{Words{"sv": h.sv, "en": h.en}, h.eve}
		}
	}
	return all
}
