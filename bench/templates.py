#!/usr/bin/env python3
"""Reports of 100,000 rows, by lmq and by handlebars.js in turn; and the memory that a workbook takes.

    cargo build --release --examples && bench/templates.py [--rounds 5] [--rows 100000] [--parts templates,formats,xlsx]

Needs Node and npm, which fetches handlebars.js the first time. Ends with 1 when a goal is missed.
"""

from __future__ import annotations

import argparse
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
PEER = "handlebars@4.7.10"
KINDS = ["md", "html", "csv"]
FORMATS = {"markdown": "md", "html": "html", "csv": "csv"}
TEMPLATE_GOAL = 1.3
FORMAT_GOAL = 0.5
XLSX_ROWS = [10_000, 100_000, 1_000_000]
XLSX_GOAL_MIB = 16


def numbers(command: list, env: dict | None = None) -> list[float]:
    """The numbers that a command prints."""
    ran = subprocess.run([str(word) for word in command], env=env, capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        sys.exit(f"{command[0]} failed:\n{ran.stderr}")
    return [float(word) for word in ran.stdout.split()]


class Pair:
    """What is timed in turn: one report by lmq, one by handlebars.js."""

    def __init__(self, args: argparse.Namespace, folder: pathlib.Path, env: dict) -> None:
        self.args, self.folder, self.env = args, folder, env

    def ours(self, output: list) -> list[float]:
        return numbers([self.args.render, "--rows", self.args.rows, *output, "--to", self.folder / "ours"])

    def theirs(self, kind: str) -> list[float]:
        template = ROOT / f"bench/templates/tokens.{kind}.hbs"
        return numbers(["node", ROOT / "bench/render.js", self.folder / "data.json", template, self.folder / "theirs"], self.env)

    def rounds(self, name: str, output: list, kind: str, goal: float) -> bool:
        ours, theirs, ratios, worked = [], [], [], []
        for number in range(self.args.rounds):
            order = [lambda: ours.append(self.ours(output)), lambda: theirs.append(self.theirs(kind))]
            for run in order if number % 2 == 0 else reversed(order):
                run()
            ratios.append(ours[-1][0] / theirs[-1][0])
            worked.append(ours[-1][1] / theirs[-1][1])
        rows = (self.folder / "ours").read_bytes().count(b"svc-")
        if rows == 0:
            sys.exit(f"{name}: no row was written")
        ratio = statistics.median(ratios)
        met = ratio <= goal
        print(
            f"| `{name}` | {statistics.median(run[0] for run in ours):.3f} "
            f"| {statistics.median(run[0] for run in theirs):.3f} | {ratio:.2f} | {statistics.median(worked):.2f} "
            f"| {goal} | {'met' if met else 'MISSED'} |",
            flush=True,
        )
        return met


def peer() -> dict:
    """An environment in which Node finds handlebars.js."""
    for tool in ["node", "npm"]:
        if not shutil.which(tool):
            sys.exit(f"{tool} is not installed (`apt-get install nodejs npm`)")
    folder = ROOT / "target/peers/handlebars"
    if not (folder / "node_modules/handlebars").is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "install", "--silent", "--no-save", "--prefix", folder, PEER], check=True)
    return {**os.environ, "NODE_PATH": str(folder / "node_modules")}


def workbooks(args: argparse.Namespace, folder: pathlib.Path) -> bool:
    """What a workbook adds to the memory that the rows take."""
    added = []
    for rows in XLSX_ROWS:
        seconds, _, before, after = numbers([args.render, "--rows", rows, "--format", "xlsx", "--to", folder / "ours"])
        added.append((after - before) / 1024)
        print(f"| {rows:,} | {seconds:.2f} | {before / 1024:.1f} | {added[-1]:.1f} |", flush=True)
    met = max(added) <= XLSX_GOAL_MIB
    print(f"goal: at most {XLSX_GOAL_MIB} MiB more than the rows, {'met' if met else 'MISSED'}")
    return met


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--render", type=pathlib.Path, default=ROOT / "target/release/examples/render")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--parts", default="templates,formats,xlsx")
    args = parser.parse_args()
    parts = args.parts.split(",")
    print(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    met = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        if {"templates", "formats"} & set(parts):
            pair = Pair(args, folder, peer())
            numbers([args.render, "--rows", args.rows, "--format", "json", "--to", folder / "data.json"])
            print("| report | lmq s | handlebars.js s | ratio | of processor time | goal | |\n|---|---|---|---|---|---|---|")
        if "templates" in parts:
            met += [
                pair.rounds(f"tokens.{kind}.hbs", ["--template", ROOT / f"bench/templates/tokens.{kind}.hbs"], kind, TEMPLATE_GOAL)
                for kind in KINDS
            ]
        if "formats" in parts:
            met += [pair.rounds(f"format {name}", ["--format", name], kind, FORMAT_GOAL) for name, kind in FORMATS.items()]
        if "xlsx" in parts:
            print("| rows of a workbook | s | MiB before | MiB more |\n|---|---|---|---|")
            met.append(workbooks(args, folder))
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
