package audit

// Link is the hash of a row, for tests that forge a chain.
var Link = link
