package embedded_test

import (
	"io"
	"net/http"
	"strings"
	"sync"
)

// race plays exchange 200: of writers in the same moment one comes through and
// the other is refused. Ours are brought to the same moment by bodies that
// arrive only when the control plane has looked at what is there.
func (p *player) race() {
	p.t.Helper()
	x := p.all[200]
	first, second := &slowBody{asked: make(chan struct{}), text: *x.Request.Body}, &slowBody{asked: make(chan struct{}), text: *x.Request.Body}
	start := make(chan struct{})
	first.start, second.start = start, start
	results := make(chan *http.Response, 2)
	for _, body := range []*slowBody{first, second} {
		r, err := http.NewRequestWithContext(p.t.Context(), x.Request.Method, "http://localhost:5681"+x.Request.Path, body)
		if err != nil {
			p.t.Fatal(err)
		}
		r.Header.Set("Content-Type", x.Request.Headers["Content-Type"])
		go func() {
			answer, err := p.plane.Transport().RoundTrip(r)
			if err != nil {
				answer = nil
			}
			results <- answer
		}()
	}
	<-first.asked
	<-second.asked
	close(start)
	created := 0
	for range 2 {
		answer := <-results
		switch {
		case answer == nil:
			p.t.Error("200: no answer")
		case answer.StatusCode == http.StatusCreated:
			created++
		default:
			text, err := io.ReadAll(answer.Body)
			if err != nil {
				p.t.Fatal(err)
			}
			p.compare(x, answer, string(text))
		}
	}
	if created != 1 {
		p.t.Errorf("200: %d writers came through, want 1", created)
	}
}

// slowBody tells when it is read for the first time, and then waits.
type slowBody struct {
	asked chan struct{}
	start chan struct{}
	text  string
	once  sync.Once
	from  *strings.Reader
}

// Read waits for the start, then gives the text.
func (s *slowBody) Read(into []byte) (int, error) {
	s.once.Do(func() {
		close(s.asked)
		<-s.start
		s.from = strings.NewReader(s.text)
	})
	return s.from.Read(into)
}
