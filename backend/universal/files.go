package universal

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"

	"meshsecrets/backend"
	"meshsecrets/model"
)

// maxFile bounds certificate, key and token files, in bytes.
const maxFile = 64 << 10

// ReadTokenFile reads a token from a file, without one newline at its end. It
// refuses what is no regular file, is larger than 64 KiB or holds no token.
func ReadTokenFile(path string) (Token, error) {
	content, _, err := readFile(path, maxFile)
	if err != nil {
		return Token{}, fileError("token file", path, err)
	}
	defer clear(content)
	token := strings.TrimSuffix(strings.TrimSuffix(string(content), "\n"), "\r")
	switch {
	case token == "":
		return Token{}, fileProblem("token file", path, "is empty")
	case strings.ContainsAny(token, "\r\n\x00 \t"):
		return Token{}, fileProblem("token file", path, "holds more than one token")
	}
	return NewToken(token), nil
}

// errTooLarge and errIrregular are what readFile answers apart from the
// system's own errors.
var (
	errTooLarge  = errors.New("too large")
	errIrregular = errors.New("not a regular file")
)

// readFile reads a regular file of at most limit bytes and gives its mode. A
// device or pipe is refused before it is opened: opening one may block.
func readFile(path string, limit int64) ([]byte, fs.FileMode, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, 0, err
	}
	if !info.Mode().IsRegular() {
		return nil, 0, errIrregular
	}
	file, err := os.Open(path) //nolint:gosec // the path is the user's own choice
	if err != nil {
		return nil, 0, err
	}
	defer func() { _ = file.Close() }()
	content, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err != nil {
		return nil, 0, err
	}
	if int64(len(content)) > limit {
		clear(content)
		return nil, 0, errTooLarge
	}
	return content, info.Mode(), nil
}

func fileError(what, path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fileProblem(what, path, "does not exist")
	case errors.Is(err, fs.ErrPermission):
		return fileProblem(what, path, "may not be read by you")
	case errors.Is(err, errTooLarge):
		return fileProblem(what, path, "is too large")
	case errors.Is(err, errIrregular):
		return fileProblem(what, path, "is not a regular file")
	}
	return fileProblem(what, path, "cannot be read")
}

// fileProblem names the file, never its content.
func fileProblem(what, path, problem string) error {
	return &backend.Error{Kind: backend.ErrInvalid, Op: opConnect,
		Reason: "the " + what + " " + model.Visible(path) + " " + problem}
}

// tlsConfig trusts and shows what the options name.
func tlsConfig(o Options) (*tls.Config, error) {
	config := &tls.Config{
		MinVersion:         tls.VersionTLS12,
		InsecureSkipVerify: o.SkipVerify, //nolint:gosec // asked for by the user, and badged
	}
	if o.CAFile != "" {
		pool, err := readAuthorities(o.CAFile)
		if err != nil {
			return nil, err
		}
		config.RootCAs = pool
	}
	if o.ClientCertFile == "" && o.ClientKeyFile == "" {
		return config, nil
	}
	pair, err := readPair(o.ClientCertFile, o.ClientKeyFile)
	if err != nil {
		return nil, err
	}
	config.Certificates = []tls.Certificate{pair}
	return config, nil
}

func readAuthorities(path string) (*x509.CertPool, error) {
	content, _, err := readFile(path, 16*maxFile)
	if err != nil {
		return nil, fileError("CA file", path, err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(content) {
		return nil, fileProblem("CA file", path, "holds no PEM certificate")
	}
	return pool, nil
}

func readPair(certPath, keyPath string) (tls.Certificate, error) {
	switch {
	case certPath == "":
		return tls.Certificate{}, fileProblem("client key", keyPath, "needs a client certificate")
	case keyPath == "":
		return tls.Certificate{}, fileProblem("client certificate", certPath, "needs a client key")
	}
	cert, _, err := readFile(certPath, maxFile)
	if err != nil {
		return tls.Certificate{}, fileError("client certificate", certPath, err)
	}
	key, mode, err := readFile(keyPath, maxFile)
	if err != nil {
		return tls.Certificate{}, fileError("client key", keyPath, err)
	}
	defer clear(key)
	if mode.Perm()&0o077 != 0 {
		return tls.Certificate{}, fileProblem("client key", keyPath,
			"can be read by others on this machine; take their rights away (mode 600)")
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		// The cause may quote what stands in the file.
		return tls.Certificate{}, fileProblem("client key", keyPath,
			"and the client certificate "+model.Visible(certPath)+" are not a PEM pair")
	}
	return pair, nil
}
