package permissions

// Events are read through GET …/events, which hides from a reader what is not theirs. Here nobody reads them.
var _ = about("events", page{
	verbs: `
verb   | nobody superuser owner patient clinician colleague lead mentioned staff
list   | 403    403       403   403     403       403       403  403       403
view   | 403    403       403   403     403       403       403  403       403
create | 403    403       403   403     403       403       403  403       403
update | 403    403       403   403     403       403       403  403       403
delete | 403    403       403   403     403       403       403  403       403`,
	record: aRow("events"),
})
