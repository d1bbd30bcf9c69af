package permissions

// A queue is read by its own staff. Admins keep the list.
var _ = about("queues", page{
	verbs: `
verb   | nobody superuser owner patient clinician colleague lead mentioned staff
list   | 200    200       200   200     200       200       200  200       200
view   | 404    200       404   404     200       200       200  404       404
create | 403    -         403   403     403       403       403  403       403
update | 403    -         403   403     403       403       403  403       403
delete | 403    -         403   403     403       403       403  403       403`,
	record: func(w *world) string { return w.Norrvik.Id },
})
