package harvester

import (
	"regexp"
	"regexp/syntax"
	"strings"

	"portico/catalog"
)

// Limits of what a source may ask of its records (HRV-026).
const (
	maxRules     = 200
	maxPattern   = 1 << 10  // bytes of a regular expression
	maxProgram   = 500      // instructions that it is compiled to
	maxRuleText  = 64 << 10 // bytes of a value that a rule looks at; longer ones stay as they are
	maxRuleParts = 1_000    // values that a rule makes
	maxMap       = 5_000
)

// A mapping is the rules of a source, ready to be applied.
type mapping []rule

type rule struct {
	catalog.Rule
	from, to field
	find     *regexp.Regexp
}

// newMapping makes rules ready. What is wrong with them is Invalid.
func newMapping(rules []catalog.Rule) (mapping, error) {
	if len(rules) > maxRules {
		return nil, badRule("rules", "there are too many", "sono troppe")
	}
	var m mapping
	for _, r := range rules {
		ready, err := newRule(r)
		if err != nil {
			return nil, err
		}
		m = append(m, ready)
	}
	return m, nil
}

func badRule(what, en, it string) *catalog.Error {
	return catalog.Errorf(catalog.Invalid, "rule for %s: %s", what, en).Italian("regola per %s: %s", what, it)
}

func newRule(r catalog.Rule) (rule, error) {
	out := rule{Rule: r}
	var ok bool
	if out.to, ok = fieldNamed(r.Field); !ok {
		return out, badRule(r.Field, "there is no such field", "il campo non esiste")
	}
	if out.from = out.to; r.From != "" {
		if out.from, ok = fieldNamed(r.From); !ok {
			return out, badRule(r.From, "there is no such field", "il campo non esiste")
		}
	}
	ways := 0
	for _, is := range []bool{r.Set != nil, len(r.Map) > 0, r.Split != "", r.Regex != ""} {
		if is {
			ways++
		}
	}
	switch {
	case ways > 1, ways == 0 && r.From == "":
		return out, badRule(r.Field, "it needs one of set, map, split and regex", "serve uno tra set, map, split e regex")
	case len(r.Map) > maxMap:
		return out, badRule(r.Field, "the map is too long", "la tabella è troppo lunga")
	case r.Regex != "":
		re, err := compile(r.Regex)
		if err != nil {
			return out, badRule(r.Field, "the regular expression is not valid or too large", "l'espressione regolare non è valida o è troppo grande").Because(err)
		}
		out.find = re
	}
	return out, nil
}

// compile compiles an expression of a person, within bounds: RE2 needs time in
// proportion to the text, and to the program.
func compile(pattern string) (*regexp.Regexp, error) {
	if len(pattern) > maxPattern {
		return nil, &syntax.Error{Code: syntax.ErrLarge, Expr: "…"}
	}
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return nil, err
	}
	prog, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return nil, err
	}
	if len(prog.Inst) > maxProgram {
		return nil, &syntax.Error{Code: syntax.ErrLarge, Expr: "…"}
	}
	return regexp.Compile(pattern)
}

// apply changes d by the rules, one after another.
func (m mapping) apply(d *catalog.Dataset) {
	for i := range m {
		r := &m[i]
		if r.IfEmpty && len(some(r.to.read(d)...)) > 0 {
			continue
		}
		values := r.from.read(d)
		if out, changed := r.values(values); changed {
			r.to.put(d, out)
		}
	}
}

// values returns what r makes of values, and whether that is to be put.
func (r *rule) values(values []string) (out []string, changed bool) {
	if r.Set != nil {
		return []string{*r.Set}, true
	}
	for _, v := range values {
		if len(v) > maxRuleText {
			return nil, false
		}
	}
	for _, v := range values {
		switch {
		case len(r.Map) > 0:
			out = append(out, r.mapped(v))
		case r.Split != "":
			for part := range strings.SplitSeq(v, r.Split) {
				if part = strings.TrimSpace(part); part != "" && len(out) < maxRuleParts {
					out = append(out, part)
				}
			}
		case r.find != nil:
			out = append(out, r.replaced(v))
		default:
			out = append(out, v)
		}
	}
	return out, len(values) > 0
}

func (r *rule) mapped(v string) string {
	if to, ok := r.Map[v]; ok {
		return to
	}
	for from, to := range r.Map {
		if strings.EqualFold(strings.TrimSpace(v), from) {
			return to
		}
	}
	if r.Default != nil {
		return *r.Default
	}
	return v
}

// replaced does not let a text grow beyond what a rule may look at.
func (r *rule) replaced(v string) string {
	n := len(r.find.FindAllStringIndex(v, maxRuleParts+1))
	if n > maxRuleParts || len(v)+n*(len(r.Replace)+len(v)*strings.Count(r.Replace, "$")) > 4*maxRuleText {
		return v
	}
	return strings.TrimSpace(r.find.ReplaceAllString(v, r.Replace))
}

// A selection says which records of a source are taken.
type selection struct{ include, exclude []condition }

// A condition is "field=value" or "field~expression"; "id" is the record's.
type condition struct {
	field string
	of    field
	equal string
	match *regexp.Regexp
}

func newSelection(include, exclude []string) (s selection, err error) {
	if s.include, err = newConditions(include); err == nil {
		s.exclude, err = newConditions(exclude)
	}
	return s, err
}

func newConditions(texts []string) (out []condition, err error) {
	if len(texts) > maxRules {
		return nil, badRule("include/exclude", "there are too many", "sono troppe")
	}
	for _, text := range texts {
		i := strings.IndexAny(text, "=~")
		if i < 1 {
			return nil, badRule(text, "a condition is field=value or field~expression", "una condizione è campo=valore oppure campo~espressione")
		}
		c := condition{field: strings.TrimSpace(text[:i]), equal: strings.TrimSpace(text[i+1:])}
		var ok bool
		if c.of, ok = fieldNamed(c.field); !ok && c.field != "id" && c.field != "organization" {
			return nil, badRule(c.field, "there is no such field", "il campo non esiste")
		}
		if text[i] == '~' {
			if c.match, err = compile(c.equal); err != nil {
				return nil, badRule(c.field, "the regular expression is not valid or too large", "l'espressione regolare non è valida o è troppo grande").Because(err)
			}
		}
		out = append(out, c)
	}
	return out, nil
}

// takes reports whether rec is selected.
func (s selection) takes(rec *Record) bool {
	for i := range s.exclude {
		if s.exclude[i].holds(rec) {
			return false
		}
	}
	for i := range s.include {
		if s.include[i].holds(rec) {
			return true
		}
	}
	return len(s.include) == 0
}

func (c *condition) holds(rec *Record) bool {
	var values []string
	switch c.field {
	case "id":
		values = []string{rec.ID}
	case "organization":
		values = []string{rec.Org.Name, rec.Org.Title.String()}
	default:
		values = c.of.read(&rec.Dataset)
	}
	for _, v := range values {
		if c.match != nil && len(v) <= maxRuleText && c.match.MatchString(v) || c.match == nil && strings.EqualFold(v, c.equal) {
			return true
		}
	}
	return false
}
