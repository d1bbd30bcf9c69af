package permissions

// When a superuser has opened patient data, and why: for superusers to see, on the dashboard too; written by commands alone. What an open one
// gives is in hooks/breakglass_test.go.
var _ = about("breakglass", page{
	verbs: `
verb   | nobody superuser owner patient clinician colleague lead mentioned staff
list   | 403    200       403   403     403       403       403  403       403
view   | 403    200       403   403     403       403       403  403       403
create | 403    403       403   403     403       403       403  403       403
update | 403    403       403   403     403       403       403  403       403
delete | 403    403       403   403     403       403       403  403       403`,
	record: aRow("breakglass"),
})
