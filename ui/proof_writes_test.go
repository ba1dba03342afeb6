package ui

import "net/http"

// The states of what changes something: forms, deletions, reassigns.

func formStates() []state {
	edit := func(s *stateful) {
		s.find("2", "smtp-password")
		s.press("e")
	}
	return []state{
		keysOf("add, name", "form", "4", "a"),
		keysOf("add, mesh", "form", "4", "a", "shift+tab"),
		keysOf("add, value from", "form", "4", "a", "tab"),
		keysOf("add, file", "form", "4", "a", "tab", "right", "tab"),
		keysOf("add, store", "form", "4", "a", "tab", "tab"),
		keysOf("add, value", "form", "4", "a", "x", "tab", "tab", "tab", "f", "a", "k", "e"),
		keysOf("add, value revealed", "form", "4", "a", "x", "tab", "tab", "tab", "f", "a", "k", "e", "ctrl+x"),
		{name: "add, a check to mend", want: "form", reach: func(s *stateful) {
			s.press("4", "a", "x", "tab", "tab", "tab")
			s.paste("fake-value-with-an-end\n")
			s.press("tab")
		}},
		keysOf("add a missing one", "form", "4", "a"),
		keysOf("add a global one", "form", "tab", "j", "tab", "a"),
		{name: "add, the other half", want: "form", reach: func(s *stateful) { s.generateCA(); s.press("ctrl+s") }},
		{name: "add, leaving the other half", want: "abandon", reach: func(s *stateful) { s.generateCA(); s.press("ctrl+s", "esc", "j", "j") }},
		{name: "add, the other half is only here", want: "leaving", reach: func(s *stateful) { s.generateCA(); s.press("ctrl+s", "ctrl+c") }},
		keysOf("add, leaving", "abandon", "4", "a", "x", "esc"),
		keysOf("add, leaving, about to drop it", "abandon", "4", "a", "x", "esc", "j"),
		{name: "add, being saved", want: "form", reach: func(s *stateful) {
			s.press("5", "a", "x", "tab", "tab", "tab")
			s.paste("fake-value")
			s.fault.meddle(on("PUT", "secrets", s.fault.hang))
			s.press("ctrl+s")
		}},
		{name: "edit", want: "form", reach: edit},
		{name: "edit revealed", want: "form", reach: func(s *stateful) { edit(s); s.press("ctrl+x") }},
		{name: "edit, changed", want: "form", reach: func(s *stateful) { edit(s); s.paste("fake-other") }},
		{name: "edit, being read", want: "form", reach: func(s *stateful) { s.fault.meddle(on("GET", "/secrets/smtp", s.fault.hang)); edit(s) }},
		{name: "edit, not read", want: "form", reach: func(s *stateful) { s.fault.meddle(on("GET", "/secrets/smtp", status(500, "no"))); edit(s) }},
		{name: "edit, asking", want: "approval", reach: func(s *stateful) { editInUse(s); s.press("ctrl+s") }},
		{name: "edit, leaving", want: "abandon", reach: func(s *stateful) { editInUse(s); s.press("esc") }},
		{name: "conflict", want: "conflict", reach: clash},
		{name: "conflict, the second choice", want: "conflict", reach: func(s *stateful) { clash(s); s.press("j") }},
		{name: "conflict revealed", want: "conflict", reach: func(s *stateful) { clash(s); s.press("x") }},
		{name: "conflict, being read", want: "conflict", reach: func(s *stateful) {
			collide(s)
			s.fault.meddle(on("GET", "/secrets/stripe", s.fault.hang))
			s.press("enter")
		}},
		{name: "conflict, not read", want: "conflict", reach: func(s *stateful) {
			collide(s)
			s.fault.meddle(on("GET", "/secrets/stripe", status(500, "no")))
			s.press("enter")
		}},
	}
}

func editInUse(s *stateful) {
	s.find("4", "psp-client-key")
	s.press("e")
	s.paste("fake-not-a-key")
}

// collide saves over somebody else's change, and is told so.
func collide(s *stateful) {
	s.find("4", "stripe-webhook-token")
	s.press("e")
	s.paste(jwt(`{"alg":"HS256"}`, `{"sub":"fake mine"}`))
	s.foreign("/meshes/payments/secrets/stripe-webhook-token", "ZmFrZS10aGVpcnM=")
	s.press("ctrl+s")
}

func clash(s *stateful) {
	collide(s)
	s.press("enter")
}

