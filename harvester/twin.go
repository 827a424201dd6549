package harvester

import "context"

// mostTwins is for how many datasets of one run it is asked who else has them.
const mostTwins = 2_000

// addTwins tells in the report which of what is new or changed is also in the
// catalog by another way. Nothing is done about it: no source writes what is
// another's.
func (r *run) addTwins(ctx context.Context) error {
	if r.h.Twins == nil || r.o.DryRun {
		return nil
	}
	asked := 0
	for i := range r.rep.Records {
		rec := &r.rep.Records[i]
		if rec.Outcome != Changed || rec.Dataset == "" {
			continue
		}
		if asked++; asked > mostTwins {
			return nil
		}
		twins, err := r.h.Twins.Twins(ctx, rec.Dataset)
		if err != nil {
			return err
		}
		rec.AlsoIn = twins
	}
	return nil
}
