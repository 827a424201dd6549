package memory_test

import (
	"testing"

	"portico/search"
	"portico/search/memory"
	"portico/search/searchtest"
)

func TestContract(t *testing.T) {
	searchtest.Run(t, func(*testing.T) search.Engine { return memory.New("it") })
}
