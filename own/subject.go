package own

import (
	"context"

	"portico/catalog"
)

// A subject is one of the datasets.
type subject struct {
	key, name    string
	title, about catalog.Text
	frequency    string
	keywords     []string
	// rows gives the head and the rows of the table, for whoever ctx acts for.
	rows func(ctx context.Context, k *Keeper, write func([]string) error) error
}

func (s subject) id() string { return catalog.StableID("portico own", s.key) }

// subjects are all of them, in the order in which they are made.
var subjects = []subject{
	{
		key: "usage", name: "uso-del-catalogo",
		title: catalog.Text{"it": "Uso del catalogo: consultazioni e scaricamenti", "en": "Use of the catalogue: views and downloads"},
		about: catalog.Text{
			"it": "Quante volte, ogni mese, ogni dataset di questo catalogo è stato consultato, scaricato e interrogato con l’API. L’ultimo mese arriva fino a ieri. " +
				"I conteggi sono fatti dal server senza cookie, senza robot e senza conservare nulla di chi legge; una visita ripetuta entro mezz’ora conta una volta.",
			"en": "How often, each month, every dataset of this catalogue was looked at, downloaded and asked through the API. The last month goes up to yesterday. " +
				"The server counts without cookies, without robots and keeps nothing of who reads; who comes again within half an hour counts once.",
		},
		frequency: "MONTHLY", keywords: []string{"statistiche di uso", "riuso"}, rows: usageRows,
	},
	{
		key: "ratings", name: "valutazioni-dei-dataset",
		title: catalog.Text{"it": "Valutazioni dei dataset", "en": "Ratings of the datasets"},
		about: catalog.Text{
			"it": "Quante persone hanno valutato ogni dataset, con quante stelle da 1 a 5, e la media. Non contiene i commenti né nulla di chi ha valutato.",
			"en": "How many people have rated each dataset, with how many stars from 1 to 5, and the mean. It holds no comments and nothing of who has rated.",
		},
		frequency: "IRREG", keywords: []string{"valutazioni", "partecipazione"}, rows: ratingRows,
	},
	{
		key: "reports", name: "segnalazioni-e-richieste-di-dati",
		title: catalog.Text{"it": "Segnalazioni e richieste di dati", "en": "Reports and requests for data"},
		about: catalog.Text{
			"it": "Le segnalazioni di errori e le richieste di dati pubblicate su questo portale: quando sono arrivate, entro quando si deve rispondere, quando si è risposto e in quanti giorni. " +
				"Non contiene i testi né nulla di chi ha scritto; i testi che si possono leggere sono alla pagina indicata.",
			"en": "The reports of errors and the requests for data that this portal has published: when they came, when an answer is due, when it was given and after how many days. " +
				"It holds no texts and nothing of who has written; the texts that may be read are at the page that is told.",
		},
		frequency: "IRREG", keywords: []string{"segnalazioni", "richieste di dati", "partecipazione"}, rows: reportRows,
	},
	{
		key: "openness", name: "indice-di-apertura",
		title: catalog.Text{"it": "Indice di apertura dei dati", "en": "Openness index"},
		about: catalog.Text{
			"it": "Quanto sono aperti, mese per mese, i dati di ogni ente di questo catalogo: i conteggi e l’indice da 0 a 100 con le sue sette componenti. La formula è alla pagina /indice del portale.",
			"en": "How open, month by month, the data of each body of this catalogue are: the counts, and the index from 0 to 100 with its seven parts. The formula is on the page /indice of the portal.",
		},
		frequency: "MONTHLY", keywords: []string{"apertura dei dati", "maturità digitale"}, rows: opennessRows,
	},
}
