#!/usr/bin/env python3
"""`lmq validate` over 1,000 distinct query files, as a whole process: wall time and peak memory.

    cargo build --release && bench/validate.py [--lmq target/release/lmq] [--files 1000] [--runs 5]

Needs nothing but Python. Ends with 1 when a run is over the goal: 0.3 s and 64 MiB (the best of the runs counts for the
time, as the machine may be busy; the worst for the memory).
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import time

GOAL_SECONDS = 0.3
GOAL_MIB = 64

SELECTS = [
    "$[?@.idleDays > ${days}]",
    "$[?search(@.adminName, '^svc-') && @.status == 2]",
    "$[?@.roles[?@ == 'administrator'] || @.neverUsed == true]",
]
OUTPUTS = [
    "  - { format: csv, to: reports/%(name)s.csv }\n",
    "  - { template: tokens.md.hbs, to: reports/%(name)s.md }\n",
    "  - { template: tokens.html.hbs, to: reports/%(name)s.html }\n  - format: json\n",
    "  - format: table\n  - { template: summary.txt.hbs, to: reports/%(name)s.txt }\n",
]


def query(number: int) -> str:
    name = f"audit-{number:04}"
    parts = [
        f"name: {name}\n",
        f"description: Audit number {number}\n",
        f"tags: [team-{number % 17}, weekly]\n",
        f"vars:\n  days: {{ type: integer, default: {30 + number} }}\n",
        "endpoint: apitokens\n",
        f"adminId: {number + 1}\n" if number % 5 == 0 else "",
        "type: all\n",
        "filters:\n  - status: 2\n",
        f"  - adminName: {{ contains: ['svc-{number}', 'o''brien+{number}@example.com'] }}\n",
        f"  - 'createdOn>{1_600_000_000 + number},note!~\"x{number}\"'\n" if number % 2 else "",
        f"  - any: [{{ idleDays: {{ gt: {number} }} }}, {{ neverUsed: true }}]\n",
        "fields: [id, adminName, note, status, roles, createdOn, lastUsedOn]\n",
        "sort: [-idleDays, id]\n",
        f'select: "{SELECTS[number % len(SELECTS)]}"\n',
        "" if number % 3 == 0 else 'columns: [id, adminName, { title: First role, path: "$.roles[0]" }]\n',
        "output:\n" + OUTPUTS[number % len(OUTPUTS)] % {"name": name},
    ]
    text = "".join(parts)
    return text if "${days}" in text else text.replace(f"gt: {number} ", 'gt: "${days}" ')


def run(lmq: pathlib.Path, folder: pathlib.Path) -> tuple[float, float, str]:
    """Seconds, peak MiB and what it said."""
    out = folder / "stdout"
    with out.open("w+b") as stdout:
        start = time.perf_counter()
        child = subprocess.Popen([lmq, "validate", "queries"], cwd=folder, stdout=stdout, stderr=stdout)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
    said = out.read_text().strip()
    if child.returncode != 0:
        sys.exit(f"lmq ended with {child.returncode}:\n{said[:4000]}")
    # Linux counts in KiB, macOS in bytes.
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return seconds, usage.ru_maxrss / unit, said


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    root = pathlib.Path(__file__).resolve().parent.parent
    parser.add_argument("--lmq", type=pathlib.Path, default=root / "target/release/lmq")
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "queries").mkdir()
        (folder / "lmq.yaml").write_text("")
        for number in range(options.files):
            (folder / f"queries/q{number:04}.yaml").write_text(query(number))
        runs = [run(options.lmq.resolve(), folder) for _ in range(options.runs)]
    for seconds, mib, said in runs:
        print(f"{seconds:.3f} s  {mib:.1f} MiB  {said}")
    seconds, mib = min(run[0] for run in runs), max(run[1] for run in runs)
    print(f"best {seconds:.3f} s (goal {GOAL_SECONDS}), most {mib:.1f} MiB (goal {GOAL_MIB})")
    sys.exit(seconds > GOAL_SECONDS or mib > GOAL_MIB)


if __name__ == "__main__":
    main()
