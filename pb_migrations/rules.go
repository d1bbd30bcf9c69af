package pb_migrations

// The API rules are put together from these parts. To PocketBase everything empty is equal, so a guest, a patient and a nurse
// without a queue would all match an unset relation: every rule begins with signedIn, names the collection of the caller, and
// guards every comparison of a relation on both sides.
const (
	signedIn  = `@request.auth.id != ""`
	asPatient = `@request.auth.collectionName = "patients"`
	asStaff   = `@request.auth.collectionName = "staff"`
)

// caseIsMine is true for the patient, and for the guardian who opened the case while that right runs.
// at is the way to the case: "" on the case itself, "case." on what belongs to it.
func caseIsMine(at string) string {
	return `(` + asPatient + ` && (` +
		`(` + at + `patient != "" && ` + at + `patient = @request.auth.id) || ` +
		`(` + at + `guardian != "" && ` + at + `guardianReads = true && ` + at + `guardian = @request.auth.id)))`
}

// caseIsOurs is true for staff of the case's queue, and for those whom a note names. A case has no queue before it joins.
func caseIsOurs(at string) string {
	return `(` + asStaff + ` && ` + at + `queue != "" && (` +
		`@request.auth.queues.id ?= ` + at + `queue || ` +
		`(` + at + `mentioned != "" && ` + at + `mentioned ~ @request.auth.id)))`
}

// mayRead is the rule of a case and of what belongs to it.
func mayRead(at string) string {
	return signedIn + ` && (` + caseIsMine(at) + ` || ` + caseIsOurs(at) + `)`
}

// itself is the rule of a person's own record.
func itself(as string) string {
	return signedIn + ` && ` + as + ` && id = @request.auth.id`
}
