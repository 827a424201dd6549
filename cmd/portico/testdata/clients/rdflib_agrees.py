"""Reads pages of the catalogue in all syntaxes with rdflib: they are one graph. Then compares CKAN's JSON with the RDF of each dataset."""
import json
import sys
import urllib.request
from rdflib import Graph, Namespace, RDF, URIRef
from rdflib.compare import isomorphic

DCAT, DCT = Namespace("http://www.w3.org/ns/dcat#"), Namespace("http://purl.org/dc/terms/")
HYDRA, FOAF = Namespace("http://www.w3.org/ns/hydra/core#"), Namespace("http://xmlns.com/foaf/0.1/")
LICENCES = {
    "cc-by": "https://creativecommons.org/licenses/by/4.0/",
    "cc-zero": "https://creativecommons.org/publicdomain/zero/1.0/",
    "cc-by-sa": "https://creativecommons.org/licenses/by-sa/4.0/",
}
EU = "http://publications.europa.eu/resource/authority/"
origin = sys.argv[1]
pages = sys.argv[2].split(",") if len(sys.argv) > 2 else ["q=gemellaggi"]


def read(address):
    with urllib.request.urlopen(origin + address) as answer:
        return answer.read()


triples = 0
for page in pages:
    graphs = []
    for ext, fmt in {"ttl": "turtle", "rdf": "xml", "jsonld": "json-ld", "nt": "nt"}.items():
        g = Graph().parse(data=read(f"/catalog.{ext}?{page}"), format=fmt)
        for s in set(g.subjects(RDF.type, HYDRA.PagedCollection)):
            g.remove((s, None, None))  # the address of a page has the syntax in it
        graphs.append(g)
    for g in graphs[1:]:
        assert isomorphic(graphs[0], g), (page, len(graphs[0]), len(g))
    assert len(graphs[0]) > 500, page
    triples += len(graphs[0])

compared = 0
packages = json.loads(read("/api/3/action/package_search?rows=40&sort=id+asc"))["result"]["results"]
for p in packages:
    extras = {x["key"]: x["value"] for x in p.get("extras", [])}
    field = lambda name: p.get(name) or extras.get(name) or ""
    g = Graph().parse(data=read(f"/dataset/{p['id']}.ttl"), format="turtle")
    d = next(iter(g.subjects(RDF.type, DCAT.Dataset)))
    one = lambda s, prop: str(next(iter(g.objects(s, prop)), ""))
    holder = next(iter(g.objects(d, DCT.rightsHolder)), None)
    if field("holder_identifier"):
        assert one(holder, DCT.identifier) == field("holder_identifier"), (p["name"], "holder")
    if field("frequency"):
        assert one(d, DCT.accrualPeriodicity) == EU + "frequency/" + field("frequency").rsplit("/", 1)[-1], (p["name"], "frequency")
    for date in ("issued", "modified"):
        if len(field(date)) >= 10 and field(date)[4] == "-":
            assert one(d, DCT[date])[:10] == field(date)[:10], (p["name"], date, field(date), one(d, DCT[date]))
    if field("themes_aggregate"):
        want = {EU + "data-theme/" + x["theme"] for x in json.loads(field("themes_aggregate"))}
        assert want == {str(o) for o in g.objects(d, DCAT.theme)}, (p["name"], "themes")
    licences = {str(o) for x in g.objects(d, DCAT.distribution) for o in g.objects(x, DCT.license)}
    want = LICENCES.get(p.get("license_id"))
    if want and not any(r.get("license") for r in p["resources"]):
        assert licences <= {want}, (p["name"], want, licences)
    compared += 1
print(f"{triples} triples in four syntaxes, {compared} datasets agree with their JSON")
