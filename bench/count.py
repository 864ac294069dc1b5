"""Prints how many tokens an output has, by distinct id: count.py ndjson|csv|json|template FILE

A process of its own, so that what it reads does not count as memory of fetch.py.
"""

import csv
import json
import sys

form, path = sys.argv[1:]
with open(path, encoding="utf-8", newline="") as file:
    if form == "ndjson":
        ids = [json.loads(line)["id"] for line in file]
    elif form == "csv":
        ids = [row["id"] for row in csv.DictReader(file)]
    elif form == "json":
        ids = [row["id"] for row in json.load(file)["records"]]
    else:
        # The rows of the Markdown table: the first cell is the id.
        cells = (line.split("|", 2)[1].strip() for line in file if line.startswith("| "))
        ids = [cell for cell in cells if cell.isdigit()]
if len(ids) != len(set(ids)):
    sys.exit("an id stands there twice")
print(len(ids))
