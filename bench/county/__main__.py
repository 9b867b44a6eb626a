"""`make county`: lay the county out, once. `--scale 0.01` is its hundredth, `--fresh` begins again."""

from __future__ import annotations

import argparse
import time

from bench import server


def lay(scale: str, *, fresh: bool = False) -> None:
    """Build this county in its own database unless it stands already, and say what is in it."""
    from django.core.management import call_command
    from django.utils import timezone

    from bench.county import build

    name = server.DATABASES[scale]
    server.make_database(name, fresh=fresh)
    server.use(name)
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    if build.is_built():
        print(f"The county at scale {scale} stands already ({name}).", flush=True)
        return
    began = time.monotonic()
    print(f"Laying out a county at scale {scale} ({name})", flush=True)
    counts = build.build(scale, now=timezone.now(), say=lambda text: print(f"  {text}", flush=True))
    print("  keys and constraints hold; gathering statistics", flush=True)
    build.settle()
    print(f"{build.table(counts)}\n  in {time.monotonic() - began:.0f} s", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="make county", description=__doc__)
    parser.add_argument("--scale", choices=list(server.DATABASES), action="append")
    parser.add_argument("--fresh", action="store_true", help="forget what stands and begin again")
    asked = parser.parse_args()
    with server.services():
        for scale in asked.scale or server.DATABASES:
            lay(scale, fresh=asked.fresh)


if __name__ == "__main__":
    main()
