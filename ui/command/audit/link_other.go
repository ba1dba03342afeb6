//go:build !unix

package audit

// noFollow is nothing here.
const noFollow = 0
