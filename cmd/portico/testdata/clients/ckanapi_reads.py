"""Reads a Portico as a CKAN with an unmodified ckanapi."""
import sys
import time
from ckanapi import NotFound, RemoteCKAN, ValidationError

portal = RemoteCKAN(sys.argv[1], user_agent="portico-test")
names = portal.action.package_list()
assert len(names) == 16, names
assert names == sorted(names)
status = portal.action.status_show()
assert status["ckan_version"].startswith("2."), status
seen = 0
for name in names:
    pkg = portal.action.package_show(id=name)
    assert pkg["name"] == name and pkg["resources"] and pkg["organization"]["title"] == "Comune di Valdoria", pkg
    assert pkg["num_resources"] == len(pkg["resources"]) and pkg["num_tags"] == len(pkg["tags"])
    for res in pkg["resources"]:
        assert portal.action.resource_show(id=res["id"])["id"] == res["id"]
        seen += 1
assert seen >= 16
for _ in range(50):  # what another process has harvested is found within a second
    page = portal.action.package_search(q="rifiuti", rows=5)
    if page["count"]:
        break
    time.sleep(0.1)
assert page["count"] >= 1 and "rifiuti" in page["results"][0]["title"].lower(), page["results"][:1]
page = portal.call_action("package_search", {"fq": "res_format:CSV", "facet.field": ["organization", "res_format"], "rows": 0})
assert page["facets"]["organization"] == {"comune-di-valdoria": page["count"]}, page["facets"]
assert page["facets"]["res_format"]["CSV"] == page["count"]
walked = []
for start in range(0, 30, 4):
    walked += [p["id"] for p in portal.call_action("package_search", {"sort": "id asc", "rows": 4, "start": start})["results"]]
assert len(walked) == len(set(walked)) == 16 and walked == sorted(walked), walked
orgs = portal.action.organization_list(all_fields=True)
assert orgs[0]["package_count"] == 16, orgs
assert portal.action.organization_show(id=orgs[0]["name"])["name"] == "comune-di-valdoria"
assert "ambiente" in portal.action.group_list()
assert "rifiuti" in portal.action.tag_list()
assert any(l["id"] == "cc-by" for l in portal.action.license_list())
assert len(portal.action.current_package_list_with_resources(limit=5)) == 5
assert portal.action.package_autocomplete(q="raccolta")
assert portal.action.help_show(name="package_show")
for call, args, error in (
    ("package_show", {"id": "nessuno"}, NotFound),
    ("package_show", {}, ValidationError),
    ("package_search", {"rows": "tante"}, ValidationError),
):
    try:
        portal.call_action(call, args)
    except error:
        continue
    raise AssertionError(f"{call} {args} raised no {error}")
print(f"{len(names)} packages, {seen} resources")
