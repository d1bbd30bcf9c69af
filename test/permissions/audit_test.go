package permissions

// The access log says who has cared for whom, and why: patient data, that a patient reads through GET …/readers. Nobody writes it by hand.
var _ = about("audit", page{
	verbs: `
verb   | nobody superuser owner patient clinician colleague lead mentioned staff
list   | 403    403       403   403     403       403       403  403       403
view   | 403    403       403   403     403       403       403  403       403
create | 403    403       403   403     403       403       403  403       403
update | 403    403       403   403     403       403       403  403       403
delete | 403    403       403   403     403       403       403  403       403`,
	record: aRow("audit"),
})
