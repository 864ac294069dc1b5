#!/usr/bin/env python3
"""A thousand sandbox portals: read in one go, and in eight shards that are merged. Both must be the same, row for row.

    cargo build --release && bench/shards.py [--portals 1000] [--shards 8] [--tokens 20]

Needs nothing but Python 3.9 or later. Ends with 1 when something differs.
"""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
# One that takes rows as they are, and one that sorts, expects and accepts.
QUERIES = {
    "all": "endpoint: apitokens\ntype: all\n",
    "rules": """endpoint: apitokens
type: all
sort: [-idleDays, adminName]
select: "$[?@.idleDays > 30]"
expect:
  - {id: unused, select: "$[?@.neverUsed == true]", severity: warning, message: "{{id}} of {{adminName}} was never used"}
  - {id: idle, select: "$[?@.idleDays > 90]", max: 2, message: "{{id}} is idle for {{idleDays}} days"}
waivers:
  - {expect: unused, match: {tokenType: bearer}, reason: known, owner: ops, expires: 2099-12-31}
""",
}
# What a run in one go and one in shards cannot share: when they were, and how often a key was asked whether it sees itself.
OF_THE_CLOCK = ["startedAt", "finishedAt", "now", "requests"]


class Portals:
    """The sandbox, in a process of its own, as long as the block lasts."""

    def __init__(self, lmq: str, count: int, tokens: int) -> None:
        command = [lmq, "sandbox", "--portals", count, "--tokens", tokens, "--rate-limit", 1_000_000, "--env", "sh", "-q"]
        self.command, self.count = [str(word) for word in command], count

    def __enter__(self) -> dict:
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, text=True)
        env = dict(os.environ)
        for line in self.process.stdout:
            found = re.match(r"export (\w+)='?(.*?)'?$", line)
            if found:
                env[found[1]] = found[2]
            if f"LM_SANDBOX_{self.count}_ACCESS_KEY" in env:
                break
        else:
            sys.exit("the sandbox does not start")
        return env

    def __exit__(self, *_) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.wait()


def timed(command: list, folder: pathlib.Path, env: dict, codes: tuple = (0,)) -> tuple[float, float]:
    """Seconds that a command takes, and MiB at the most."""
    before = time.monotonic()
    with open(folder / "stderr", "w", encoding="utf-8") as stderr:
        process = subprocess.Popen([str(word) for word in command], cwd=folder, env=env, stdout=subprocess.DEVNULL, stderr=stderr)
        _, status, usage = os.wait4(process.pid, 0)
    code = os.waitstatus_to_exitcode(status)
    if code not in codes:
        sys.exit(f"{' '.join(map(str, command))} ended with {code}:\n{(folder / 'stderr').read_text()[-2000:]}")
    return time.monotonic() - before, usage.ru_maxrss / 1024


def differences(one: dict, other: dict) -> list[str]:
    """The parts of two results that are not the same."""
    for document in (one, other):
        for name in OF_THE_CLOCK:
            del document["run"][name]
    return [name for name in sorted({*one, *other}) if one.get(name) != other.get(name)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--portals", type=int, default=1000)
    parser.add_argument("--shards", type=int, default=8)
    parser.add_argument("--tokens", type=int, default=20, help="of each portal")
    parser.add_argument("--lmq", default=str(ROOT / "target/release/lmq"))
    args = parser.parse_args()
    args.lmq = os.path.abspath(args.lmq)
    # The sandbox has a port for each portal.
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard if hard != resource.RLIM_INFINITY else 65_536, hard))
    with tempfile.TemporaryDirectory(prefix="lmq-shards-") as name, Portals(args.lmq, args.portals, args.tokens) as env:
        folder = pathlib.Path(name)
        (folder / ".git").mkdir()
        (folder / "queries").mkdir()
        for query, text in QUERIES.items():
            (folder / f"queries/{query}.yaml").write_text(text)
        run = [args.lmq, "run", "queries", "--all-portals", "-f", "json", "--fail-on", "never", "--save"]
        print(f"{'one go':10} {'%.1f s  %.0f MiB' % timed([*run, 'one/{name}.json'], folder, env)}")
        shards = []
        for index in range(1, args.shards + 1):
            command = [*run, f"{index}/{{name}}.json", "--shard", f"{index}/{args.shards}"]
            shards.append(timed(command, folder, env))
        most = max(seconds for seconds, _ in shards), max(mib for _, mib in shards)
        print(f"{'a shard':10} {'%.1f s  %.0f MiB' % most} at the most")
        files = [f"{index}/{query}.json" for query in QUERIES for index in range(args.shards, 0, -1)]
        merge = [args.lmq, "merge", *files, "-f", "json", "--fail-on", "never", "--save", "all/{name}.json"]
        print(f"{'merge':10} {'%.1f s  %.0f MiB' % timed(merge, folder, env)}")
        wrong = 0
        for query in QUERIES:
            one, merged = (json.loads((folder / f"{which}/{query}.json").read_text()) for which in ("one", "all"))
            counts = ", ".join(f"{len(merged[part])} {part}" for part in ("portals", "listings", "records", "findings", "waived"))
            found = differences(one, merged)
            wrong += len(found)
            print(f"{query:10} {counts}: {'the same' if not found else 'other ' + ', '.join(found)}")
        lost = [file for file in files if not file.startswith("3/")]
        timed([args.lmq, "merge", *lost, "-f", "json"], folder, env, codes=(6,))
        print(f"{'without 3':10} incomplete")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
