package personal

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// givenNames are the first names that most people in Italy have, by which a
// column of names of people is told from one of places.
var givenNames = setOf(`
abdel achille ada adele adriana adriano agata agnese agostino aida alba alberta alberto aldo alessandra alessandro alessia alessio alex alfonso alfredo alice
alma amalia amanda ambra amedeo amelia andrea angela angelica angelina angelo anita anna annamaria annarita antonella antonia antonietta antonino antonio arianna
armando arturo asia assunta attilio augusto aurelia aurelio aurora barbara bartolomeo beatrice benedetta benedetto bernardo bianca bruna bruno camilla carla carlo
carmela carmelo carmen carmine caterina cecilia celeste cesare chiara cinzia clara claudia claudio clelia concetta corrado cosimo costantino cristian cristiana
cristiano cristina daniela daniele danilo daria dario davide debora deborah delia denis denise diana diego dino domenica domenico donatella donato edoardo elena
eleonora elia elio elisa elisabetta emanuela emanuele emilia emiliano emilio emma enrica enrico enzo erica erika ermanno ernesto ester ettore eugenia eugenio eva
fabiana fabio fabiola fabrizio fatima federica federico felice ferdinando fernanda fernando filippo filomena fiorella flavia flavio franca francesca francesco franco
gabriele gabriella gaetana gaetano gaia gemma gennaro gerardo giacomo giada gian giancarlo gianfranco gianluca gianluigi gianmarco gianni gianpaolo gina ginevra gino
gioia giorgia giorgio giovanna giovanni giulia giuliana giuliano giulio giuseppe giuseppina grazia graziella greta guglielmo guido hassan ida ignazio ilaria immacolata
ines iolanda irene iris isabella italo ivan ivana ivano jacopo jessica laura lea leonardo letizia lia lidia liliana lina linda lisa livia livio lorena lorenza lorenzo
loretta loris luana luca lucia luciana luciano ludovica ludovico luigi luigia luigina luisa maddalena manuel manuela mara marcella marcello marco margherita maria
marianna mariella marika marina mario marisa marta martina martino mary massimiliano massimo matilde matteo mattia maura maurizio mauro melissa michela michele michelle
milena mirco mirella miriam mirko mohamed mohammed monica nadia natale natalia nicola nicole nicoletta nicolo nicolò noemi norma nunzia nunzio ornella orazio oscar
osvaldo ottavio paola paolo pasquale patrizia patrizio piera pierluigi piero pietro pina raffaele raffaella raimondo rebecca remo renata renato renzo riccardo rita
roberta roberto rocco rodolfo romano romina rosa rosalba rosalia rosanna rosaria rosario rossana rossella ruggero sabina sabrina salvatore samantha samuel samuele sandra
sandro santina santo sara sarah sebastiano serena sergio silvana silvano silvia silvio simona simone sofia sonia stefania stefano susanna tamara tania teresa tiziana
tiziano tommaso tonino ugo umberto valentina valentino valeria valerio vanda vanessa vera veronica vincenza vincenzo virginia vito vittoria vittorio viviana walter ylenia
`)

func setOf(words string) map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		out[w] = true
	}
	return out
}

// maxName is how long the name of a person is at most, in bytes.
const maxName = 80

// looksLikeName reports whether s is written like the name of a person, and
// whether a first name is in it.
func looksLikeName(s string) (like, given bool) {
	if len(s) < 2 || len(s) > maxName {
		return false, false
	}
	words := 0
	for w := range strings.FieldsFuncSeq(s, func(r rune) bool { return strings.ContainsRune(" ,-.", r) }) {
		if strings.IndexFunc(w, notInName) >= 0 {
			return false, false
		}
		words++
		given = given || givenNames[strings.ToLower(w)]
	}
	const most = 7
	return words > 0 && words <= most && utf8.RuneCountInString(s) >= 2, given
}

func notInName(r rune) bool { return !unicode.IsLetter(r) && !strings.ContainsRune("'’`", r) }
