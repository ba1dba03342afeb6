package model

// checked tells whether the control plane holds what is named to its rules for
// CAs whenever the mesh changes, and refuses the change else. It has such rules
// for one type of mTLS backend alone; unchecked tells that the mesh switches
// them off. Whoever says that a mesh is refused asks this.
func (r Reference) checked(unchecked bool) bool {
	return !unchecked && r.OfBackend() && r.Backend == "provided" && !r.Guessed && !r.Ignored
}

// notRead says why nothing comes of a reference that control planes do not
// read.
const notRead = `named under "config", which control planes do not read`

// taking names the reader and what it takes the secret for.
func (r Reference) taking() string {
	if r.OfBackend() {
		return "mTLS backend " + Visible(r.By) + " as " + Visible(r.Role)
	}
	return r.resource() + " as " + Visible(r.Role)
}

// failing says what fails when the value cannot be used at all.
func (r Reference) failing() string {
	by := Visible(r.By)
	switch {
	case r.moot():
		return "nothing fails: it is " + r.unusedWords()
	case r.Guessed:
		return "what " + r.resource() + " does then is not known here"
	}
	switch r.Kind {
	case KindMesh:
		switch {
		case r.Apart:
		case r.Enabled:
			return "mTLS backend " + by + " cannot issue certificates"
		default:
			return "mTLS backend " + by + " could not issue certificates; it is not enabled now"
		}
	case KindExternalService, KindMeshExternalService:
		return "calls to " + by + " fail"
	case KindMeshGateway, KindGateway:
		return "listeners of " + by + " are left out"
	case KindMeshIdentity:
		return "identity " + by + " cannot issue certificates"
	case KindMeshOPA, KindOPAPolicy:
	}
	return "what " + r.User() + " does then is not known here"
}

// doubt says who may not take the value, where nobody knows it for sure: a CA
// that is none, a chain that leads nowhere, a short key.
func (r Reference) doubt() string {
	by := Visible(r.By)
	if r.Guessed {
		return "what " + r.resource() + " does then is not known here"
	}
	switch r.Kind {
	case KindMesh:
		if r.OfBackend() {
			return "data planes may refuse what mTLS backend " + by + " signs with it"
		}
	case KindExternalService, KindMeshExternalService:
		return "calls to " + by + " may fail"
	case KindMeshGateway, KindGateway:
		return "clients of " + by + " may refuse it"
	case KindMeshIdentity:
		return "data planes may refuse what identity " + by + " signs with it"
	case KindMeshOPA, KindOPAPolicy:
	}
	return "who reads it for " + r.resource() + " may refuse it"
}

// mistrust says who does not trust the value any more.
func (r Reference) mistrust() string {
	by := Visible(r.By)
	switch {
	case r.moot():
		return "nothing fails: it is " + r.unusedWords()
	case r.Guessed:
		return "what " + r.resource() + " does then is not known here"
	}
	switch r.Kind {
	case KindMesh:
		switch {
		case r.Apart:
		case r.Enabled:
			return "data planes refuse what mTLS backend " + by + " signs with it"
		default:
			return "data planes will refuse what it signs, once mTLS backend " + by + " is enabled"
		}
	case KindExternalService, KindMeshExternalService:
		if r.Role == "CA" {
			return "calls to " + by + " fail"
		}
		return by + " may refuse the calls"
	case KindMeshGateway, KindGateway:
		return "clients of " + by + " refuse it"
	case KindMeshIdentity:
		return "data planes refuse what identity " + by + " signs with it"
	case KindMeshOPA, KindOPAPolicy:
	}
	return "who reads it for " + r.User() + " may refuse it"
}