func deleteStates() []state {
	remove := func(s *stateful, rule func(*http.Request) (*http.Response, error), keys ...string) {
		s.find("4", "payments-ca-cert-old")
		s.fault.meddle(rule)
		s.press(keys...)
	}
	return []state{
		atSecret("delete, a choice", "removal", "4", "payments-ca-cert-old", "D"),
		atSecret("delete, the other choice", "removal", "4", "payments-ca-cert-old", "D", "j"),
		atSecret("delete, typed", "removal", "4", "psp-ca", "D"),
		atSecret("delete, partly typed", "removal", "4", "psp-ca", "D", "p", "s"),
		atSecret("delete, system", "removal", "4", "dataplane-token-signing-key-payments-1", "D"),
		{name: "delete, being read", want: "removal", reach: func(s *stateful) { remove(s, on("GET", "/secrets/payments-ca-cert-old", s.fault.hang), "D") }},
		{name: "delete, not read", want: "removal", reach: func(s *stateful) { remove(s, on("GET", "/secrets/payments-ca-cert-old", status(500, "no")), "D") }},
		{name: "delete, under way", want: "removal", reach: func(s *stateful) { remove(s, on("DELETE", "", s.fault.hang), "D", "j", "enter") }},
		{name: "delete, refused there", want: "removal", reach: func(s *stateful) { remove(s, on("DELETE", "", status(500, "no")), "D", "j", "enter") }},
		{name: "leaving while deleting", want: "leaving", reach: func(s *stateful) { remove(s, on("DELETE", "", s.fault.hang), "D", "j", "enter", "ctrl+c") }},
		atSecret("help of a choice", "help", "4", "payments-ca-cert-old", "D", "?"),
		atSecret("undo, a choice", "undoing", "4", "payments-ca-cert-old", "D", "j", "enter", "z"),
		atSecret("undo, the other choice", "undoing", "4", "payments-ca-cert-old", "D", "j", "enter", "z", "j"),
		{name: "undo, being read", want: "undoing", reach: func(s *stateful) {
			remove(s, nil, "D", "j", "enter")
			s.fault.meddle(on("GET", "/secrets/payments-ca-cert-old", s.fault.hang))
			s.press("z")
		}},
		{name: "undo, under way", want: "undoing", reach: func(s *stateful) {
			remove(s, nil, "D", "j", "enter")
			s.fault.meddle(on("PUT", "/secrets/payments-ca-cert-old", s.fault.hang))
			s.press("z", "j", "enter")
		}},
	}
}

// moveIt is a reassign up to its phrase.
func moveIt(s *stateful, rule func(*http.Request) (*http.Response, error)) {
	s.find("4", "stripe-webhook-token")
	s.press("m", "G", "enter")
	if r, is := s.top().(reassign); is && r.stage == confirming {
		s.enter(r.ask.want())
	}
	s.fault.meddle(rule)
	s.press("enter")
}

func reassignStates() []state {
	return []state{
		atSecret("reassign, choosing", "reassign", "4", "stripe-webhook-token", "m"),
		atSecret("reassign, choosing the last", "reassign", "4", "stripe-webhook-token", "m", "G"),
		atSecret("reassign, asking", "reassign", "4", "stripe-webhook-token", "m", "G", "enter"),
		atSecret("reassign, the checks", "reassign", "4", "stripe-webhook-token", "m", "G", "enter", "tab"),
		atSecret("reassign, blocked", "reassign", "4", "psp-ca", "m", "enter"),
		{name: "reassign, checking", want: "reassign", reach: func(s *stateful) {
			s.find("4", "stripe-webhook-token")
			s.fault.meddle(on("GET", "/secrets/stripe", s.fault.hang))
			s.press("m", "enter")
		}},
		{name: "reassign, under way", want: "reassign", reach: func(s *stateful) { moveIt(s, on("PUT", "", s.fault.hang)) }},
		{name: "reassign, held", want: "reassign", reach: func(s *stateful) { moveIt(s, on("DELETE", "", status(500, "no"))) }},
		{name: "reassign, held, another choice", want: "reassign", reach: func(s *stateful) { moveIt(s, on("DELETE", "", status(500, "no"))); s.press("j") }},
		{name: "reassign, done", want: "reassign", reach: func(s *stateful) { moveIt(s, nil) }},
		{name: "leaving while reassigning", want: "leaving", reach: func(s *stateful) { moveIt(s, on("PUT", "", s.fault.hang)); s.press("ctrl+c") }},
	}
}
