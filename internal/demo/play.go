package demo

// approval is a log-in that the played app has approved: the same again gets the same answer.
type approval struct{ number, returnURL string }
