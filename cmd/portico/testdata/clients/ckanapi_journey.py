"""Goes the developer's way with an unmodified ckanapi: facets, a table by range and page by page, the same rows as Parquet."""
import io
import sys
import urllib.request

import pyarrow.compute as pc
import pyarrow.parquet as pq
from ckanapi import RemoteCKAN, ValidationError

origin = sys.argv[1]
portal = RemoteCKAN(origin, user_agent="portico-test")
found = portal.call_action("package_search", {"q": "rifiuti massafra", "facet.field": ["res_format", "license_id"], "rows": 3})
assert found["facets"]["res_format"]["CSV"] >= 1, found["facets"]
pkg = next(p for p in found["results"] if "comuni" in p["title"])
res = pkg["resources"][0]
filters, rows = {"anno": {"gte": 2021, "lt": 2024}}, []
while filters:
    page = portal.action.datastore_search(resource_id=res["id"], filters=filters, limit=7, include_next_page=True)
    rows += page["records"]
    filters = {"anno": {"gte": 2021, "lt": 2024}, **page["next_page"]} if page.get("next_page") else None
assert len(rows) == 36 and len({r["_id"] for r in rows}) == 36, len(rows)
table = pq.read_table(io.BytesIO(urllib.request.urlopen(f"{origin}/dataset/{pkg['name']}/resource/{res['id']}/data.parquet").read()))
table = table.filter(pc.and_(pc.greater_equal(table["anno"], 2021), pc.less(table["anno"], 2024)))
want = [{k: (float(v) if k.endswith(("_t", "_perc")) else v) for k, v in r.items()} for r in table.to_pylist()]
got = [{k: (float(v) if k.endswith(("_t", "_perc")) else v) for k, v in r.items() if k != "_id"} for r in rows]
assert got == want, (got[0], want[0])
assert any(r["comune"] == "Massafra" and r["codice_istat"] == "073015" for r in got)
try:
    portal.action.datastore_search(resource_id=res["id"], filters={"citta": "Massafra"})
    raise AssertionError("a column that there is not was found")
except ValidationError as e:
    assert "citta" in str(e) and "comune" in e.error_dict["valid_fields"], e
print(f"{len(rows)} rows")
