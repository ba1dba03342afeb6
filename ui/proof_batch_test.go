package ui

import (
	"net/http"
	"time"
)

// markedThree marks three secrets of mesh default that nothing uses.
func markedThree(s *stateful) {
	for _, name := range three {
		s.find("2", name)
		s.press("space")
	}
}

// begunThree marks and moves them to checkout; a rule meddles from then on.
func begunThree(s *stateful, rule func(*http.Request) (*http.Response, error)) {
	markedThree(s)
	s.press("m", "enter", "enter")
	s.fault.meddle(rule)
	s.enter("3 checkout")
	s.press("enter")
}

// batchStates are the marks, and the screen that reassigns several.
func batchStates() []state {
	all := func(s *stateful) { s.press("0", "ctrl+a", "m", "enter") }
	return []state{
		{name: "browse, marked", want: "browse", reach: markedThree},
		{name: "browse, marked and filtered", want: "browse", reach: func(s *stateful) { markedThree(s); s.filterBy("password") }},
		{name: "browse, marked elsewhere", want: "browse", reach: func(s *stateful) { markedThree(s); s.press("4") }},
		{name: "batch, choosing", want: "batch", reach: func(s *stateful) { markedThree(s); s.press("m") }},
		{name: "batch, choosing the last", want: "batch", reach: func(s *stateful) { markedThree(s); s.press("m", "G") }},
		{name: "batch, checking", want: "batch", reach: func(s *stateful) {
			markedThree(s)
			s.fault.meddle(on("GET", "/secrets/smtp", s.fault.hang))
			s.press("m", "enter")
			s.wait(time.Second)
		}},
		{name: "batch, found", want: "batch", reach: func(s *stateful) { markedThree(s); s.press("m", "enter") }},
		{name: "batch, found of all", want: "batch", reach: all},
		{name: "batch, found of all, the end", want: "batch", reach: func(s *stateful) { all(s); s.press("G") }},
		{name: "batch, asking", want: "batch", reach: func(s *stateful) { markedThree(s); s.press("m", "enter", "enter") }},
		{name: "batch, checking anew", want: "batch", reach: func(s *stateful) { begunThree(s, on("GET", "/secrets/feature", s.fault.hang)) }},
		{name: "batch, under way", want: "batch", reach: func(s *stateful) { begunThree(s, on("PUT", "/secrets/smtp", s.fault.hang)) }},
		{name: "batch, held", want: "batch", reach: func(s *stateful) { begunThree(s, on("DELETE", "/secrets/smtp", status(400, "no"))) }},
		{name: "batch, stopped before one", want: "batch", reach: func(s *stateful) {
			begunThree(s, on("GET", "/meshes/default/secrets/smtp", status(404, "no")))
		}},
		{name: "batch, done", want: "batch", reach: func(s *stateful) { begunThree(s, nil) }},
		{name: "removals, checking", want: "removals", reach: func(s *stateful) {
			markedThree(s)
			s.fault.meddle(on("GET", "/secrets/smtp", s.fault.hang))
			s.press("D")
		}},
		{name: "removals, asking", want: "removals", reach: func(s *stateful) { markedThree(s); s.press("D") }},
		{name: "removals, asking about all", want: "removals", reach: func(s *stateful) { s.press("0", "ctrl+a", "D") }},
		{name: "removals, asking about all, further", want: "removals", reach: func(s *stateful) { s.press("0", "ctrl+a", "D", "pgdown") }},
		{name: "removals, under way", want: "removals", reach: func(s *stateful) {
			markedThree(s)
			s.press("D")
			s.fault.meddle(on("DELETE", "/secrets/smtp", s.fault.hang))
			s.enter("delete 3")
			s.press("enter")
		}},
		{name: "removals, done", want: "removals", reach: func(s *stateful) {
			markedThree(s)
			s.press("D")
			s.enter("delete 3")
			s.press("enter")
		}},
		{name: "leaving a batch", want: "leaving", reach: func(s *stateful) {
			begunThree(s, on("PUT", "/secrets/smtp", s.fault.hang))
			s.press("ctrl+c")
		}},
	}
}
