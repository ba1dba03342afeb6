// Package reassigntest shows that a reassign loses nothing: its tests run the
// real clients, and the real program, against control planes that a checker
// watches, and break whatever can break on the way.
//
// The checker (history) reads every revision of the store, not only the last:
// from the first write on, at each of them, some object holds the exact bytes;
// nothing of somebody else is touched; two meshes never hold different bytes
// made by us; at the end nothing is tagged and no safety copy is left. Beside
// it every claim of a run is compared with what the store then held: done,
// undone, and where the value is said to be.
//
// In process, where waiting costs nothing (testing/synctest): faults breaks
// each request of a run in each way that networks and servers break one; pairs
// breaks two at random places, kills among them; two lets two consoles at one
// secret, in random orders of their requests; zones has a global control plane
// send to zones as real ones were seen to do.
//
// Outside, with the program as it is built: killed ends it with SIGKILL before
// a request is passed on, after it took effect, and after its answer, and has
// the next start find and end what was begun.
//
// Each volume is a number. By default it is a taste, so that the tests are quick;
// MESHSECRETS_RUNS=full makes it the one of testdata/reassign/results.txt, which
// testdata/reassign/run writes, and small what that runs before a change is taken. MESHSECRETS_SEED=n repeats the run of one seed.
//
// There is no code outside of tests here, and no code for faults in the
// program.
package reassigntest
