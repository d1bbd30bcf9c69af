package permissions

// A patient reads their own record and nobody else's; nobody changes one but by PUT /me.
var _ = about("patients", page{
	verbs: `
verb   | nobody superuser owner patient clinician colleague lead mentioned staff
list   | 200    403       200   200     200       200       200  200       200
view   | 404    403       200   404     404       404       404  404       404
create | 403    403       403   403     403       403       403  403       403
update | 403    403       403   403     403       403       403  403       403
delete | 403    403       403   403     403       403       403  403       403`,
	record: func(w *world) string { return w.people["Anna"].ID },
})
