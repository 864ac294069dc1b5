#!/usr/bin/env python3
"""Holds lmq against other clients of the API, and its reports against their readers: python3 tests/peers/run.py [LMQ]

LMQ is the binary, lmq of a debug build by default. This script needs Python 3.9 or later with venv, and nothing else: it makes
a virtual environment in the target folder, installs what requirements.txt names, and runs compare.py and formats.py there. The environment is
kept for the next run and made anew when requirements.txt changes.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent.parent
# An absolute CARGO_TARGET_DIR stays what it is.
TARGET = PROJECT / os.environ.get("CARGO_TARGET_DIR", "target")


def environment() -> Path:
    """The Python of the virtual environment, made when there is none for these requirements."""
    folder = TARGET / "peers"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    requirements = HERE / "requirements.txt"
    wanted = hashlib.sha256(requirements.read_bytes() + sys.version.encode()).hexdigest()
    stamp = folder / "requirements.sha256"
    if stamp.is_file() and stamp.read_text() == wanted and python.is_file():
        return python
    shutil.rmtree(folder, ignore_errors=True)
    print(f"peers: making a virtual environment in {folder}", flush=True)
    venv.create(folder, with_pip=True)
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements]
    subprocess.run(install, check=True)
    stamp.write_text(wanted)
    return python


def main() -> int:
    if sys.version_info < (3, 9):
        print("peers: Python 3.9 or later is needed", file=sys.stderr)
        return 2
    default = TARGET / "debug" / ("lmq.exe" if os.name == "nt" else "lmq")
    binary = Path(sys.argv[1] if len(sys.argv) > 1 else default).resolve()
    if not binary.is_file():
        print(f"peers: there is no {binary}; build it with `cargo build`", file=sys.stderr)
        return 2
    python = environment()
    codes = [subprocess.run([python, HERE / script, binary]).returncode for script in ("compare.py", "formats.py")]
    return max(codes, key=abs)


if __name__ == "__main__":
    sys.exit(main())
