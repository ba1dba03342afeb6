package ui

import (
	"slices"
	"strings"
	"testing"
	"time"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// failingLearn lets pages of facts fail with an error while it is set.
func failingLearn(c *cluster) *error {
	failure := new(error)
	c.refuse = func(op, _ string) error {
		if op == "learn" {
			return *failure
		}
		return nil
	}
	return failure
}

var errStarting = &backend.Error{Kind: backend.ErrUnavailable, Op: "listing", Address: "https://k8s-eu.example.com:6443", Status: 503, Reason: "status 503"}

// TestFactsThatFailAreTriedAgain holds that one failure ends nothing, is told
// once, and that the pauses grow.
func TestFactsThatFailAreTriedAgain(t *testing.T) {
	var failure *error
	onCluster(t, 100, 30, func(c *cluster) { failure = failingLearn(c); *failure = errStarting }, func(d *world, c *cluster) {
		d.press("4")
		if got, want := d.app.message.Text, "Facts are not read: https://k8s-eu.example.com:6443 cannot answer now: status 503. They are tried again by themselves."; got != want {
			t.Errorf("the message is %q, want %q", got, want)
		}
		d.press("3", "4")
		if got := len(c.asksFor("learn")); got != 1 {
			t.Errorf("facts were asked for %d times before the pause was over", got)
		}
		var tries []int
		for range 4 {
			d.pass(10 * time.Second)
			tries = append(tries, len(c.asksFor("learn")))
		}
		if want := []int{2, 2, 3, 3}; !slices.Equal(tries, want) {
			t.Errorf("after 10, 20, 30 and 40 s facts were asked for %d times, want %d", tries, want)
		}
		if d.app.message != (Message{}) {
			t.Errorf("it is told again: %q", d.app.message.Text)
		}
		*failure = nil
		d.pass(31 * time.Second)
		if got := kindOf(d, "payments", "psp-ca"); got != model.CACertificate {
			t.Errorf("once it answers psp-ca is %v", got)
		}
	})
}

// TestTheWishForAllFactsOutlivesAFailure holds the same for :learn facts.
func TestTheWishForAllFactsOutlivesAFailure(t *testing.T) {
	var failure *error
	onCluster(t, 100, 30, func(c *cluster) { failure = failingLearn(c); *failure = errStarting }, func(d *world, _ *cluster) {
		d.learnAll()
		*failure = nil
		d.pass(11 * time.Second)
		if got := kindOf(d, "default", "feature-flags"); got != model.JSON {
			t.Errorf("feature-flags is %v", got)
		}
	})
}

// learnAll types :learn facts.
func (d *world) learnAll() {
	d.press(":")
	d.enter("learn facts")
	d.press("enter")
}

func TestFactsAreWishedForWhileTheListIsRead(t *testing.T) {
	var held chan struct{}
	onCluster(t, 100, 30, holding("list", func() chan struct{} { held = make(chan struct{}); return held }), func(d *world, _ *cluster) {
		d.learnAll()
		if got, want := d.app.message.Text, "The facts of all secrets are read once the list is."; got != want {
			t.Errorf("the message is %q, want %q", got, want)
		}
		close(held)
		d.settle()
		if got := kindOf(d, "default", "feature-flags"); got != model.JSON {
			t.Errorf("feature-flags is %v once the list is there", got)
		}
	})
}

func TestFactsOfAListThatIsNotThere(t *testing.T) {
	t.Parallel()
	t.Run("denied", func(t *testing.T) {
		onCluster(t, 100, 30, deny("list", "you may not list secrets in namespace kong-mesh-system"), func(d *world, _ *cluster) {
			d.learnAll()
			if got, want := d.app.message.Text, "Secrets are not listed here, so their facts are not read either. :open NAME reads one."; got != want {
				t.Errorf("the message is %q, want %q", got, want)
			}
		})
	})
	t.Run("stopped", func(t *testing.T) {
		onCluster(t, 100, 30, holding("list", func() chan struct{} { return make(chan struct{}) }), func(d *world, _ *cluster) {
			d.learnAll()
			d.press("esc")
			d.learnAll()
			if got, want := d.app.message.Text, "The list is not whole, so not all facts can be read. ctrl+r reads it."; got != want {
				t.Errorf("the message is %q, want %q", got, want)
			}
		})
	})
}

// manyLearnt makes mesh payments into one of several hundred secrets, all
// learnt, and gives changes of three of them.
func manyLearnt(d *world, c *cluster) []backend.Event {
	d.t.Helper()
	d.press("4")
	b := browsing(d)
	var added []backend.Event
	for i := range 400 {
		s := versioned("more-"+strings.Repeat("x", i), "1", model.Text)
		s.Ref.Mesh = "payments"
		added = append(added, backend.Event{Secret: s})
	}
	b.stock = b.stock.with(added)
	d.app.stack[len(d.app.stack)-1] = b.sift(Frame{Now: frameTime})
	var changes []backend.Event
	for _, name := range []string{"psp-ca", "psp-client-cert", "psp-client-key"} {
		changes = append(changes, c.changed(d, model.Ref{Mesh: "payments", Name: name}, "later"))
	}
	c.dress = func(s *model.Secret) { s.Version.Revision = "later" }
	return changes
}

// payments are the secrets of mesh payments that were read one by one.
func payments(c *cluster) []string {
	return slices.DeleteFunc(c.asksFor("get"), func(what string) bool { return !strings.HasPrefix(what, "payments/") })
}

// TestAFewOfManyAreReadOneByOne holds that the fewer requests are made, and that
// what they bring is worked in.
func TestAFewOfManyAreReadOneByOne(t *testing.T) {
	onCluster(t, 100, 30, nil, func(d *world, c *cluster) {
		changes := manyLearnt(d, c)
		pages := len(c.asksFor("learn"))
		c.push(d, backend.Batch{Events: changes}, nil)
		if got, want := payments(c), []string{"payments/psp-ca", "payments/psp-client-cert", "payments/psp-client-key"}; !slices.Equal(got, want) {
			t.Errorf("secrets were read: %q, want %q", got, want)
		}
		if got := len(c.asksFor("learn")) - pages; got != 0 {
			t.Errorf("%d pages were read as well", got)
		}
		if got := kindOf(d, "payments", "psp-ca"); got != model.CACertificate {
			t.Errorf("psp-ca is %v", got)
		}
	})
}

// TestOneThatCannotBeReadStopsNoOther holds it for one that is gone by then and
// for one that may not be read; neither is asked for again.
func TestOneThatCannotBeReadStopsNoOther(t *testing.T) {
	t.Parallel()
	for name, kind := range map[string]error{"gone": backend.ErrNotFound, "forbidden": backend.ErrForbidden, "strange": backend.ErrStranger} {
		t.Run(name, func(t *testing.T) {
			onCluster(t, 100, 30, nil, func(d *world, c *cluster) {
				changes := manyLearnt(d, c)
				c.refuse = func(op, what string) error {
					if op == "get" && what == "payments/psp-ca" {
						return &backend.Error{Kind: kind, Op: "reading"}
					}
					return nil
				}
				c.push(d, backend.Batch{Events: changes}, nil)
				if got := kindOf(d, "payments", "psp-client-cert"); got != model.Certificate {
					t.Errorf("psp-client-cert is %v", got)
				}
				if d.app.message != (Message{}) {
					t.Errorf("it is told: %q", d.app.message.Text)
				}
				d.pass(15 * time.Second)
				if got := len(payments(c)); got != 3 {
					t.Errorf("%d secrets were asked for, want each of the three once", got)
				}
			})
		})
	}
}

// TestAFailureInTheMiddleKeepsWhatCame holds that the rest is read later.
func TestAFailureInTheMiddleKeepsWhatCame(t *testing.T) {
	onCluster(t, 100, 30, nil, func(d *world, c *cluster) {
		changes := manyLearnt(d, c)
		broken := true
		c.refuse = func(op, what string) error {
			if broken && op == "get" && what == "payments/psp-client-cert" {
				return errStarting
			}
			return nil
		}
		c.push(d, backend.Batch{Events: changes}, nil)
		if got := kindOf(d, "payments", "psp-ca"); got != model.CACertificate {
			t.Errorf("psp-ca, which was read before, is %v", got)
		}
		if got := kindOf(d, "payments", "psp-client-key"); got != model.Unlearnt {
			t.Errorf("psp-client-key, which was not read, is %v", got)
		}
		broken = false
		d.pass(11 * time.Second)
		if got := kindOf(d, "payments", "psp-client-key"); got != model.PrivateKey {
			t.Errorf("psp-client-key is %v after another try", got)
		}
		if got, want := payments(c), []string{"payments/psp-ca", "payments/psp-client-cert", "payments/psp-client-cert", "payments/psp-client-key"}; !slices.Equal(got, want) {
			t.Errorf("secrets were read: %q, want %q", got, want)
		}
	})
}

// TestValuesThatAreReadForFactsAreWiped holds that none outlives the reading.
func TestValuesThatAreReadForFactsAreWiped(t *testing.T) {
	var read []model.Value
	onCluster(t, 100, 30, nil, func(d *world, c *cluster) {
		changes := manyLearnt(d, c)
		c.gets = func(ref model.Ref) (model.Snapshot, error) {
			s := versioned(ref.Name, "later", model.Text)
			s.Ref = ref
			value, beside := model.NewValue([]byte("CANARY-value")), model.NewValue([]byte("CANARY-beside"))
			read = append(read, value, beside)
			return model.Snapshot{Secret: s, Value: value, Rest: model.Rest{Keys: map[string]model.Value{"password": beside}}}, nil
		}
		c.push(d, backend.Batch{Events: changes}, nil)
		if len(read) != 6 {
			t.Fatalf("%d values were read, want 6", len(read))
		}
		for _, v := range read {
			if got := string(v.Reveal()); strings.Contains(got, "CANARY") {
				t.Error("a value outlives the reading of its facts")
			}
		}
	})
}
