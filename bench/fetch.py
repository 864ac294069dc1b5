#!/usr/bin/env python3
"""Every page of a long list, fetched by lmq and by others side by side, as whole processes: wall time and peak memory.

    cargo build --release --bins --examples
    bench/fetch.py [--rounds 5] [--tokens 100000] [--parts speed,flat,latency,start] [--clients lmq-ndjson,official]

Needs Python 3.9 or later; curl and jq where they are there to be compared with; the network once, for the virtual environment of
LogicMonitor's SDK. Ends with 1 when a goal is missed.
"""

import argparse
import contextlib
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple, Optional

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
PARTS = ("speed", "flat", "latency", "start")
SIZE = 1000
# What lmq does when it is not told otherwise.
CONCURRENCY = 4
MIB = 1024 * 1024

# Goals. Ratios are to the baseline.
NDJSON_RATIO, NDJSON_MIB = 1.2, 48
REPORT_RATIO, REPORT_PAGE_BYTES = 3, 4
TEMPLATE_RATIO, TEMPLATE_MIB = 5, 400
OFFICIAL_TIMES = 10
FLAT_ROWS, FLAT_GROWTH_MIB = (10_000, 100_000, 1_000_000), 8
LATENCY_MS, LATENCY_RATIO = 50, 1.15
VERSION_SECONDS, SANDBOX_SECONDS = 0.005, 0.100
START_RUNS = {"version": 100, "sandbox": 30}

QUERY = "endpoint: apitokens\n"
# Eight columns, as a person would write them.
TEMPLATE = """# {{query.name}}

{{#if (ne run.verdict "complete")}}{{run.verdict}}{{/if}}

| Id | Owner | Roles | Status | Note | Created | Last used | Address |
|---|---|---|---|---|---|---|---|
{{#each records}}
| {{id}} | {{adminName}} | {{join roles ", "}} | {{#if (eq status 2)}}enabled{{else}}disabled{{/if}} | {{note}} | {{date createdOn}} | {{date lastUsedOn default="never"}} | {{lastAuthIp}} |
{{/each}}
"""
LMQ = {
    "lmq-ndjson": ["-f", "ndjson"],
    "lmq-csv": ["-f", "csv"],
    "lmq-json": ["-f", "json"],
    "lmq-template": ["-t", "wide.md.hbs"],
}
CLIENTS = ("baseline", *LMQ, "curl", "curl-jq", "official")


class Ran(NamedTuple):
    seconds: float
    mib: float
    code: int
    errors: str


class Result(NamedTuple):
    seconds: float
    mib: float


class Goals:
    """Prints a line for each goal, and remembers whether one was missed."""

    def __init__(self):
        self.missed = False

    def judge(self, title: str, found: float, goal: float, unit: str, most: bool = True) -> None:
        passed = found <= goal if most else found >= goal
        self.missed |= not passed
        word = "PASS" if passed else "over" if most else "under"
        print(f"  {word:5} {title}: {shown(found)} {unit} (goal {'≤' if most else '≥'} {shown(goal)})", flush=True)

    def missing(self, title: str, why: str) -> None:
        self.missed = True
        print(f"  none  {title}: {why}", flush=True)


def shown(number: float) -> str:
    return f"{number:.0f}" if number >= 100 else f"{number:.2f}" if number >= 1 else f"{number:.4f}"


