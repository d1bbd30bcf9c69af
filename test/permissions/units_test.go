package permissions

// Units are read by anyone, those in service. Admins keep the list.
var _ = about("units", page{
	verbs: `
verb   | nobody superuser owner patient clinician colleague lead mentioned staff
list   | 200    200       200   200     200       200       200  200       200
view   | 200    200       200   200     200       200       200  200       200
create | 403    -         403   403     403       403       403  403       403
update | 403    -         403   403     403       403       403  403       403
delete | 403    -         403   403     403       403       403  403       403`,
	record: aRow("units"),
})
