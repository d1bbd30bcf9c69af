package api

import (
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/pocketbase/pocketbase/tools/router"

	"lotsen/internal/texts"
)

// retryAfter is how long a client is asked to wait while the service is out of order, in seconds.
const retryAfter = 15

// OutOfOrder is the answer while nothing can be written down, in the caller's language: whom to ring. cause is kept for whoever has to know, and
// is not shown. h is the header of the answer.
func OutOfOrder(h http.Header, lang texts.Lang, cause error) *router.ApiError {
	h.Set("Retry-After", strconv.Itoa(retryAfter))
	h.Set("Cache-Control", "no-store")
	return outOfOrder(lang, cause)
}

func outOfOrder(lang texts.Lang, cause error) *router.ApiError {
	words := lang.Say(texts.ErrorOutOfOrder)
	return router.NewApiError(http.StatusServiceUnavailable, words, map[string]any{
		"reason": data{code: "out_of_order", words: words, more: map[string]any{"phones": numbersToRing()}, cause: cause},
	})
}

// OutOfOrderEvent is told to those who are connected when the service goes out of order. It comes in every language, for the database, which
// knows whose language is which, is what has failed.
func OutOfOrderEvent() []byte {
	words := map[texts.Lang]string{}
	for _, lang := range texts.Langs() {
		words[lang] = lang.Say(texts.ErrorOutOfOrder)
	}
	raw, _ := json.Marshal(map[string]any{ // strings and a number always can be
		"type": "out_of_order", "message": words[texts.Swedish], "messages": words, "phones": numbersToRing(), "retryAfter": retryAfter,
	})
	return raw
}

// InOrderEvent is told when the service works again: what was shown before is to be asked for anew.
func InOrderEvent() []byte { return []byte(`{"type":"in_order"}`) }
