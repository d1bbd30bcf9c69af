package permissions

// reviewID is the review of Norrvik in the world: it names a row that is not there, for the secrets of the world are whose they are.
const reviewID = "review000000001"

// A month's sample of the access log: numbers of rows, verdicts and comments. Leads read theirs through GET /admin/audit/reviews, which says whose
// rows they are, and is a look. Written by commands alone: what was signed stays as it is.
var _ = about("reviews", page{
	verbs: `
verb   | nobody superuser owner patient clinician colleague lead mentioned staff
list   | 403    200       403   403     403       403       403  403       403
view   | 403    200       403   403     403       403       403  403       403
create | 403    403       403   403     403       403       403  403       403
update | 403    403       403   403     403       403       403  403       403
delete | 403    403       403   403     403       403       403  403       403`,
	record: aRow("reviews"),
})
