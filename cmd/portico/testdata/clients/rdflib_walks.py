"""Walks /catalog.{ttl,rdf,jsonld,nt} page after page with rdflib, and each dataset by itself."""
import sys
import urllib.request
from rdflib import Graph, Namespace, RDF, URIRef
from rdflib.compare import isomorphic

DCAT, IT = Namespace("http://www.w3.org/ns/dcat#"), Namespace("http://dati.gov.it/onto/dcatapit#")
HYDRA, DCT = Namespace("http://www.w3.org/ns/hydra/core#"), Namespace("http://purl.org/dc/terms/")
origin, want = sys.argv[1], int(sys.argv[2])
FORMATS = {"ttl": "turtle", "rdf": "xml", "jsonld": "json-ld", "nt": "nt", "xml": "xml", "n3": "n3"}


def load(url, fmt):
    request = urllib.request.Request(url)
    with urllib.request.urlopen(request) as answer:
        body = answer.read()
    request.method = "HEAD"
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 200 and int(answer.headers["Content-Length"]) == len(body), url
    return Graph().parse(data=body, format=fmt)


graphs = []
for ext, fmt in FORMATS.items():
    url, pages, whole = f"{origin}/catalog.{ext}", 0, Graph()
    while url:
        page = load(url, fmt)
        whole += page
        pages += 1
        assert pages < 50
        url = next((str(o) for o in page.objects(None, HYDRA.next)), None)
    datasets = set(whole.subjects(RDF.type, DCAT.Dataset))
    assert len(datasets) == want and datasets == set(whole.subjects(RDF.type, IT.Dataset)), (ext, len(datasets))
    assert len(set(whole.subjects(RDF.type, DCAT.Catalog))) == 1
    for d in datasets:
        for prop in (DCT.identifier, DCT.title, DCT.description, DCT.modified, DCAT.theme, DCT.rightsHolder, DCT.accrualPeriodicity, DCAT.distribution):
            assert (d, prop, None) in whole, (d, prop)
    for page in set(whole.subjects(RDF.type, HYDRA.PagedCollection)):
        whole.remove((page, None, None))  # the address of a page has the syntax in it
    graphs.append(whole)
assert all(len(g) == len(graphs[0]) for g in graphs), [len(g) for g in graphs]
assert isomorphic(graphs[0], graphs[1])
import json

names = json.load(urllib.request.urlopen(origin + "/api/3/action/package_list"))["result"]
for name in names[:4]:
    for ext, fmt in FORMATS.items():
        g = load(f"{origin}/dataset/{name}.{ext}", fmt)
        d = next(g.subjects(RDF.type, DCAT.Dataset))
        for triple in g.triples((d, None, None)):
            if not isinstance(triple[2], URIRef):
                continue
            assert triple in graphs[0], triple  # the fragment of the catalogue is that of the dataset
    request = urllib.request.Request(f"{origin}/dataset/{name}", headers={"Accept": "text/turtle;q=0.9, text/html;q=0.1"})
    with urllib.request.urlopen(request) as answer:
        assert answer.headers["Content-Type"].startswith("text/turtle") and "Accept" in answer.headers["Vary"]
print(f"{want} datasets, {len(graphs[0])} triples")
