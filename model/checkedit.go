package model

import (
	"bytes"
	"errors"
	"regexp"
	"slices"
)

// secretField is a field of YAML or JSON that says of what stands around it that it
// is a secret of a control plane, or a list of such, in either dialect.
var secretField = regexp.MustCompile(`(?:^|[\x{feff}\n\r{,])[ \t-]*["']?(?:type|kind)["']?[ \t]*:\s*["']?(?:Global)?Secret(?:List)?["']?[ \t]*(?:[,}\n\r#]|$)`)

// HoldsManifest tells that a value is written like the manifest of a secret, or of
// several.
func HoldsManifest(value []byte) bool {
	return bytes.Contains(value, []byte("Secret")) && secretField.Match(value)
}

// CheckManifest tells of a value that it is the manifest of a secret and not a value
// alone: people save those by mistake, and as they are they are of no use. Of is the
// secret that the manifest is of, zero where it cannot be taken apart.
func CheckManifest(value []byte) (found Finding, of Ref, is bool) {
	if !HoldsManifest(value) {
		return Finding{}, Ref{}, false
	}
	found = Finding{Level: Warn, Topic: "manifest"}
	held, _, err := ReadManifest(value)
	defer held.Wipe()
	switch {
	case errors.Is(err, ErrMaskedManifest):
		found.Text = "this is a masked manifest: dots stand where its value was"
	case errors.Is(err, ErrSeveralDocuments):
		found.Text = "these are several manifests. meshsecrets create -f takes them from a file"
	case err != nil:
		found.Text = "it looks like a manifest that cannot be taken apart: " + err.Error()
	default:
		of = held.Secret.Ref
		found.Text = "this is the manifest of " + Visible(of.Name) + " of " + Visible(of.MeshWord()) + ", and would be stored as it is"
	}
	return found, of, true
}

// shaped are the kinds that are read by their form.
var shaped = []Kind{CACertificate, Certificate, PrivateKey, PublicKey, CertificateAndKey, JWT, JSON}

// CheckKind tells of a value that takes the place of one of another kind, when who
// reads the old kind could not read it: an editor or a script may have left
// something else than was meant. Where a verdict says so already it says nothing.
func CheckKind(was, is Facts, verdicts []Verdict) (Finding, bool) {
	loses := slices.Contains(shaped, was.Kind) || was.Kind == Text && is.Kind == Binary
	if !loses || is.Kind == was.Kind || is.Kind == Empty || slices.ContainsFunc(verdicts, Verdict.Harms) {
		return Finding{}, false
	}
	old := withArticle(was.Kind)
	return Finding{Level: Warn, Topic: "kind", Text: "it was " + old + " and becomes " + withArticle(is.Kind) + ": who reads it as " + old + " may fail"}, true
}
