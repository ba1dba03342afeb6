package universal

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"meshsecrets/backend"
	"meshsecrets/backend/backendtest"
	"meshsecrets/model"
)

// filled is a fake with n secrets in mesh payments.
func filled(n int) *fake {
	f := newFake()
	for i := range n {
		f.put(model.Ref{Mesh: "payments", Name: fmt.Sprintf("s-%06d", i)}, []byte("fake"), nil)
	}
	return f
}

func TestListReadsEachPageOnce(t *testing.T) {
	t.Parallel()
	tests := map[int][]string{
		0:    {""},
		1000: {""},
		1001: {"", "&offset=999"},
		2500: {"", "&offset=999", "&offset=1998"},
	}
	for count, want := range tests {
		f := filled(count)
		cp := f.connect(t)
		f.log = nil
		all, err := backendtest.All(t.Context(), cp, backend.Query{Mesh: "payments"})
		if err != nil || len(all) != count {
			t.Errorf("%d secrets: %d were listed, %v", count, len(all), err)
		}
		var asked []string
		for _, line := range f.log {
			q := strings.TrimPrefix(line, "GET /meshes/payments/secrets?")
			offset := ""
			if before, _, found := strings.Cut(q, "&size=1000"); found {
				offset = "&" + before
			}
			asked = append(asked, offset)
		}
		slices.Sort(asked)
		slices.Sort(want)
		if !slices.Equal(asked, want) {
			t.Errorf("%d secrets: asked for %q, want %q", count, asked, want)
		}
	}
}

// A foreign hand deletes before the second page is read: the list begins anew,
// and is whole when nothing more happens.
func TestListBeginsAnewWhenItChanged(t *testing.T) {
	t.Parallel()
	for name, hand := range map[string]func(f *fake, n int){
		"deleted": func(f *fake, n int) { f.remove(model.Ref{Mesh: "payments", Name: fmt.Sprintf("s-%06d", n)}) },
		"inserted": func(f *fake, n int) {
			f.put(model.Ref{Mesh: "payments", Name: fmt.Sprintf("a-%d", n)}, []byte("fake"), nil)
		},
		"replaced": func(f *fake, n int) {
			f.remove(model.Ref{Mesh: "payments", Name: fmt.Sprintf("s-%06d", n)})
			f.put(model.Ref{Mesh: "payments", Name: fmt.Sprintf("z-%d", n)}, []byte("fake"), nil)
		},
	} {
		for times, unsettled := range map[int]bool{1: false, 2: false, 3: true} {
			f := filled(1100)
			cp := f.connect(t)
			left, again, page := times, 0, backend.Page{}
			f.before = func(r *http.Request) {
				if strings.Contains(r.URL.RawQuery, "offset=999") && left > 0 {
					left--
					hand(f, left)
				}
			}
			q := backend.Query{Mesh: "payments"}
			for {
				var err error
				if page, err = cp.List(t.Context(), q); err != nil {
					t.Fatal(err)
				}
				if page.Again {
					again++
				}
				if q.Cursor = page.Next; q.Cursor == "" {
					break
				}
			}
			if again != min(times, 2) || page.Unsettled != unsettled {
				t.Errorf("%s %d times: begun anew %d times, unsettled %v", name, times, again, page.Unsettled)
			}
		}
	}
}

func TestListOfOldVersionsSaysThatItIsCut(t *testing.T) {
	t.Parallel()
	f := filled(1500)
	f.index = `{"product":"Kuma","version":"2.8.4","instanceId":"i"}`
	cp := f.connect(t)
	first, err := cp.List(t.Context(), backend.Query{})
	if err != nil || len(first.Secrets) != 1000 || first.Unsettled {
		t.Fatalf("%d secrets, unsettled %v, %v", len(first.Secrets), first.Unsettled, err)
	}
	last, err := cp.List(t.Context(), backend.Query{Cursor: first.Next})
	if err != nil || len(last.Secrets) != 0 || !last.Unsettled || last.Next == "" {
		t.Errorf("%d secrets, unsettled %v, next %q, %v", len(last.Secrets), last.Unsettled, last.Next, err)
	}
}

