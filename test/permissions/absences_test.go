package permissions

// Staff with open cases and no live line. The rows say nothing of a patient.
var _ = about("absences", page{
	verbs: `
verb   | nobody superuser owner patient clinician colleague lead mentioned staff
list   | 403    200       403   403     403       403       403  403       403
view   | 403    200       403   403     403       403       403  403       403
create | 403    403       403   403     403       403       403  403       403
update | 403    403       403   403     403       403       403  403       403
delete | 403    403       403   403     403       403       403  403       403`,
	record: aRow("absences"),
})
