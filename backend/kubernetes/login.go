package kubernetes

import (
	"errors"
	"net/url"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd/api"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// How a guard around a program that logs in ends when the program gave no
// login for a reason that its own exit code does not tell. A guard passes no
// code of the program's on that is one of these.
const (
	// LoginMissing is that the program is not there.
	LoginMissing = 240
	// LoginBarred is that it may not be run.
	LoginBarred = 241
	// LoginSlow is that it did not end in time, and was ended.
	LoginSlow = 242
	// LoginEndless is that it printed more than a login, and was ended.
	LoginEndless = 243
)

var guardEnds = map[int]string{
	LoginMissing: ", which logs in, is not installed here",
	LoginBarred:  ", which logs in, may not be run",
	LoginSlow:    ", which logs in, did not end in time, and was ended",
	LoginEndless: ", which logs in, printed more than a login, and was ended",
}

// guardedBy has a program that logs in run by a guard, which is a command and
// its first arguments: client-go waits for it without an end, and keeps all
// that it prints. The program is looked up here, because the kubeconfig may
// give it another PATH than ours.
func guardedBy(guard []string, login *api.ExecConfig) *api.ExecConfig {
	if login == nil || len(guard) == 0 {
		return login
	}
	guarded := login.DeepCopy()
	command := filepath.Clean(login.Command)
	if path, err := exec.LookPath(command); err == nil {
		command = path
	}
	guarded.Command = guard[0]
	guarded.Args = slices.Concat(guard[1:], []string{"--", command}, login.Args)
	return guarded
}

// login is how a configuration logs in, for the words of refusals.
type login struct {
	as     string // whom we impersonate
	nobody bool   // it does not log in at all
	fixed  string // what it shows each time, "token"; "" for what may be another one next time
}

// anonymous is what an API server calls whoever does not log in.
const anonymous = "system:anonymous"

// loginOf looks at what is sent. A transport of one's own logs in as it likes.
func loginOf(config *rest.Config, base *url.URL) login {
	l := login{as: config.Impersonate.UserName}
	certified := len(config.CertData) > 0 || config.CertFile != ""
	switch {
	case config.Transport != nil, config.ExecProvider != nil, config.AuthProvider != nil, config.BearerTokenFile != "":
	case config.BearerToken != "":
		l.fixed = "token"
	case config.Username != "", base.User != nil:
		l.fixed = "password"
	case certified:
		l.fixed = "client certificate"
	default:
		l.nobody = true
	}
	return l
}

// refused says what a 401 means to a login, and the next step; both are empty
// when the kind of the error says all.
func (l login) refused() (reason, hint string) {
	switch {
	case l.nobody:
		return "the cluster asks for a login, and the context has none", "Give it a user in the kubeconfig, then open it again."
	case l.fixed != "":
		return "the " + l.fixed + " in the kubeconfig is not accepted", "Renew it there, then open the control plane again."
	}
	return "", ""
}

// errNotAs is the cause of a refusal that is about whom we impersonate, so that
// it is told from one about what was asked.
var errNotAs = errors.New("not impersonated")

// program is what is run to log in, without its folder.
func program(config *rest.Config) string {
	if config.ExecProvider == nil {
		return ""
	}
	return filepath.Base(config.ExecProvider.Command)
}

// notLoggedIn says why the program that logs in gave no credentials, or nil.
// What it printed is not quoted: a token may be in it.
func (c *client) notLoggedIn(call call, err error) error {
	if c.program == "" {
		return nil
	}
	_, text, found := strings.Cut(err.Error(), "getting credentials: ")
	if !found {
		return nil
	}
	failure := c.failure(call, backend.ErrUnauthorized, model.Visible(c.program)+c.loginEnded(text), nil)
	failure.Hint = hintTry
	return failure
}

// loginEnded says how a program that logs in ended, by what client-go says.
func (c *client) loginEnded(text string) string {
	_, after, failed := strings.Cut(text, "failed with exit code ")
	code, _ := strconv.Atoi(after)
	switch {
	case failed && c.guarded && guardEnds[code] != "":
		return guardEnds[code]
	case failed:
		return ", which logs in, failed"
	case strings.Contains(text, "not found"), strings.Contains(text, "no such file"):
		if c.guarded { // it is the guard that is not there
			return ", which logs in, could not be run: the file of this console is not there any more"
		}
		return guardEnds[LoginMissing]
	case strings.Contains(text, "interactive"), strings.Contains(text, "standard input"):
		return " wants to ask for the login, which it cannot do here"
	case strings.Contains(text, "permission denied"):
		return guardEnds[LoginBarred]
	}
	return ", which logs in, gave no login that can be used"
}
