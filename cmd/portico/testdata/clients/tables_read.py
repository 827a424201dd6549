"""Reads every table of the demo as CSV and Parquet, with pyarrow and DuckDB, and compares them."""
import csv
import io
import json
import sys
import tempfile
import urllib.request

import duckdb
import pyarrow.parquet as pq

origin = sys.argv[1]
read = 0
for start in (0, 10):
    url = f"{origin}/api/3/action/package_search?rows=10&sort=id+asc&start={start}"
    for pkg in json.load(urllib.request.urlopen(url))["result"]["results"]:
        for res in pkg["resources"]:
            base = f"{origin}/dataset/{pkg['id']}/resource/{res['id']}/data"
            try:
                body = urllib.request.urlopen(base + ".parquet").read()
            except urllib.error.HTTPError as e:
                assert e.code == 404 and res["format"] not in ("CSV", "XLSX"), (pkg["name"], e.code)
                continue
            with tempfile.NamedTemporaryFile(suffix=".parquet") as f:
                f.write(body)
                f.flush()
                table = pq.read_table(f.name)
                n = duckdb.sql(f"select count(*) from read_parquet('{f.name}')").fetchall()[0][0]
            rows = list(csv.reader(io.StringIO(urllib.request.urlopen(base + ".csv").read().decode("utf-8"), newline="")))
            assert rows[0] == table.column_names, (rows[0], table.column_names)
            assert len(rows) - 1 == table.num_rows == n, (pkg["name"], len(rows), table.num_rows, n)
            types = {f.name: str(f.type) for f in table.schema}
            if pkg["name"] == "incidenti-stradali-rilevati-dalla-polizia-locale":
                assert types["data"].startswith("date32") and types["feriti"] == "int64", types
            if pkg["name"] == "impianti-sportivi-comunali":
                assert types["cap"] == "string" and table["cap"][0].as_py() == "05012", types
                assert "Città Nuova" in table["denominazione"][0].as_py()
            read += 1
assert read == 16, read
print(f"{read} tables")
