package universal

import (
	"testing"
	"testing/synctest"

	"meshsecrets/backend/backendtest"
)

func fixture(t *testing.T) backendtest.Fixture {
	t.Helper()
	f := newFake()
	return backendtest.Fixture{
		ControlPlane: f.connect(t), Put: f.put, Remove: f.remove,
		LoseAnswer:  func() { f.loseAnswer = true },
		LoseRequest: func() { f.loseCall = true },
	}
}

func TestContract(t *testing.T) {
	t.Parallel()
	backendtest.Test(t, fixture)
}

func TestContractWatch(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { backendtest.Watch(t, fixture(t)) })
}
