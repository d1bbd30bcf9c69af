package permissions

// Repeats are the program's own: what was answered to a move, the whole case with it.
var _ = about("repeats", page{
	verbs: `
verb   | nobody superuser owner patient clinician colleague lead mentioned staff
list   | 403    403       403   403     403       403       403  403       403
view   | 403    403       403   403     403       403       403  403       403
create | 403    403       403   403     403       403       403  403       403
update | 403    403       403   403     403       403       403  403       403
delete | 403    403       403   403     403       403       403  403       403`,
	record: aRow("repeats"),
})