func TestListTotals(t *testing.T) {
	t.Parallel()
	f := filled(3)
	f.put(model.Ref{Name: "global-1"}, []byte("fake"), nil)
	cp := f.connect(t)
	q := backend.Query{}
	for _, rows := range []int{3, 1} {
		page, err := cp.List(t.Context(), q)
		if err != nil || page.Total != 4 || len(page.Secrets) != rows {
			t.Errorf("%d rows of %d, %v", len(page.Secrets), page.Total, err)
		}
		q.Cursor = page.Next
	}
	if q.Cursor != "" {
		t.Error("the list goes on")
	}
}

func TestBadLists(t *testing.T) {
	t.Parallel()
	const secret = `{"type":"Secret","mesh":"default","name":"a","creationTime":"2026-11-20T09:00:00Z","data":"ZmFrZQ=="}`
	tests := map[string]struct{ body, want string }{
		"a web page":       {`<html>`, "it sent a web page"},
		"empty":            {``, "it sent an empty answer"},
		"truncated":        {`{"total":1,"items":[{"type":"Sec`, "it sent something else"},
		"null item":        {`{"total":1,"items":[null]}`, "item 1: it is no object"},
		"no name":          {`{"total":2,"items":[` + secret + `,{"type":"Secret","mesh":"default"}]}`, "item 2: it has no name"},
		"duplicate key":    {`{"total":1,"items":[{"name":"a","name":"b"}]}`, "item 1: the same field stands there twice"},
		"duplicate items":  {`{"total":0,"items":[],"items":[]}`, "the same field stands there twice"},
		"another kind":     {`{"total":1,"items":[{"type":"Mesh","name":"a"}]}`, "item 1: it is no secret"},
		"another mesh":     {`{"total":1,"items":[{"type":"Secret","mesh":"other","name":"a"}]}`, "item 1: it belongs to another mesh than was asked for"},
		"name is a number": {`{"total":1,"items":[{"type":"Secret","name":7}]}`, "item 1: name is of a wrong type"},
		"labels are text":  {`{"total":1,"items":[{"type":"Secret","name":"a","labels":"x"}]}`, "item 1: labels is of a wrong type"},
		"total is text":    {`{"total":"1","items":[]}`, "total is of a wrong type"},
		"negative total":   {`{"total":-5,"items":[]}`, "the answer is no list of a control plane"},
		"huge total":       {`{"total":99999999,"items":[]}`, "it says that there are 99999999 secrets"},
		"items are text":   {`{"total":1,"items":"x"}`, "the items are no list"},
		"no items":         {`{"total":1}`, "the answer is no list of a control plane"},
		"a list":           {`[]`, "a list was expected"},
	}
	for name, test := range tests {
		cp := answering(t, http.MethodGet, func() *http.Response { return reply(200, "", test.body) })
		_, err := cp.List(t.Context(), backend.Query{Mesh: "default"})
		if !errors.Is(err, backend.ErrStranger) || !strings.HasSuffix(err.Error(), test.want) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// One secret that cannot be read in full hides no other, and says so.
func TestListTellsWhatItCannotRead(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		item, problem string
		zero          bool
	}{
		"bad base64":  {`"creationTime":"2026-11-20T09:00:00Z","data":"###"`, problemNotBase64, false},
		"a number":    {`"creationTime":"2026-11-20T09:00:00Z","data":7`, problemNotBase64, false},
		"escaped":     {`"creationTime":"2026-11-20T09:00:00Z","data":"\u005amFrZQ=="`, "", false},
		"no data":     {`"creationTime":"2026-11-20T09:00:00Z"`, "", false},
		"null data":   {`"creationTime":"2026-11-20T09:00:00Z","data":null`, "", false},
		"year 10000":  {`"creationTime":"10000-01-01T00:00:00Z","data":"ZmFrZQ=="`, "", true},
		"no time":     {`"data":"ZmFrZQ=="`, "", true},
		"time number": {`"creationTime":-1,"data":"ZmFrZQ=="`, "", true},
	}
	for name, test := range tests {
		body := `{"total":2,"items":[{"type":"Secret","mesh":"default","name":"a",` + test.item +
			`},{"type":"Secret","mesh":"default","name":"b","data":"ZmFrZQ=="}]}`
		cp := answering(t, http.MethodGet, func() *http.Response { return reply(200, "", body) })
		page, err := cp.List(t.Context(), backend.Query{Mesh: "default"})
		if err != nil || len(page.Secrets) != 2 {
			t.Errorf("%s: %d secrets, %v", name, len(page.Secrets), err)
			continue
		}
		got := page.Secrets[0]
		if got.Facts.Problem != test.problem || !got.Facts.Learnt() || got.Created.IsZero() != test.zero {
			t.Errorf("%s: problem %q, made %v", name, got.Facts.Problem, got.Created)
		}
	}
}

func TestResourcesOfUnknownKinds(t *testing.T) {
	t.Parallel()
	cp := newFake().connect(t)
	if _, err := cp.Resources(t.Context(), model.KindMeshIdentity, ""); !errors.Is(err, backend.ErrNotFound) {
		t.Errorf("got %v", err)
	}
}

// A create race that we lost: the control plane says 200 instead of 201.
func TestCreateTellsThatItOverwrote(t *testing.T) {
	t.Parallel()
	f := newFake()
	cp := f.connect(t)
	f.before = func(r *http.Request) {
		if r.Method == http.MethodPut {
			f.put(someRef, []byte("fake-foreign"), nil)
		}
	}
	_, err := cp.Create(t.Context(), someSnapshot("fake-ours"))
	if !errors.Is(err, backend.ErrOverwrote) || !strings.Contains(err.Error(), "overwritten") {
		t.Errorf("got %v", err)
	}
}

// A PUT must hold everything that GET gave, fields that we do not know too.
func TestUpdateSendsBackWhatItRead(t *testing.T) {
	t.Parallel()
	f := newFake()
	f.put(someRef, []byte("fake"), map[string]string{"team": "blue"})
	f.secrets[someRef]["unheardOf"] = map[string]any{"kept": true}
	cp := f.connect(t)
	before, err := cp.Get(t.Context(), someRef)
	if err != nil {
		t.Fatal(err)
	}
	sent := ""
	f.before = func(r *http.Request) {
		if r.Method == http.MethodPut {
			body := make([]byte, r.ContentLength)
			_, _ = r.Body.Read(body)
			sent = string(body)
			f.put(someRef, []byte("fake-new"), map[string]string{"team": "blue"})
		}
	}
	_, _ = cp.Update(t.Context(), before, someSnapshot("fake-new"))
	for _, part := range []string{`"unheardOf":{"kept":true}`, `"team":"blue"`, `"kuma.io/origin":"zone"`, `"creationTime":"2026-`,
		`"type":"Secret"`, `"mesh":"default"`, `"name":"one"`, `"data":"ZmFrZS1uZXc="}`} {
		if strings.Count(sent, part) != 1 {
			t.Errorf("%s was sent %d times", part, strings.Count(sent, part))
		}
	}
}

func TestPagesCoverEveryRow(t *testing.T) {
	t.Parallel()
	for _, total := range []int{0, 1, 999, 1000, 1001, 1999, 2000, 2998, 2999, 100_000} {
		rows := rowsOn(0, total)
		for page := 1; page < pagesFor(total); page++ {
			if on := rowsOn(page, total); on < 2 {
				t.Errorf("page %d of %d rows has %d", page, total, on)
			}
			rows += rowsOn(page, total) - 1
		}
		if rows != total {
			t.Errorf("%d rows of %d are read", rows, total)
		}
	}
}

func FuzzCursor(f *testing.F) {
	f.Add(cursor{Sweep: 1, Page: 1, Total: 2500, Last: "abc"}.encode())
	f.Add("not one of ours")
	f.Fuzz(func(t *testing.T, text string) {
		c, ok := decodeCursor(text)
		if !ok {
			return
		}
		if c.encode() != text || c.Page > pagesFor(c.Total) || c.Total > maxTotal || c.Sweep > maxSweeps {
			t.Errorf("%+v was accepted", c)
		}
	})
}

func FuzzList(f *testing.F) {
	f.Add([]byte(`{"total":1,"items":[{"type":"Secret","mesh":"default","name":"a","data":"ZmFrZQ=="}],"next":null}`))
	f.Add([]byte(`{"total":1,"items":[null]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		fake := newFake()
		cp := fake.connect(t)
		fake.answer = func(*http.Request) *http.Response { return reply(200, "application/json", string(body)) }
		page, err := cp.List(t.Context(), backend.Query{Mesh: "default"})
		for _, s := range page.Secrets {
			if s.Ref.Name == "" || s.Ref.Mesh != "default" || !s.Facts.Learnt() {
				t.Errorf("%+v was listed", s.Ref)
			}
		}
		if err != nil && strings.ContainsFunc(err.Error(), func(r rune) bool { return r < ' ' }) {
			t.Errorf("the error %q holds control characters", err)
		}
	})
}
