package ckan

import (
	"slices"

	"portico/catalog"
)

// Settle makes the extras of d, which a client of CKAN sent, say what its
// fields say. It is for whoever changes a dataset in another way than through
// Read, in a form or by a rule: an extra that says something else gets the new
// value in its place, or goes where it cannot say it.
func Settle(d *catalog.Dataset) {
	d.Extras = slices.Clone(d.Extras) // others may hold the same list
	if stale := staleFields(d); stale != 0 {
		d.Extras = slices.DeleteFunc(d.Extras, func(x catalog.Extra) bool {
			return keys[x.Key].shadows&stale != 0 && valueNow(d, x.Key) == ""
		})
		for i := range d.Extras {
			if x := &d.Extras[i]; keys[x.Key].shadows&stale != 0 {
				x.Value = valueNow(d, x.Key)
			}
		}
		stale = staleFields(d)
		d.Extras = slices.DeleteFunc(d.Extras, func(x catalog.Extra) bool { return keys[x.Key].shadows&stale != 0 })
	}
	d.Distributions = slices.Clone(d.Distributions)
	for i := range d.Distributions {
		settleResource(&d.Distributions[i])
	}
}

// staleFields returns the fields, a bit for each, of which the extras of d say
// something else than d.
func staleFields(d *catalog.Dataset) (stale uint64) {
	var said uint64
	for _, x := range d.Extras {
		said |= keys[x.Key].shadows
	}
	of, _, _ := Read(&Package{Extras: d.Extras}, "")
	for i, f := range fields {
		if said&(1<<i) != 0 && f.write != nil && string(f.write(nil, d)) != string(f.write(nil, &of)) {
			stale |= 1 << i
		}
	}
	return stale
}

// valueNow returns what an extra of the given key would say of d, or "".
func valueNow(d *catalog.Dataset, key string) string {
	var creator catalog.Agent
	var contact catalog.Contact
	var period catalog.Period
	if len(d.Creators) > 0 {
		creator = d.Creators[0]
	}
	if len(d.Contacts) > 0 {
		contact = d.Contacts[0]
	}
	if len(d.Temporal) > 0 {
		period = d.Temporal[0]
	}
	plain := map[string]string{
		"creator_name": creator.Name.String(), "creator_identifier": creator.Identifier,
		"contact_name": contact.Name.String(), "contact_email": contact.Email, "contact_uri": contact.URI,
		"temporal_start": string(period.Start), "temporal_end": string(period.End),
		"dcat_issued": string(d.Issued), "dcat_modified": string(d.Modified),
	}
	if v, ok := plain[key]; ok {
		return v
	}
	for _, f := range fields {
		if f.key == key && f.write != nil {
			return string(f.write(nil, d))
		}
	}
	return ""
}

// settleResource is Settle for a distribution.
func settleResource(x *catalog.Distribution) {
	if len(x.Extras) == 0 {
		return
	}
	modified := false // there is an extra that says what x.Modified does
	var kept []catalog.Field
	for _, e := range x.Extras {
		stays, same := settleField(x, &e)
		if stays {
			kept = append(kept, e)
		}
		modified = modified || same && e.Key == "modified"
	}
	derived := *x
	derived.Format = ""
	(&reader{}).formats(&derived, Resource{MediaType: x.MediaType})
	x.Extras = slices.DeleteFunc(kept, func(e catalog.Field) bool {
		return e.Key == markKeys[lastModified] && !modified || e.Key == markKeys[format] && derived.Format != x.Format
	})
}

// settleField puts what x says in the place of what an extra says. stays is
// false when that is nothing, same is true when they say the same already.
func settleField(x *catalog.Distribution, e *catalog.Field) (stays, same bool) {
	i, known := resourceFieldAt[e.Key]
	if !known {
		return true, true
	}
	var of catalog.Distribution
	v, now := plainValue(e.Value), fieldNow(x, e.Key)
	understood := !blank(v) && resourceFields[i].read(&of, v)
	if now == fieldNow(&of, e.Key) && (understood || now == "") {
		return true, true
	}
	e.Value = appendString(nil, now)
	return now != "", false
}

// fieldNow returns what x says under a field's key, no matter what else says
// the same.
func fieldNow(x *catalog.Distribution, key string) string {
	switch key {
	case "access_url":
		return x.AccessURL
	case "download_url":
		return x.DownloadURL
	case "distribution_format":
		return x.Format
	case "modified":
		return string(x.Modified)
	case "hash_algorithm":
		return x.Checksum.Algorithm
	case "license", "license_url", "license_id":
		key = "license_type"
	}
	return string(resourceFields[resourceFieldAt[key]].write(nil, x))
}
