package universal

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"meshsecrets/model"
)

// Token is the bearer token we log in with. Like a model.Value it prints as
// dots through every verb and cannot be encoded.
type Token struct{ reveal func() string }

// NewToken keeps a token. An empty one means: not logged in.
func NewToken(token string) Token {
	return Token{reveal: func() string { return token }}
}

// Empty tells whether there is no token.
func (t Token) Empty() bool { return t.text() == "" }

// String gives the mask.
func (t Token) String() string { return model.Mask }

// Format gives the mask for every verb.
func (t Token) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, model.Mask) }

// MarshalText refuses; it covers JSON, YAML and flags.
func (t Token) MarshalText() ([]byte, error) { return nil, model.ErrValueInDocument }

func (t Token) text() string {
	if t.reveal == nil {
		return ""
	}
	return t.reveal()
}

// Header is one header that is sent with every request. Its value may be a
// credential, so it is kept like one.
type Header struct {
	Name  string
	Value Token
}

// Options says how a control plane is reached. Only URL is needed.
type Options struct {
	Name    string // of the entry, for screens
	URL     string // http or https; a path in it stands before every path of the API
	Token   Token
	Headers []Header

	CAFile         string // PEM; replaces the authorities of this machine
	ClientCertFile string // PEM; needs ClientKeyFile
	ClientKeyFile  string // PEM; must not be readable by others
	SkipVerify     bool   // the server's certificate is not checked

	// AllowPlaintextToken lets a credential travel over plain http to another
	// machine.
	AllowPlaintextToken bool

	// Transport carries the requests; nil means the network. A control plane
	// inside this program brings its own.
	Transport http.RoundTripper
	// Examiner learns the facts of values while they are read.
	Examiner model.Examiner
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

func (o Options) now() func() time.Time {
	if o.Now == nil {
		return time.Now //nolint:forbidigo // outside of tests the pace of polling is the machine's
	}
	return o.Now
}

// hidden are the credentials, for taking them out of foreign text.
func (o Options) hidden() []model.Value {
	values := []model.Value{model.NewValue([]byte(o.Token.text()))}
	for _, h := range o.Headers {
		values = append(values, model.NewValue([]byte(h.Value.text())))
	}
	return values
}

// sendable tells whether token and headers can stand in a request at all.
func (o Options) sendable() bool {
	plain := func(s string) bool {
		return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f })
	}
	for _, h := range o.Headers {
		if h.Name == "" || !plain(h.Value.text()) || strings.ContainsFunc(h.Name, notInHeaderName) {
			return false
		}
	}
	return plain(o.Token.text())
}

func notInHeaderName(r rune) bool {
	return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
}
