"""`make bench`: lay the county out where it does not stand yet, measure, and print the table.

`--only pages` (or statements, booking, files, exports, mail) measures a part; several can be named."""

from __future__ import annotations

import argparse
from pathlib import Path

from bench import server
from bench.county.__main__ import lay

PARTS = ("statements", "pages", "booking", "files", "exports", "mail")


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--only", choices=PARTS, action="append")
    parser.add_argument("--mails", type=int, default=18_000)
    parser.add_argument("--children", type=int, default=120_000)
    parser.add_argument("--rounds", type=int, default=20, help="of the rush for places")
    parser.add_argument("--write", type=Path, help="write the table to this file too")
    asked = parser.parse_args()
    with server.services():
        from django.conf import settings

        from bench import booking, exports, files, mail, pages, statements
        from bench.report import Report, machine

        for scale in ("0.01", "1"):
            lay(scale)
        report = Report()
        for part in asked.only or PARTS:
            print(part, flush=True)
            if part == "statements":
                statements.measure(report)
            if part == "pages":
                with pages.serving(settings.RUN_DIR / "web.log") as webs:
                    pages.measure(report, *webs)
            if part == "booking":
                booking.measure(report, rounds=asked.rounds)
            if part == "files":
                files.measure(report, children=asked.children)
            if part == "exports":
                exports.measure(report)
            if part == "mail":
                mail.measure(report, mails=asked.mails)
        text = f"Measured on {machine()}.\n\n{report.markdown()}\n"
        print(f"\n{text}")
        if asked.write:
            asked.write.write_text(text)


if __name__ == "__main__":
    main()
