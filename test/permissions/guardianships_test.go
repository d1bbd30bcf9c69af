package permissions

// Guardianships are the program's own. Neither guardian learns of the other, nor the child.
var _ = about("guardianships", page{
	verbs: `
verb   | nobody superuser owner patient clinician colleague lead mentioned staff
list   | 403    403       403   403     403       403       403  403       403
view   | 403    403       403   403     403       403       403  403       403
create | 403    403       403   403     403       403       403  403       403
update | 403    403       403   403     403       403       403  403       403
delete | 403    403       403   403     403       403       403  403       403`,
	record: aRow("guardianships"),
})
