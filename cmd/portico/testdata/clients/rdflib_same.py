"""Compares two catalogues in N-Triples with rdflib: they are one graph, but for when they changed and how they page."""
import sys
from rdflib import Graph, Namespace, RDF
from rdflib.compare import graph_diff, isomorphic

DCAT, DCT, HYDRA = Namespace("http://www.w3.org/ns/dcat#"), Namespace("http://purl.org/dc/terms/"), Namespace("http://www.w3.org/ns/hydra/core#")
graphs = []
for name in sys.argv[1:3]:
    g = Graph().parse(name, format="nt")
    for page in set(g.subjects(RDF.type, HYDRA.PagedCollection)):
        g.remove((page, None, None))
    for catalog in set(g.subjects(RDF.type, DCAT.Catalog)):
        g.remove((catalog, DCT.modified, None))
    graphs.append(g)
if not isomorphic(*graphs):
    _, first, second = graph_diff(*graphs)
    for label, g in (("only in the first", first), ("only in the second", second)):
        print(label)
        print("\n".join(sorted(g.serialize(format="nt").splitlines())[:40]))
    sys.exit(1)
print(len(graphs[0]), "triples, isomorphic")
