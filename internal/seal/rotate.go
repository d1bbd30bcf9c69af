package seal

// Changing keys takes three steps, and the service runs on through all of them:
//
//  1. Put the new key first in LOTSEN_KEYS and restart. New rows use it; old
//     ones are still opened, and found by Lookup.
//  2. Go through the rows: Reseal each value, and store its Fingerprint anew.
//     A row at a time is enough; a run that was cut off is simply run again.
//  3. When KeyOf names the old key for no row (nor for one in a backup that is
//     still to be readable), take it out of LOTSEN_KEYS.

// Current says whether a sealed text or a fingerprint was made with the key in
// use. What is not well-formed is not current.
func (r *Ring) Current(stored string) bool {
	id, err := KeyOf(stored)
	return err == nil && !r.none() && r.keys[0].id == id
}

// Reseal seals what is sealed again, with the key in use. A text that already
// is comes back as it was. Errors are those of [Ring.Open].
func (r *Ring) Reseal(at Place, sealed string) (string, error) {
	plain, err := r.Open(at, sealed)
	if err != nil {
		return "", err
	}
	if r.Current(sealed) {
		return sealed, nil
	}
	return r.Seal(at, plain)
}
