package universal

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// gatewayList answers lists of MeshGateways, whose names a test changes between
// two pages. It notes the offsets that were asked for.
type gatewayList struct {
	names   []string
	between func(l *gatewayList)
	offsets []int
}

func (l *gatewayList) answer(r *http.Request) *http.Response {
	offset, _ := strconv.Atoi(r.URL.Query().Get("offset"))
	size, _ := strconv.Atoi(r.URL.Query().Get("size"))
	if l.offsets = append(l.offsets, offset); offset > 0 && l.between != nil {
		l.between(l)
	}
	var items []string
	for _, name := range l.names[min(offset, len(l.names)):min(offset+size, len(l.names))] {
		items = append(items, fmt.Sprintf(`{"type":"MeshGateway","mesh":"pay","name":%q,"modificationTime":"2026-11-20T09:00:%02dZ"}`, name, len(l.offsets)))
	}
	return reply(200, "", fmt.Sprintf(`{"total":%d,"items":[%s],"next":null}`, len(l.names), strings.Join(items, ",")))
}

// read gives what is listed in the end, and what was read anew.
func (l *gatewayList) read(t *testing.T) (names []string, again int, err error) {
	t.Helper()
	f := newFake()
	cp := f.connect(t)
	f.answer = l.answer
	for cursor := ""; ; {
		page, err := cp.Resources(t.Context(), model.KindMeshGateway, cursor)
		if err != nil {
			return nil, again, err
		}
		if page.Again {
			names, again = nil, again+1
		}
		for _, r := range page.Resources {
			names = append(names, r.Name)
		}
		if cursor = page.Next; cursor == "" {
			return names, again, nil
		}
	}
}

func numbered(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("gw-%05d", i)
	}
	return names
}

// Resources come page by page, each once, though their statuses are written all
// the time.
func TestResourcesComeInPages(t *testing.T) {
	t.Parallel()
	for count, pages := range map[int]int{0: 1, 1: 1, 1000: 1, 1001: 2, 2500: 3} {
		l := &gatewayList{names: numbered(count)}
		got, again, err := l.read(t)
		if err != nil || again > 0 || !slices.Equal(got, l.names) || len(l.offsets) != pages {
			t.Errorf("%d resources: %d came in %d pages, anew %d times, %v", count, len(got), len(l.offsets), again, err)
		}
	}
}

// A list that shifts while it is read is read anew; one that always does is no
// answer.
func TestResourcesThatChangeMeanwhile(t *testing.T) {
	t.Parallel()
	left := 0
	// One goes and one comes, so that the number tells nothing.
	shift := func(l *gatewayList) {
		if left > 0 {
			left--
			l.names = append(l.names[1:], fmt.Sprintf("new-%d", left))
		}
	}
	for times, want := range map[int]error{1: nil, 2: nil, 3: backend.ErrConflict} {
		left = times
		l := &gatewayList{names: numbered(2500), between: shift}
		got, again, err := l.read(t)
		if !errors.Is(err, want) || want == nil && (again != times || !slices.Equal(got, l.names)) {
			t.Errorf("shifted %d times: %d resources, anew %d times, %v", times, len(got), again, err)
		}
	}
}

// A cursor of another list, or of nobody, is refused.
func TestResourcesFromNowhere(t *testing.T) {
	t.Parallel()
	cp := newFake().connect(t)
	for _, from := range []string{"rubbish", cursor{Sweep: 1}.encode(), cursor{Sweep: 1, Part: ofGlobals, Page: 1, Total: 2000}.encode()} {
		if _, err := cp.Resources(t.Context(), model.KindMeshGateway, from); !errors.Is(err, backend.ErrInvalid) {
			t.Errorf("%q: got %v", from, err)
		}
	}
}
