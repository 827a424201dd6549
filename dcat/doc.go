// Package dcat turns RDF into datasets and datasets into RDF, both ways after
// DCAT-AP_IT beside each other, so that reading what was written gives the
// same dataset. It reads every form that DCAT takes in the wild; it writes the
// one form that the national aggregator, DCAT-AP and their validators all
// take. It also completes what a source left out (Complete) and says what
// keeps a dataset out of a feed (Check).
//
// Profile writes the same datasets in other dialects; Validate checks documents
// of others, and Score weighs metadata as data.europa.eu does.
//
// It knows no network, no store and no CKAN.
package dcat
