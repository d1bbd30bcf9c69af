package permissions

// Routes are the table by which cases find their queue. Admins keep it; staff and patients meet what it does.
var _ = about("routes", page{
	verbs: `
verb   | nobody superuser owner patient clinician colleague lead mentioned staff
list   | 403    200       403   403     403       403       403  403       403
view   | 403    200       403   403     403       403       403  403       403
create | 403    -         403   403     403       403       403  403       403
update | 403    -         403   403     403       403       403  403       403
delete | 403    -         403   403     403       403       403  403       403`,
	record: aRow("routes"),
})
