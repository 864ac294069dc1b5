"""Reads lmq's reports with the libraries that their readers use, and holds what they find against the result as JSON.

Started by run.py, with the path of the lmq binary as its argument. The rows are the sandbox's, odd texts among them. csv, json and
html.parser are Python's own; openpyxl reads the workbook, PyYAML the YAML. A check is a line of output; a difference is listed below its
line, and the exit code is then 1.
"""

import csv
import datetime
import html.parser
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import openpyxl
import yaml

TIMES = ("createdOn", "lastUsedOn")
SUFFIXES = ("json", "ndjson", "csv", "tsv", "yaml", "xlsx", "md", "html")
CHECKED = """name: checked
endpoint: apitokens
type: all
expect:
  - {id: no-idle, select: '$[?@.idleDays > 600]', message: 'token {{id}} of {{adminName}}: {{note}}'}
  - {id: some, severity: info, count: {max: 10}, message: '{{count}} tokens'}
waivers:
  - {expect: no-idle, match: {tokenType: bearer}, reason: known, owner: maria, expires: 2099-12-31}
"""
SHOWN_DIFFERENCES = 10


def inert(text):
    """Control and bidi characters as lmq writes them out in text."""
    active = {0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x7F, *range(0x80, 0xA0)}
    named = {"\r": "\\r"}
    out = []
    for c in text:
        if c in "\t\n" or (ord(c) >= 0x20 and ord(c) not in active):
            out.append(c)
        else:
            out.append(named.get(c, "\\u{%x}" % ord(c)))
    return "".join(out)


