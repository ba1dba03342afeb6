//go:build !race

package reassigntest

// stride is from one request that breaks to the next: none is left out.
const stride = 1
