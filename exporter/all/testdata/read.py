"""Reads one table in several files with programs that are not ours, and prints
its rows and types as one JSON object: python read.py FOLDER."""
import csv
import datetime
import decimal
import json
import sys

import duckdb
import pandas
import pyarrow.parquet

folder = sys.argv[1]


def plain(v):
    """A value as text that is equal for equal values, whoever read it."""
    if v is None:
        return None
    if isinstance(v, bool):
        return "true" if v else "false"
    if isinstance(v, datetime.datetime):
        return v.isoformat(timespec="microseconds")
    if isinstance(v, (datetime.date, datetime.time)):
        return v.isoformat()
    if isinstance(v, (float, decimal.Decimal)):
        return format(decimal.Decimal(repr(v) if isinstance(v, float) else v).normalize(), "f")
    return str(v)


out = {}
table = pyarrow.parquet.read_table(folder + "/t.parquet")
out["pyarrow"] = [[plain(row[c]) for c in table.column_names] for row in table.to_pylist()]
out["pyarrow types"] = [str(f.type) for f in table.schema]

found = duckdb.sql(f"SELECT * FROM '{folder}/t.parquet'")
out["duckdb"] = [[plain(v) for v in row] for row in found.fetchall()]
out["duckdb types"] = [str(t) for t in found.types]

with open(folder + "/t.csv", encoding="utf-8", newline="") as f:
    out["csv"] = [row for row in csv.reader(f)]
with open(folder + "/t.tsv", encoding="utf-8", newline="") as f:
    out["tsv"] = [row for row in csv.reader(f, delimiter="\t")]
with open(folder + "/t.json", encoding="utf-8") as f:
    out["json"] = [[plain(v) for v in row.values()] for row in json.load(f, parse_float=decimal.Decimal)]
with open(folder + "/t.ndjson", encoding="utf-8") as f:
    out["ndjson"] = [[plain(v) for v in json.loads(line, parse_float=decimal.Decimal).values()] for line in f]
frame = pandas.read_parquet(folder + "/t.parquet", dtype_backend="pyarrow")
out["pandas types"] = [str(t) for t in frame.dtypes]
# Missing values of the frame are told apart from NaN by their own name.
out["pandas"] = [[None if v is pandas.NA else plain(v) for v in row] for row in frame.astype(object).itertuples(index=False, name=None)]
json.dump(out, sys.stdout)