def as_text(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        value = "; ".join(value)
    if not isinstance(value, str):
        return str(value)
    formula = value.lstrip(" \t\r\n")[:1] in tuple("=+-@\uff1d\uff0b\uff0d\uff20")
    return ("'" if value and (formula or value[0] in "\t\r\n") else "") + inert(value)


def as_cell(name, value):
    if name in TIMES:
        epoch = datetime.datetime(1970, 1, 1)
        return epoch + datetime.timedelta(seconds=value) if value else None
    if isinstance(value, list):
        value = "; ".join(value)
    if isinstance(value, str):
        return inert(value.replace("\r\n", "\n")) or None
    return value


def told(cell):
    """A cell of a TSV file without its escapes, but for those of `inert`."""
    out, rest = [], iter(cell)
    for c in rest:
        if c != "\\":
            out.append(c)
            continue
        after = next(rest)
        out.append({"t": "\t", "n": "\n", "r": "\\r", "\\": "\\"}.get(after, "\\" + after))
    return "".join(out)


class Table(html.parser.HTMLParser):
    """The rows of the table of tokens in an HTML report, each a list of the texts of its cells."""

    def __init__(self, page):
        super().__init__()
        self.rows, self.cell, self.inside = [], None, False
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        names = dict(attributes)
        if names.get("aria-label") == "Tokens, in the order of the query":
            self.inside = True
        if self.inside and tag == "tr":
            self.rows.append([])
        if self.inside and tag in ("th", "td") and names.get("scope") != "rowgroup":
            self.cell = ""

    def handle_endtag(self, tag):
        if tag in ("th", "td") and self.cell is not None:
            self.rows[-1].append(self.cell)
            self.cell = None
        if tag == "table":
            self.inside = False

    def handle_data(self, data):
        if self.cell is not None:
            self.cell += data


def findings(book, document):
    """What is wrong with the sheet of findings."""
    found = [[cell.value for cell in row] for row in book["Findings"]]
    expected = [found[0]]
    for finding in document["findings"] + document["waived"]:
        waiver = finding["waiver"] or {"owner": None, "reason": None, "expires": None}
        message = inert(finding["message"].replace("\r\n", "\n"))
        names = [finding[name] for name in ("portal", "tokenType", "tokenId")]
        accepted = [waiver[name] for name in ("owner", "reason", "expires")]
        expected.append([finding["severity"], finding["id"], message, *names, *accepted, finding["fingerprint"]])
    return check("xlsx: the findings", found, expected)


def checked(binary, folder):
    """A query that finds something."""
    (folder / "checked.yaml").write_text(CHECKED)
    command = [binary, "run", "-q", "--sandbox", "checked.yaml", "-o", "c.xlsx", "-o", "c.json"]
    ran = subprocess.run(command, cwd=folder, stderr=subprocess.DEVNULL)
    document = json.loads((folder / "c.json").read_text("utf-8"))
    failed = check("findings are exit code 1", [ran.returncode], [1])
    failed += check("some are waived", [bool(document["findings"]), bool(document["waived"])], [True, True])
    return failed + findings(openpyxl.load_workbook(folder / "c.xlsx"), document)


def check(title, found, expected):
    found, expected = list(found), list(expected)
    wrong = [(f, e) for f, e in zip(found, expected) if f != e]
    if len(found) != len(expected):
        wrong.append((f"{len(found)} rows", f"{len(expected)} rows"))
    print(f"{'FAILED' if wrong else 'ok':6} {title}")
    for one, other in wrong[:SHOWN_DIFFERENCES]:
        print(f"       {one!r}\n   not {other!r}")
    return 1 if wrong else 0


def main():
    binary = sys.argv[1]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "q.yaml").write_text("endpoint: apitokens\ntype: all\nsort: [tokenType, id]\n")
        files = [part for suffix in SUFFIXES for part in ("-o", f"out.{suffix}")]
        subprocess.run([binary, "run", "-q", "--sandbox", "q.yaml", *files], cwd=folder, check=True)
        read = {suffix: folder / f"out.{suffix}" for suffix in SUFFIXES}
        document = json.loads(read["json"].read_text("utf-8"))
        records, names = document["records"], [column["title"] for column in document["columns"]]
        failed = 0
        lines = read["ndjson"].read_text("utf-8").split("\n")[:-1]
        failed += check("ndjson, by json", map(json.loads, lines), records)
        failed += check("yaml, by PyYAML", [yaml.safe_load(read["yaml"].read_text("utf-8"))], [document])
        table = [names] + [[as_text(record[name]) for name in names] for record in records]
        with read["csv"].open(newline="", encoding="utf-8") as file:
            failed += check("csv, by csv", csv.reader(file), table)
        rows = [[told(cell) for cell in line.split("\t")] for line in read["tsv"].read_text("utf-8").split("\n")[:-1]]
        failed += check("tsv, by its lines and tabs", rows, table)
        book = openpyxl.load_workbook(read["xlsx"])
        cells = [names] + [[as_cell(name, record[name]) for name in names] for record in records]
        failed += check("xlsx, by openpyxl", ([cell.value for cell in row] for row in book["Tokens"]), cells)
        kinds = {cell.data_type for row in book["Tokens"] for cell in row}
        failed += check("xlsx: no formula", ["f" in kinds], [False])
        sheet = book["Tokens"]
        head = [sheet.freeze_panes, sheet.auto_filter.ref]
        failed += check("xlsx: a frozen header with filters", head, ["A2", sheet.dimensions])
        page = Table(read["html"].read_text("utf-8")).rows
        ids = [str(record["id"]) for record in records]
        owners = [inert(record["adminName"]) for record in records]
        name = names.index("adminName")
        rows = [row for row in page[1:] if row]
        failed += check("html, by html.parser", [(row[0], row[name]) for row in rows], zip(ids, owners))
        lines = [line for line in read["md"].read_text("utf-8").split("\n") if line.startswith("| ")]
        failed += check("markdown: a line for each row", [line.split("|")[1].strip() for line in lines[1:]], ids)
        failed += checked(binary, folder)
        run = [row[1].value for row in book["Run"] if row[0].value == "Verdict"]
        failed += check("xlsx: the verdict", run, [document["run"]["verdict"]])
    print(f"{failed} failed" if failed else "the reports hold the same rows")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
