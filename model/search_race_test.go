//go:build race

package model

// raced tells that data races are looked for, which takes ten times as long.
const raced = true
