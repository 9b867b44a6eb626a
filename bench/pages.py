"""What pages cost: by the floor of the same run, and by each other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.conf import settings
from django.urls import reverse

from bench import people, rounds, server
from bench.report import Report
from bench.serving import Page, Web

PORT = 8790
ROUNDS, FEW = 15, 3


@contextmanager
def serving(log: Path) -> Iterator[tuple[Web, Web, Web]]:
    """The floor, ours on the whole county, ours on its hundredth."""
    whole, hundredth = server.DATABASES["1"], server.DATABASES["0.01"]
    webs = (
        Web("bench.floor.wsgi", PORT, settings="bench.floor.settings", database=whole, log=log),
        Web("partnership.wsgi", PORT + 1, settings="bench.settings", database=whole, log=log),
        Web("partnership.wsgi", PORT + 2, settings="bench.settings", database=hundredth, log=log),
    )
    try:
        for web in webs:
            web.wait()
        yield webs
    finally:
        for web in webs:
            web.stop()


def measure(report: Report, floor: Web, ours: Web, small: Web) -> None:
    """Interleaved rounds over every page, then the load, the memory and the policies."""
    less = people.seen_at(server.DATABASES["0.01"], "primary")
    primary = people.seen_at(server.DATABASES["1"], "primary")
    secondary = people.seen_at(server.DATABASES["1"], "secondary")
    wide, plain = people.cookie(people.wide()), people.cookie(people.wide(), backend=people.BACKEND)
    leaving, joining = reverse("transitions:leaving"), reverse("transitions:joining")
    coming = secondary.joining
    assert coming is not None
    head = secondary.cookies["head"]
    pages = {
        "floor detail": Page(floor, f"/child/{coming.pupil_id}/", plain),
        "floor list": Page(floor, f"/school/{primary.school.pk}/", plain),
        "list": Page(ours, joining, head),
        "list, filtered": Page(ours, f"{joining}?sen=N&entry_year={people.this_year()}", head),
        "search": Page(ours, f"{joining}?q=marsh", head),
        "detail, present school": Page(ours, child(primary.leaving.pk), primary.cookies["senco"]),
        "detail, next school": Page(ours, child(coming.pk), secondary.cookies["senco"]),
        "small list": Page(small, leaving, less.cookies["senco"]),
        "small detail": Page(small, child(less.leaving.pk), less.cookies["senco"]),
        "large list": Page(ours, leaving, primary.cookies["senco"]),
    }
    broad = {
        "floor detail": pages["floor detail"],
        "wide list": Page(ours, leaving, wide),
        "wide page 300": Page(ours, f"{leaving}?page=300", wide),
        "wide search": Page(ours, f"{leaving}?q=marsh", wide),
    }
    took = rounds.medians(pages, rounds=ROUNDS)
    base = took["floor detail"]
    report.told("floor: detail, list", f"{base * 1000:.1f} ms, {took['floor list'] * 1000:.1f} ms")
    report.ratio("list of 50, by the floor's detail", took["list"] / base, 6)
    report.ratio("list of 50 with filters, by the floor's detail", took["list, filtered"] / base, 6)
    report.ratio("a child's page at the present school", took["detail, present school"] / base, 4)
    report.ratio("a child's page at the next school", took["detail, next school"] / base, 4)
    report.ratio("name search as a head, by the list", took["search"] / took["list"], 1.5)
    report.ratio("list, 100× data by 1×", took["large list"] / took["small list"], 1.3)
    report.ratio(
        "a child's page, 100× data by 1×", took["detail, present school"] / took["small detail"], 1.3
    )
    took = rounds.medians(broad, rounds=FEW)
    report.told(
        "a list of 350 schools",
        f"{took['wide list'] * 1000:.0f} ms, {took['wide list'] / base:.0f}× floor detail",
    )
    report.ratio("page 300 of a list, by page 1", took["wide page 300"] / took["wide list"], 1.5)
    report.ratio("name search over 350 schools, by the list", took["wide search"] / took["wide list"], 1.5)
    policies(report, {"one school": pages["list"]}, turns=3, each=5)
    policies(report, {"350 schools": broad["wide list"]}, turns=2, each=FEW)
    load(report, floor, ours, plain)
    report.ratio(
        "memory of a web worker (PSS), by the floor's", ours.worker_memory() / floor.worker_memory(), 2.5,
        note=f"{ours.worker_memory() // 1024} MB by {floor.worker_memory() // 1024} MB",
    )  # fmt: skip


def child(pk: object) -> str:
    return reverse("transitions:child", args=[pk])


def load(report: Report, floor: Web, ours: Web, plain: str) -> None:
    """People of six roles at eight schools, each at their list and at a child of it, against the floor's own two pages."""
    mine, bare = [], []
    for number in range(8):
        seen = people.seen_at(server.DATABASES["1"], "primary", number * 20)
        for given in seen.cookies.values():
            mine += [
                Page(ours, reverse("transitions:leaving"), given),
                Page(ours, child(seen.leaving.pk), given),
            ]
            bare += [
                Page(floor, f"/school/{seen.school.pk}/", plain),
                Page(floor, f"/child/{seen.leaving.pupil_id}/", plain),
            ]
    mine = [page for page in mine if opens(page)]
    p95 = rounds.under_load({"ours": mine, "floor": bare}, seconds=5, turns=3, clients=4)
    said = f"{p95['ours'] * 1000:.0f} ms by {p95['floor'] * 1000:.0f} ms"
    report.ratio(
        "95th percentile under a mixed load, by the floor's", p95["ours"] / p95["floor"], 2, note=said
    )


def opens(page: Page) -> bool:
    """A class teacher sees the children of one class alone: what is not theirs is left out of the mix."""
    try:
        page.open(page.web.connect())
    except RuntimeError:
        return False
    return True


def policies(report: Report, pages: dict[str, Page], *, turns: int, each: int) -> None:
    """The same boards with the row-level policies and without; the owner turns them off and on in turn."""
    tables = policy_tables()

    def switch(word: str) -> None:
        with owner() as connection:
            for table in tables:
                connection.execute(f"ALTER TABLE {table} {word} ROW LEVEL SECURITY")

    try:
        found = rounds.paired(
            lambda: switch("DISABLE"), lambda: switch("ENABLE"), pages, turns=turns, rounds=each
        )
    finally:
        switch("ENABLE")
    for name, (without, with_them) in found.items():
        report.ratio(f"a board with policies, by without: {name}", with_them / without, 1.5)


def policy_tables() -> list[str]:
    with owner() as connection:
        rows = connection.execute(
            "SELECT relname FROM pg_class WHERE relrowsecurity AND relkind = 'r'"
        ).fetchall()
    return [str(row[0]) for row in rows]


def owner() -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(
        settings.SERVICES.database_url("owner", server.DATABASES["1"]), autocommit=True
    )  # fmt: skip
