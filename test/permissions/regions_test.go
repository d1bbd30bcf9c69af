package permissions

import (
	"slices"
	"testing"
)

// Regions are read by anyone, those in service. Admins keep the list.
var _ = about("regions", page{
	verbs: `
verb   | nobody superuser owner patient clinician colleague lead mentioned staff
list   | 200    200       200   200     200       200       200  200       200
view   | 200    200       200   200     200       200       200  200       200
create | 403    -         403   403     403       403       403  403       403
update | 403    -         403   403     403       403       403  403       403
delete | 403    -         403   403     403       403       403  403       403`,
	record: aRow("regions"),
})

// TestWhatIsOutOfServiceIsNotListed: neither the region nor its units, and what is hidden of one in service stays so.
func TestWhatIsOutOfServiceIsNotListed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	off := w.row("regions", map[string]any{"slug": "off", "name": "Off", "inService": false, "info": map[string]any{"fees": "x"}})
	lost := w.row("units", map[string]any{"slug": "lost", "name": "Lost", "region": off.Id, "inService": true})
	shut := w.row("units", map[string]any{"slug": "shut", "name": "Shut", "region": w.Region.Id, "inService": false})
	for _, caller := range callers {
		if caller == "admin" {
			continue
		}
		for collection, ids := range map[string][]string{"regions": {off.Id}, "units": {lost.Id, shut.Id}} {
			for _, id := range ids {
				w.view(caller, collection, id, false)
				if slices.Contains(w.get(caller, list(collection)).ids(), id) {
					t.Errorf("%s lists %s/%s, which is out of service", caller, collection, id)
				}
			}
		}
	}
}
