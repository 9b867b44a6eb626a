"""What the import commands share: the very same reading and applying as the pages, in this process and without a broker."""

from __future__ import annotations

import json
import sys
import uuid
from argparse import ArgumentParser
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from partnership.access import rls
from partnership.access.viewer import Viewer
from partnership.accounts.models import User
from schools.actions.imports import AsksFirst, ImportRefused, apply_import, discard_import, stage_import
from schools.actions.imports.base import Tick, importer_for
from schools.actions.imports.reach import acting_for
from schools.enums import ImportKind, ImportState, RowOutcome
from schools.models import Import, Organisation
from schools.rules import may_import

USAGE = 2


@dataclass
class Report:
    """What came of a file, as one JSON object."""

    outcome: str
    reason: str = ""
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


class ImportCommand(BaseCommand):
    """Reads one file, and with --apply writes it. Exit 0 when ready or applied, 1 when refused whole, 2 on wrong usage."""

    kind: ImportKind
    needs_school = False
    takes_school = True
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the file to read")
        what = parser.add_mutually_exclusive_group()
        what.add_argument(
            "--preview", action="store_true", help="tell what would happen and change nothing (default)"
        )
        what.add_argument("--apply", action="store_true", help="write the good rows, all together")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
        parser.add_argument("--as", dest="actor", metavar="EMAIL", default="", help="the person who does it")
        if self.takes_school:
            parser.add_argument("--school", metavar="URN", type=int, required=self.needs_school,
                                help="the school for which the file is read")  # fmt: skip
        for tick in self.ticks():
            parser.add_argument(f"--{tick.name.replace('_', '-')}", action="store_true", help=tick.label)

    def ticks(self) -> tuple[Tick, ...]:
        """The questions of the upload page, as options."""
        return tuple(importer_for(self.kind).guide.ticks)

    def kind_of(self, source: BinaryIO) -> ImportKind:
        """Which importer reads this file."""
        return self.kind

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.", returncode=USAGE)
        at = timezone.now()
        school = self._school(options.get("school"))
        actor = self._actor(options["actor"], school)
        with path.open("rb") as source:
            report = self._run(source, path.name, school=school, actor=actor, options=options, at=at)
        self._tell(report, as_json=options["json"])
        if report.outcome == "refused":
            sys.exit(1)

    def _run(
        self,
        source: BinaryIO,
        name: str,
        *,
        school: Organisation | None,
        actor: User | None,
        options: dict[str, Any],
        at: datetime,
    ) -> Report:
        make = {
            "kind": self.kind_of(source),
            "organisation": school,
            "by": actor,
            "at": at,
            "file_name": name[:200],
            "options": {tick.name: options[tick.name] for tick in self.ticks()},
        }
        if options["apply"]:
            return self._apply(source, make, confirmed=bool(options.get("confirm_fewer")), actor=actor, at=at)
        with transaction.atomic():  # a preview leaves nothing behind
            report = report_of(self._staged(source, make, at))
            transaction.set_rollback(True)
        return report

    def _staged(self, source: BinaryIO, make: dict[str, Any], at: datetime) -> Import:
        importing = Import.objects.create(id=uuid.uuid4(), **make)
        staged = stage_import(
            import_id=importing.pk, at=at, progress=lambda done, total: None, source=source, lenient=True
        )
        if staged is None:
            raise CommandError("The import was discarded while it was read.")
        return staged

    def _apply(
        self, source: BinaryIO, make: dict[str, Any], *, confirmed: bool, actor: User | None, at: datetime
    ) -> Report:
        importing = self._staged(source, make, at)
        report = report_of(importing)
        if importing.state != ImportState.READY:
            return report
        try:
            with acting(actor, importing) as viewer:
                done = apply_import(import_id=importing.pk, by=viewer, at=at, confirmed=confirmed)
        except ImportRefused as refusal:
            with acting(actor, importing) as viewer:
                discard_import(import_id=importing.pk, by=viewer, at=at)
            hint = " Run it again with --confirm-fewer." if isinstance(refusal, AsksFirst) else ""
            return Report("refused", refusal.reason + hint, warnings=report.warnings)
        if left_out := done.facts.get("done", {}).get("left_out"):
            report.warnings.append(
                f"{left_out} rows could not be applied as they were read and were left out."
            )
        report.outcome = "applied"
        return report

    def _school(self, urn: int | None) -> Organisation | None:
        if urn is None:
            return None
        school = Organisation.objects.schools().filter(urn=urn).first()
        if school is None:
            raise CommandError(f"No school with the URN {urn} is on the list of schools.", returncode=USAGE)
        return school

    def _actor(self, email: str, school: Organisation | None) -> User | None:
        if not email:
            return None
        actor = User.objects.filter(email=email.strip().lower(), is_active=True).first()
        if actor is None:
            raise CommandError(f"Nobody here has the address {email}.", returncode=USAGE)
        if school is not None:
            with rls.acting_as(actor.pk) as viewer:
                allowed = may_import(viewer, self.kind, school.pk)
            if not allowed:
                raise CommandError(f"{email} does not import such files for {school.name}.", returncode=USAGE)
        return actor

    def _tell(self, report: Report, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(asdict(report), ensure_ascii=False))
            return
        if report.outcome == "refused":
            self.stdout.write(f"Refused: {report.reason}")
        else:
            word = "Applied" if report.outcome == "applied" else "Ready"
            self.stdout.write(
                f"{word}: {report.new} new, {report.changed} changed, {report.unchanged} unchanged, "
                f"{len(report.refused)} refused."
            )
        for each in report.refused:
            place = ", ".join(str(part) for part in (f"line {each['line']}", each["column"]) if part)
            self.stdout.write(f"  {place}: {each['reason']}")
        for warning in report.warnings:
            self.stdout.write(f"  {warning}")


def report_of(importing: Import) -> Report:
    """A row that must be decided does not go in from here, so it stands among the refused."""
    if importing.state == ImportState.REFUSED:
        return Report("refused", importing.reason)
    kept_back = importing.rows.filter(outcome__in=[RowOutcome.REFUSED, RowOutcome.UNDECIDED]).order_by("line")
    counts = importing.counts
    return Report(
        outcome="ready",
        new=counts.get("new", 0),
        changed=counts.get("changed", 0),
        unchanged=counts.get("unchanged", 0),
        refused=[
            {name: each[name] for name in ("line", "column", "value", "reason")}
            for row in kept_back
            for each in row.problems
        ],
        warnings=list(importing.warnings),
    )


def acting(actor: User | None, importing: Import) -> AbstractContextManager[Viewer]:
    """The reach in which a file is applied: the person's, or that of the schools whose rows it holds."""
    named = importing.rows.values_list("data__school", flat=True).distinct()
    schools = {uuid.UUID(each) for each in named if each}
    if importing.organisation_id:
        schools.add(importing.organisation_id)
    return acting_for(actor.pk if actor else None, schools)
