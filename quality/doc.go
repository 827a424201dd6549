// Package quality tells how good the metadata of the catalog are, and what
// would make them better: the score of a dataset and of a catalogue as
// data.europa.eu counts it, whether the addresses of data answer, and what is
// wrong with an RDF document that somebody brings. The rules are those of
// package dcat. It must not know pages, actions, SQL, or who schedules it.
package quality
