package main

import (
	"fmt"

	"portico/catalog"
)

// laterCmd stands for a command that the plan names and a later version
// brings: it says so and changes nothing.
type laterCmd struct {
	Args []string `arg:"" optional:"" passthrough:"" help:"Not read yet."`
}

// Run says that the command is not there yet.
func (c *laterCmd) Run() error {
	return fmt.Errorf("%w: %w", errUsage, catalog.Errorf(catalog.Invalid, "this command comes with a later version of Portico; nothing was done").
		Italian("questo comando arriva con una versione successiva di Portico; non è stato fatto nulla"))
}
