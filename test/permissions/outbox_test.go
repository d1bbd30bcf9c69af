package permissions

// The outbox is the program's own: whom to tell what, at which number.
var _ = about("outbox", page{
	verbs: `
verb   | nobody superuser owner patient clinician colleague lead mentioned staff
list   | 403    403       403   403     403       403       403  403       403
view   | 403    403       403   403     403       403       403  403       403
create | 403    403       403   403     403       403       403  403       403
update | 403    403       403   403     403       403       403  403       403
delete | 403    403       403   403     403       403       403  403       403`,
	record: aRow("outbox"),
})
