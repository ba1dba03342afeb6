package universal

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// tag are the labels of a reassign.
func tag(id, from string) map[string]string {
	return map[string]string{model.LabelReassign: id, model.LabelFrom: from, "team": "blue"}
}

// A list that never holds still may lack what is unfinished: that nothing is
// cannot be told from it.
func TestUnfinishedWhileTheListChanges(t *testing.T) {
	t.Parallel()
	f := newFake()
	for i := range 2 * pageSize {
		f.put(model.Ref{Mesh: "default", Name: fmt.Sprintf("n-%04d", i)}, []byte("fake"), nil)
	}
	cp := f.connect(t)
	var made atomic.Int32
	f.before = func(r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/secrets") {
			f.put(model.Ref{Mesh: "default", Name: fmt.Sprintf("a-%04d", made.Add(1))}, []byte("fake"), nil)
		}
	}
	all, err := cp.Unfinished(t.Context())
	if !errors.Is(err, backend.ErrConflict) || !strings.HasSuffix(err.Error(), ": it changed while it was read") || len(all) > 0 {
		t.Errorf("%d are unfinished, %v", len(all), err)
	}
	f.before = nil
	if all, err := cp.Unfinished(t.Context()); err != nil || len(all) > 0 {
		t.Errorf("%d are unfinished, %v", len(all), err)
	}
}

func TestUnfinished(t *testing.T) {
	t.Parallel()
	f := newFake()
	f.put(model.Ref{Mesh: "payments", Name: "whole"}, []byte("CANARY-fake"), tag("0a1b", "default"))
	f.put(model.Ref{Mesh: "payments", Name: "plain"}, []byte("fake"), map[string]string{"team": "blue"})
	f.put(model.Ref{Mesh: "payments", Name: "no-from"}, []byte("fake"), map[string]string{model.LabelReassign: "0a1c"})
	f.put(model.Ref{Mesh: "payments", Name: "bad-from"}, []byte("fake"), tag("0a1d", "A\x1b mesh"))
	f.put(model.Ref{Mesh: "payments", Name: "itself"}, []byte("fake"), tag("0a1e", "payments"))
	f.put(model.Ref{Mesh: "payments", Name: "no-id"}, []byte("fake"), tag("", "default"))
	f.put(model.Ref{Name: "global"}, []byte("fake"), tag("0a1f", "default"))
	// A reassign on its way back has a tag at both ends.
	f.put(model.Ref{Mesh: "payments", Name: "turned"}, []byte("fake"), tag("0a20", "default"))
	f.put(model.Ref{Mesh: "default", Name: "turned"}, []byte("fake"), tag("0a20", "payments"))
	o := f.options()
	o.Now = func() time.Time { return f.clock.Add(time.Hour) }
	cp, err := Connect(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	all, err := cp.Unfinished(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, u := range all {
		got = append(got, fmt.Sprintf("%s %s %v", u.Plan.From, u.Plan.To, u.Problem == ""))
		if !u.Plan.TargetFirst || u.Started.IsZero() || u.Age < time.Hour || u.Age > time.Hour+time.Second || u.Copy != "" {
			t.Errorf("%+v", u)
		}
		if u.Problem != "" && strings.Contains(u.Problem, "\x1b") {
			t.Errorf("the problem is %q", u.Problem)
		}
	}
	want := "default/whole payments/whole true, global/no-from payments/no-from false, A\x1b mesh/bad-from payments/bad-from false, " +
		"payments/itself payments/itself false, default/no-id payments/no-id false, default/turned payments/turned true"
	if strings.Join(got, ", ") != want {
		t.Errorf("got  %q\nwant %q", strings.Join(got, ", "), want)
	}
	if all[0].Plan.ID != "0a1b" {
		t.Errorf("its id is %q", all[0].Plan.ID)
	}
}

// Ages are reckoned with the control plane's clock, where it tells.
func TestUnfinishedAge(t *testing.T) {
	t.Parallel()
	f := newFake()
	f.put(model.Ref{Mesh: "payments", Name: "whole"}, []byte("fake"), tag("0a1b", "default"))
	cp := f.connect(t)
	f.answer = func(r *http.Request) *http.Response {
		if r.URL.Path != "/" {
			return nil
		}
		answer := reply(http.StatusOK, "application/json", f.index)
		answer.Header.Set("Date", f.clock.Add(90*time.Second).Truncate(time.Second).Format(http.TimeFormat))
		return answer
	}
	all, err := cp.Unfinished(t.Context())
	if err != nil || len(all) != 1 || all[0].Age.Round(time.Second) != 90*time.Second {
		t.Errorf("%+v, %v", all, err)
	}
}

func TestUnfinishedOnlyWhereItCanBeTold(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*fake){
		"a version that keeps no labels": func(f *fake) { f.index = `{"product":"Kuma","version":"2.9.3","instanceId":"i-1"}` },
		"a cluster's":                    func(f *fake) { f.config = `{"environment":"kubernetes","mode":"zone"}` },
	} {
		f := newFake()
		f.put(model.Ref{Mesh: "payments", Name: "whole"}, []byte("fake"), tag("0a1b", "default"))
		change(f)
		if all, err := f.connect(t).Unfinished(t.Context()); err != nil || len(all) != 0 {
			t.Errorf("%s: %v, %v", name, all, err)
		}
	}
}

// What a reassign is marked with arrives, and goes away again with nothing else.
func TestTagsComeAndGo(t *testing.T) {
	t.Parallel()
	f := newFake()
	cp := f.connect(t)
	for name, labels := range map[string]map[string]string{"labelled": {"team": "blue", model.LabelDisplayName: "shown"}, "bare": nil} {
		plan := model.Plan{ID: "0a1b", From: model.Ref{Mesh: "default", Name: name}, To: model.Ref{Mesh: "payments", Name: name}}
		made := model.Snapshot{Secret: model.Secret{Ref: plan.To, Labels: plan.Tag(labels)}, Value: model.NewValue([]byte("fake"))}
		if _, err := cp.Create(t.Context(), made); err != nil {
			t.Fatal(err)
		}
		before, err := cp.Get(t.Context(), plan.To)
		if err != nil {
			t.Fatal(err)
		}
		if !plan.Tagged(before.Secret) || before.Secret.Labels[model.LabelFrom] != "default" || before.Secret.Labels["team"] != labels["team"] {
			t.Errorf("%s: made with the labels %v", name, before.Secret.Labels)
		}
		after := before
		after.Secret.Labels = model.Untagged(before.Secret.Labels)
		if _, err := cp.Update(t.Context(), before, after); err != nil {
			t.Fatal(err)
		}
		found, err := cp.Get(t.Context(), plan.To)
		if err != nil {
			t.Fatal(err)
		}
		if got := found.Secret.Labels; len(got) != len(before.Secret.Labels)-2 || len(model.Untagged(got)) != len(got) {
			t.Errorf("%s: left with the labels %v", name, got)
		}
	}
}
