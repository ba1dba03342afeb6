package universal

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"
)

const kumactlExample = `contexts:
- controlPlane: tok
  name: tok
  defaults:
    mesh: payments
- controlPlane: tls
  name: tls
- controlPlane: nowhere
  name: lost
controlPlanes:
- coordinates:
    apiServer:
      authConf:
        token: CANARY-token-not-real
      authType: tokens
      headers:
      - key: x-a
        value: b
      - key: x-c
        value: d
      skipVerify: true
      url: http://127.0.0.1:5681
  name: tok
- coordinates:
    apiServer:
      caCertFile: /path/ca.crt
      clientCertFile: /path/client.crt
      clientKeyFile: /path/client.key
      url: https://127.0.0.1:5682
  name: tls
- coordinates:
    apiServer:
      authType: magic
      url: https://127.0.0.1:5683
  name: spare
currentContext: tok
`

func TestReadKumactl(t *testing.T) {
	t.Parallel()
	path := writeFile(t, "config", []byte(kumactlExample), 0o600)
	then := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	if err := os.Chtimes(path, then, then); err != nil {
		t.Fatal(err)
	}
	read, err := ReadKumactl(path)
	if err != nil || read.Warning != "" || len(read.Contexts) != 4 {
		t.Fatalf("%d contexts, warning %q, %v", len(read.Contexts), read.Warning, err)
	}
	tok, tls, lost, spare := read.Contexts[0], read.Contexts[1], read.Contexts[2], read.Contexts[3]
	o := tok.Options
	if tok.Name != "tok" || tok.Mesh != "payments" || !tok.Current || tok.Problem != "" || o.Name != "tok" ||
		o.URL != "http://127.0.0.1:5681" || o.Token.text() != "CANARY-token-not-real" || !o.SkipVerify ||
		len(o.Headers) != 2 || o.Headers[1].Name != "x-c" || o.Headers[1].Value.text() != "d" {
		t.Errorf("tok is %+v", tok)
	}
	o = tls.Options
	if tls.Current || tls.Mesh != "" || o.CAFile != "/path/ca.crt" || o.ClientCertFile != "/path/client.crt" ||
		o.ClientKeyFile != "/path/client.key" || !o.Token.Empty() || o.SkipVerify {
		t.Errorf("tls is %+v", tls)
	}
	if lost.Problem != "Its control plane nowhere is not in the kumactl configuration." {
		t.Errorf("lost has the problem %q", lost.Problem)
	}
	if spare.Name != "spare" || spare.Problem != "It logs in by magic, which is not known here." {
		t.Errorf("spare is %+v", spare)
	}
	if info, err := os.Stat(path); err != nil || !info.ModTime().Equal(then) {
		t.Errorf("the file was changed, %v", err)
	}
}

func TestReadKumactlWarns(t *testing.T) {
	t.Parallel()
	const harmless = "controlPlanes:\n- name: local\n  coordinates:\n    apiServer:\n      url: http://localhost:5681\n"
	tests := map[string]struct {
		content string
		mode    os.FileMode
		warns   bool
	}{
		"open with a token":      {kumactlExample, 0o644, true},
		"closed with a token":    {kumactlExample, 0o600, false},
		"open without a token":   {harmless, 0o644, false},
		"open, a password in it": {strings.Replace(harmless, "http://", "http://me:fake@", 1), 0o640, true},
	}
	for name, test := range tests {
		read, err := ReadKumactl(writeFile(t, "config", []byte(test.content), test.mode))
		if err != nil || (read.Warning != "") != test.warns {
			t.Errorf("%s: warning %q, %v", name, read.Warning, err)
		}
	}
}

func TestReadKumactlFails(t *testing.T) {
	t.Parallel()
	bomb := "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c <= 'k'; c++ {
		bomb += string(c) + ": &" + string(c) + " [" + strings.TrimSuffix(strings.Repeat("*"+string(c-1)+",", 10), ",") + "]\n"
	}
	tests := map[string]struct{ content, want string }{
		"no YAML":     {"contexts:\n- name: x\n  token: 'CANARY-token-not-real\n\tx", "line "},
		"wrong type":  {"contexts: CANARY-token-not-real\n", "its field contexts is of a wrong type"},
		"only text":   {"CANARY-token-not-real", "it is not the YAML that kumactl writes"},
		"too large":   {strings.Repeat("# CANARY-token-not-real\n", 50_000), "it is larger than 1 MiB"},
		"alias bomb":  {bomb, "it is not the YAML that kumactl writes"},
		"deep arrays": {"a: " + strings.Repeat("[", 500_000), "it is not the YAML that kumactl writes"},
	}
	for name, test := range tests {
		_, err := ReadKumactl(writeFile(t, "config", []byte(test.content), 0o600))
		var told *KumactlError
		if !errors.As(err, &told) || !strings.Contains(told.Problem, test.want) || strings.Contains(err.Error(), "CANARY") {
			t.Errorf("%s: got %v", name, told)
		}
	}
	if _, err := ReadKumactl(t.TempDir() + "/none"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: got %v", err)
	}
	if read, err := ReadKumactl(writeFile(t, "config", nil, 0o600)); err != nil || len(read.Contexts) != 0 {
		t.Errorf("an empty file: %d contexts, %v", len(read.Contexts), err)
	}
}
