//go:build race

package reassigntest

// stride lets a run that looks for data races, and takes many times as long,
// break every third request only.
const stride = 3