def timed(command: list, folder: Path, variables: Optional[dict] = None, out: str = os.devnull) -> Ran:
    """Runs a process to its end. Its memory is the peak of the largest process in it."""
    others = ("LM_", "LMQ_", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
    kept = {name: value for name, value in os.environ.items() if not name.upper().startswith(others)}
    with open(out, "wb") as stdout, tempfile.TemporaryFile() as stderr:
        start = time.perf_counter()
        child = subprocess.Popen(
            command, cwd=folder, env={**kept, **(variables or {})}, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr
        )
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        stderr.seek(0)
        errors = stderr.read().decode("utf-8", "replace").strip()
    # Linux counts in KiB, macOS in bytes.
    unit = MIB if sys.platform == "darwin" else 1024
    return Ran(seconds, usage.ru_maxrss / unit, child.returncode, errors)


class Bench:
    """The binaries, the clients, and a project with a query and a template."""

    def __init__(self, options, folder: Path):
        self.options = options
        self.folder = folder
        self.lmq = options.lmq.resolve()
        self.examples = self.lmq.parent / "examples"
        for binary in (self.lmq, self.examples / "pages", self.examples / "baseline"):
            if not binary.is_file():
                sys.exit(f"fetch: there is no {binary}; build it with `cargo build --release --bins --examples`")
        (folder / "lmq.yaml").write_text("")
        (folder / "tokens.yaml").write_text(QUERY)
        (folder / "templates").mkdir()
        (folder / "templates/wide.md.hbs").write_text(TEMPLATE)
        self.python = None

    @contextlib.contextmanager
    def pages(self, tokens: int, latency_ms: int = 0):
        """A running server; gives its base URL."""
        command = [self.examples / "pages", "--tokens", str(tokens), "--latency-ms", str(latency_ms)]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            url = server.stdout.readline().strip()
            if not url:
                sys.exit(f"fetch: the server ended with {server.wait()}")
            yield url
        finally:
            server.terminate()
            server.wait()

    def run_lmq(self, arguments: list, url: str, out: str = os.devnull) -> Ran:
        variables = {"LMQ_BASE_URL": url, "LM_ACCESS_ID": "bench", "LM_ACCESS_KEY": "bench-key-of-no-use"}
        return timed([self.lmq, "run", "tokens.yaml", *arguments], self.folder, variables, out)

    def check(self, name: str, url: str, tokens: int) -> Optional[str]:
        """What is wrong with an output of lmq, counted in a file; nothing when it has every row."""
        out = self.folder / "out"
        ran = self.run_lmq(LMQ[name], url, str(out))
        if ran.code != 0:
            return f"lmq ended with {ran.code}: {(ran.errors.splitlines() or ['no word'])[0]}"
        command = [sys.executable, HERE / "count.py", name.removeprefix("lmq-"), out]
        counted = subprocess.run(command, capture_output=True, text=True)
        out.unlink()
        if counted.returncode != 0 or int(counted.stdout) != tokens:
            return f"not every row: {counted.stdout.strip() or (counted.stderr.splitlines() or ['?'])[-1]} of {tokens}"
        return None

    def client(self, name: str, url: str, tokens: int) -> Ran:
        """One run of a client."""
        if name in LMQ:
            return self.run_lmq(LMQ[name], url)
        if name == "baseline":
            ran = timed([self.examples / "baseline", "--tokens", str(tokens), "--size", str(SIZE)], self.folder)
            # Its own clock, which starts when the pages are in memory.
            return ran._replace(seconds=float(ran.errors.split()[0])) if ran.code == 0 else ran
        if name == "official":
            return timed([self.python, HERE / "official.py", url, str(tokens)], self.folder)
        urls = [f"{url}/setting/admins/apitokens?size={SIZE}&offset={start}" for start in range(0, tokens, SIZE)]
        if name == "curl":
            config = self.folder / "urls"
            config.write_text("".join(f'url = "{url}"\noutput = "{os.devnull}"\n' for url in urls))
            parallel = ["--parallel", "--parallel-max", str(CONCURRENCY)]
            return timed(["curl", "--silent", "--show-error", "--fail", *parallel, "--config", config], self.folder)
        script = 'set -e; while read -r url; do curl -sSf "$url" | jq -c ".items[]"; done < list'
        (self.folder / "list").write_text("".join(f"{url}\n" for url in urls))
        return timed(["sh", "-c", script], self.folder)

    def unavailable(self, name: str) -> Optional[str]:
        """Why a client cannot run here."""
        for tool in {"curl": ["curl"], "curl-jq": ["curl", "jq"]}.get(name, []):
            if shutil.which(tool) is None:
                return f"there is no {tool} here"
        if name == "official" and self.python is None:
            # In a process of its own, so that this one stays small.
            make = [sys.executable, "-c", "import run; print(run.environment())"]
            made = subprocess.run(make, cwd=ROOT / "tests/peers", stdout=subprocess.PIPE, text=True)
            if made.returncode != 0:
                return "the SDK could not be installed"
            self.python = made.stdout.splitlines()[-1]
        return None


# --- the parts ----------------------------------------------------------------------------------------------------------


def speed(bench: Bench, goals: Goals) -> None:
    tokens, clients = bench.options.tokens, list(bench.options.clients)
    page_mib = measured_page_bytes(bench, tokens) / MIB
    why = {}
    runs = {}
    with bench.pages(tokens) as url:
        for name in clients:
            why[name] = bench.unavailable(name) or (bench.check(name, url, tokens) if name in LMQ else None)
        for round_number in range(bench.options.rounds):
            # Not always in the same order: what comes first finds other caches.
            for name in clients[round_number % len(clients) :] + clients[: round_number % len(clients)]:
                if why[name]:
                    continue
                ran = bench.client(name, url, tokens)
                if ran.code != 0:
                    why[name] = f"ended with {ran.code}: {(ran.errors.splitlines() or ['no word'])[-1]}"
                runs.setdefault(name, []).append(ran)
    found = {name: middle(runs[name]) for name in clients if name in runs and not why[name]}
    print(f"\nspeed: {tokens} tokens, {page_mib:.1f} MiB of pages, median of {bench.options.rounds} rounds\n")
    print("| client | seconds | × baseline | × official | peak MiB |\n|---|---|---|---|---|")
    for name in clients:
        if name in found:
            seconds, mib = found[name]
            ratios = [f"{seconds / found[of].seconds:.2f}" if of in found else "" for of in ("baseline", "official")]
            print(f"| {name} | {seconds:.3f} | {' | '.join(ratios)} | {mib:.1f} |")
        else:
            print(f"| {name} | {why[name]} | | | |")
    # What a process inherits from this one while it starts: no smaller figure can be seen.
    print(f"\nmemory below {timed(['true'], bench.folder).mib:.1f} MiB is not told apart\n")
    judge_speed(goals, clients, found, why, page_mib)


def judge_speed(goals: Goals, clients: list, found: dict, why: dict, page_mib: float) -> None:
    limits = {
        "lmq-ndjson": (NDJSON_RATIO, NDJSON_MIB),
        "lmq-csv": (REPORT_RATIO, REPORT_PAGE_BYTES * page_mib),
        "lmq-json": (REPORT_RATIO, REPORT_PAGE_BYTES * page_mib),
        "lmq-template": (TEMPLATE_RATIO, TEMPLATE_MIB),
    }
    for name, (ratio, mib) in limits.items():
        if name not in clients:
            continue
        if name not in found:
            goals.missing(name, why[name])
            continue
        if "baseline" in found:
            goals.judge(f"{name} against the baseline", found[name].seconds / found["baseline"].seconds, ratio, "×")
        goals.judge(f"{name}, memory", found[name].mib, mib, "MiB")
    # All of its rows as they came, as the official client gives them.
    if "official" in found and "lmq-ndjson" in found:
        times = found["official"].seconds / found["lmq-ndjson"].seconds
        goals.judge("lmq-ndjson against the official client", times, OFFICIAL_TIMES, "× as fast", most=False)
    elif "official" in clients and "lmq-ndjson" in found:
        goals.missing("lmq-ndjson against the official client", why["official"])


def middle(runs: list) -> Result:
    """The median of the times, the most of the memory."""
    return Result(statistics.median(run.seconds for run in runs), max(run.mib for run in runs))


def measured_page_bytes(bench: Bench, tokens: int) -> int:
    ran = timed([bench.examples / "baseline", "--tokens", str(tokens), "--size", str(SIZE)], bench.folder)
    # "… pages, 123 bytes"
    return int(ran.errors.split()[-2])


def flat(bench: Bench, goals: Goals) -> None:
    print("\nflat: memory of lmq-ndjson by rows\n\n| rows | seconds | peak MiB |\n|---|---|---|")
    peaks, broken = {}, None
    for tokens in FLAT_ROWS:
        with bench.pages(tokens) as url:
            broken = bench.check("lmq-ndjson", url, tokens)
            if broken:
                print(f"| {tokens} | {broken} | |")
                break
            ran = bench.client("lmq-ndjson", url, tokens)
        peaks[tokens] = ran.mib
        print(f"| {tokens} | {ran.seconds:.3f} | {ran.mib:.1f} |", flush=True)
    print()
    if broken:
        goals.missing("lmq-ndjson, flat memory", broken)
        return
    goals.judge("lmq-ndjson, most memory", max(peaks.values()), NDJSON_MIB, "MiB")
    growth = peaks[FLAT_ROWS[2]] - peaks[FLAT_ROWS[1]]
    goals.judge(f"lmq-ndjson, memory of {FLAT_ROWS[2]} rows above {FLAT_ROWS[1]}", growth, FLAT_GROWTH_MIB, "MiB")


def latency(bench: Bench, goals: Goals) -> None:
    tokens = bench.options.tokens
    pages = pages_of(tokens)
    with bench.pages(tokens, LATENCY_MS) as url:
        trip = round_trip(url)
        bound = (1 + math.ceil((pages - 1) / CONCURRENCY)) * trip
        print(f"\nlatency: {pages} pages, {CONCURRENCY} at a time, a round trip of {trip * 1000:.1f} ms: {bound:.3f} s at least\n")
        name = next((name for name in ("lmq-ndjson", "lmq-csv") if not bench.check(name, url, tokens)), None)
        if name is None:
            goals.missing("latency", "no output of lmq has every row")
            return
        ran = middle([bench.client(name, url, tokens) for _ in range(bench.options.rounds)])
    goals.judge(f"{name} against the bound of {bound:.3f} s", ran.seconds / bound, LATENCY_RATIO, "×")


def pages_of(tokens: int) -> int:
    """Requests of a walk: each page begins on the last row of the one before, and the last one is not full."""
    pages, offset = 1, 0
    while tokens - offset >= SIZE:
        pages, offset = pages + 1, offset + SIZE - 1
    return pages


def round_trip(url: str) -> float:
    """Seconds of one page over a connection that is there, as the median of some."""
    import http.client

    _, _, place, path = url.split("/", 3)
    connection = http.client.HTTPConnection(place)
    times = []
    for offset in range(10):
        start = time.perf_counter()
        connection.request("GET", f"/{path}/setting/admins/apitokens?size={SIZE}&offset={offset}")
        connection.getresponse().read()
        times.append(time.perf_counter() - start)
    connection.close()
    return statistics.median(times)


def start(bench: Bench, goals: Goals) -> None:
    print("\nstart: the best of many runs, as whole processes\n")
    cases = {
        "version": (["--version"], VERSION_SECONDS),
        "sandbox": (["run", "--sandbox", "queries/bearer-traces.yaml"], SANDBOX_SECONDS),
    }
    for name, (arguments, goal) in cases.items():
        runs = [timed([bench.lmq, *arguments], ROOT) for _ in range(START_RUNS[name])]
        failed = next((run for run in runs if run.code != 0), None)
        title = f"lmq {' '.join(arguments)}"
        if failed:
            goals.missing(title, f"ended with {failed.code}: {failed.errors}")
        else:
            goals.judge(title, min(run.seconds for run in runs) * 1000, goal * 1000, "ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    lmq = ROOT / "target/release/lmq"
    parser.add_argument("--lmq", type=Path, default=lmq, help="the examples are expected beside it")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--tokens", type=int, default=100_000)
    parser.add_argument("--parts", type=some_of(PARTS), default=PARTS, help=",".join(PARTS))
    parser.add_argument("--clients", type=some_of(CLIENTS), default=CLIENTS, help=f"of speed: {','.join(CLIENTS)}")
    options = parser.parse_args()
    goals = Goals()
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; figures of a busy machine say little")
    with tempfile.TemporaryDirectory() as name:
        bench = Bench(options, Path(name))
        for part in options.parts:
            {"speed": speed, "flat": flat, "latency": latency, "start": start}[part](bench, goals)
    print("\na goal is missed" if goals.missed else "\nevery goal is met")
    sys.exit(goals.missed)


def some_of(known: tuple):
    """Reads a list with commas, and brings it into the order of `known`."""

    def read(text: str) -> list:
        names = text.split(",")
        unknown = [name for name in names if name not in known]
        if unknown:
            raise argparse.ArgumentTypeError(f"there is no {', '.join(unknown)}; known: {', '.join(known)}")
        return [name for name in known if name in names]

    return read


if __name__ == "__main__":
    main()
