//go:build race

package personal_test

// slowly is how much slower the tests run than the program.
const slowly = 20
