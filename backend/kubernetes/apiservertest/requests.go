package apiservertest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path"
	"testing"
	"time"
)

// Object is an object of Kubernetes, or a part of one, as JSON has it.
type Object = map[string]any

// apply stands for a PATCH that makes the object if there is none. The API
// server holds a POST of a kind that is new for two seconds, but not this.
const apply = "APPLY"

// As sends a request in the name of a user and gives its answer, whatever
// that says. Body is turned into JSON; nil is none. A PATCH is a merge patch.
// The test fails if there is no answer.
func (s *Server) As(t testing.TB, user User, method, path string, body any) (status int, answer []byte) {
	t.Helper()
	ctx, cancel := lasting(t)
	defer cancel()
	status, answer, err := s.send(ctx, user, method, path, body)
	if err != nil {
		t.Fatal(err)
	}
	return status, answer
}

// Do is As in the name of the administrator.
func (s *Server) Do(t testing.TB, method, path string, body any) (status int, answer []byte) {
	t.Helper()
	return s.As(t, Admin, method, path, body)
}

// Put makes an object, or replaces it whatever it was meanwhile: a foreign
// hand. Path is the object's, not its collection's. The test fails if the
// object is refused.
func (s *Server) Put(t testing.TB, path string, object Object) {
	t.Helper()
	ctx, cancel := lasting(t)
	defer cancel()
	if err := s.put(ctx, path, object); err != nil {
		t.Fatal(err)
	}
}

// Get reads an object. The test fails if there is none.
func (s *Server) Get(t testing.TB, path string) Object {
	t.Helper()
	status, answer := s.Do(t, http.MethodGet, path, nil)
	if status != http.StatusOK {
		t.Fatal(refused(http.MethodGet, path, status, answer))
	}
	var object Object
	if err := json.Unmarshal(answer, &object); err != nil {
		t.Fatal(err)
	}
	return object
}

// Delete removes an object without a precondition. The test fails if that is
// refused.
func (s *Server) Delete(t testing.TB, path string) {
	t.Helper()
	if status, answer := s.Do(t, http.MethodDelete, path, nil); status != http.StatusOK {
		t.Fatal(refused(http.MethodDelete, path, status, answer))
	}
}

// lasting is a context that serves what a test cleans up, too.
func lasting(t testing.TB) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(t.Context()), patience)
}

func (s *Server) send(ctx context.Context, user User, method, path string, body any) (int, []byte, error) {
	content, err := json.Marshal(body)
	if err != nil {
		return 0, nil, err
	}
	if body == nil {
		content = nil
	}
	media := "application/json"
	switch method {
	case http.MethodPatch:
		media = "application/merge-patch+json"
	case apply:
		method, media = http.MethodPatch, "application/apply-patch+yaml"
	}
	request, err := http.NewRequestWithContext(ctx, method, s.URL()+path, bytes.NewReader(content))
	if err != nil {
		return 0, nil, err
	}
	request.Header.Set("Authorization", "Bearer "+s.Token(user))
	request.Header.Set("Content-Type", media)
	response, err := s.http.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(response.Body)
	return response.StatusCode, answer, err
}

// create makes an object in a collection; it must not exist.
func (s *Server) create(ctx context.Context, collection string, object Object) error {
	status, answer, err := s.send(ctx, Admin, http.MethodPost, collection, object)
	if err == nil && status != http.StatusCreated {
		err = refused(http.MethodPost, collection, status, answer)
	}
	return err
}

func (s *Server) put(ctx context.Context, at string, object Object) error {
	for {
		status, answer, err := s.send(ctx, Admin, http.MethodGet, at, nil)
		if err != nil {
			return err
		}
		method, target, wanted, done := http.MethodPost, path.Dir(at), object, http.StatusCreated
		if status == http.StatusOK {
			if wanted, err = withVersionOf(object, answer); err != nil {
				return err
			}
			method, target, done = http.MethodPut, at, http.StatusOK
		}
		status, answer, err = s.send(ctx, Admin, method, target, wanted)
		switch {
		case err != nil:
			return err
		case status == done:
			return nil
		case status != http.StatusConflict: // else somebody else was faster
			return refused(method, target, status, answer)
		}
	}
}

// withVersionOf gives the object with the resourceVersion of the one that it
// replaces, without which many kinds cannot be replaced.
func withVersionOf(object Object, current []byte) (Object, error) {
	var old struct {
		Metadata struct {
			ResourceVersion string `json:"resourceVersion"`
		} `json:"metadata"`
	}
	if err := json.Unmarshal(current, &old); err != nil {
		return nil, err
	}
	replacement, metadata := Object{}, Object{}
	for key, value := range object {
		replacement[key] = value
	}
	given, _ := object["metadata"].(Object)
	for key, value := range given {
		metadata[key] = value
	}
	metadata["resourceVersion"] = old.Metadata.ResourceVersion
	replacement["metadata"] = metadata
	return replacement, nil
}

// awaitStatus repeats a request until it has that status: what was made just
// now is known to some parts of the API server a little later.
func (s *Server) awaitStatus(ctx context.Context, user User, method, path string, body any, want int) error {
	return s.awaitAnswer(ctx, user, method, path, body, func(status int, _ []byte) bool { return status == want })
}

func (s *Server) awaitAnswer(ctx context.Context, user User, method, path string, body any, wanted func(int, []byte) bool) error {
	for {
		status, answer, err := s.send(ctx, user, method, path, body)
		if err != nil {
			return err
		}
		if wanted(status, answer) {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("as %s, again and again: %w", user, refused(method, path, status, answer))
		case <-time.After(pause):
		}
	}
}

// refused gives an error with the message of a Status, and with nothing else
// of an answer: that could hold a value.
func refused(method, path string, status int, answer []byte) error {
	var told struct {
		Kind    string `json:"kind"`
		Message string `json:"message"`
	}
	if json.Unmarshal(answer, &told) != nil || told.Kind != "Status" {
		told.Message = "(no status)"
	}
	return fmt.Errorf("%s %s is answered %d: %s", method, path, status, told.Message)
}
