package ui

import (
	"context"
	"io"
	"strings"
	"sync"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// session is one connected control plane and what the screens about it share.
// It is made once, at connecting, and never changed.
type session struct {
	life   context.Context //nolint:containedctx // the life of the connection: every request of its screens hangs on it
	end    context.CancelFunc
	desk   *desk
	writes *sync.WaitGroup // writes under way, which the program waits for
	entry  backend.Entry
	plane  backend.Reader
	gate   backend.Gate
	id     backend.Identity
	traits backend.Traits
	// examine learns facts of what is typed, keyed as those of the list.
	examine  model.Examiner
	editor   Editor   // nil when there is none
	exporter Exporter // likewise
	random   io.Reader
}

// headline is line 1: where we are. Parts give way in a narrow window: the
// namespace, product and version, the program's name, the mode, the
// environment; name, badges, what is interrupted and freshness stay.
func (s *session) headline(w int, right Line, known awareness) Line {
	right = known.before(right)
	name := model.Visible(s.entry.Name)
	environment, namespace := s.environment(), model.Visible(s.id.SystemNamespace)
	product := strings.TrimSpace(model.Visible(s.id.Product) + " " + model.Visible(s.id.Version))
	mode := string(s.id.Mode)
	switch {
	case s.id.Federated:
		mode = "zone of a global"
	case s.id.Mode == backend.ModeGlobal && known.counted:
		mode += ", " + known.zonesWord()
	}
	badges := s.badges()
	var line Line
	for gone := range 6 {
		line = say(Plain, " ")
		if gone < 3 {
			line = append(line, Span{Title, "meshsecrets"}, Span{Plain, "  "})
		}
		line = append(line, Span{Title, name})
		line = append(line, badges...)
		for _, part := range []struct {
			text  string
			until int // how many others give way before it
		}{{environment, 5}, {product, 2}, {mode, 4}} {
			if part.text == "" || gone >= part.until {
				continue
			}
			line = append(line, Span{Plain, " · " + part.text})
			if part.text == environment && gone < 1 && namespace != "" {
				line = append(line, Span{Plain, " " + namespace})
			}
		}
		if line.width()+1+right.width()+1 <= w {
			break
		}
	}
	return spread(line, right, w)
}

// before puts what is interrupted before how fresh the screen is.
func (k awareness) before(fresh Line) Line {
	if k.interrupted == 0 {
		return fresh
	}
	badge := Line{{Warning, "!"}, {Plain, " " + model.CountWord(k.interrupted) + " interrupted"}}
	if fresh.width() == 0 {
		return badge
	}
	return append(append(badge, Span{Plain, "   "}), fresh...)
}

func (k awareness) zonesWord() string {
	if k.zones == 0 {
		return "no zones"
	}
	return plural(k.zones, "zone", "zones")
}

// environment is the word for where the control plane runs.
func (s *session) environment() string { return environmentWord(s.id.Environment) }

// badges are what must be known before anything is changed here.
func (s *session) badges() Line {
	var line Line
	if readOnly, _ := s.gate.ReadOnly(); readOnly {
		line = append(line, Span{Plain, " "}, Span{Muted, "[read-only]"})
	}
	if s.entry.Protected {
		line = append(line, Span{Plain, " "}, Span{Warning, "[protected]"})
	}
	if s.veiled() {
		line = append(line, Span{Plain, " "}, Span{Muted, "[no-reveal]"})
	}
	if s.entry.Unverified {
		line = append(line, Span{Plain, " "}, Span{Warning, "[unverified]"})
	}
	return line
}

// spread puts one line at the left and one at the right of w cells, with one
// blank at the end.
func spread(l, r Line, w int) Line {
	if r.width() == 0 {
		return l.fit(w)
	}
	room := w - r.width() - 1
	return append(append(l.fit(room), r...), Span{Plain, " "})
}

// warned shows what a server warned of beside its answers, and what observers
// have to say. A message that is
// there already is not replaced: the warnings wait.
func (a App) warned() App {
	s := a.session()
	if s == nil || a.message != (Message{}) {
		return a
	}
	if a.config.Notices != nil {
		if texts := a.config.Notices(); len(texts) > 0 {
			a.message = noted(strings.Join(texts, " "))
			return a
		}
	}
	if w, is := s.plane.(backend.Warner); is {
		if texts := w.Warnings(); len(texts) > 0 {
			a.message = noted(visibleName(s.entry) + " warns: " + strings.Join(texts, " "))
		}
	}
	return a
}
