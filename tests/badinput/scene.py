"""The world of the matrix, with every page's forms and filters found, and what a hostile request does to it."""

from __future__ import annotations

import re
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.db import connection
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from schools.actions.posting import write_invitation
from tests.badinput.found import Found, forms_in
from tests.badinput.nasty import IN_HEADER, RAW
from tests.meta.expected import ADMIN, COORDINATORS, DOOR, HEADS, IMPORT_KINDS, LEADS, PAGES, PUBLIC, Page
from tests.meta.matrix import Case, address, data_for
from tests.meta.records import rows_at
from tests.meta.world import World, undone

ASKED = (
    "senco",
    "head",
    "school_office",
    "coordinator",
    "next_senco",
    "class_teacher",
    "la_officer",
    "trust_leader",
    "dsl",
)
"""Each page is opened by the first two of these who may; the desk by the coordinator and the superuser."""
PEOPLE = ("", *ASKED, "superuser")
GUEST = "guest"
"""Somebody signed out with an invitation in hand."""
HREF = re.compile(r'href="([^"#]*\?[^"#]+)"')
PASSING = {
    "django_session",
    "cache",
    "access_press",
    "usersessions_usersession",
    "audit_event",
    "django_migrations",
    "django_content_type",
}
"""Tables that a refused request may write: who was here, how often they tried, and that they did."""
NEVER_TWICE = PASSING | {"mfa_authenticator"}


class Scene:
    """What there is to attack, and the attack."""

    def __init__(self, world: World, *, pages: bool = True) -> None:
        self.world = world
        for name in PEOPLE:
            world.client(name)
        self.rows = {place: rows_at(world, place) for place in ("home", "stranger")}
        post = world.things["home"].post
        assert post is not None
        self.token = write_invitation(post=post, email="wanda@school.example", by=None, at=timezone.now())[1]
        world.clients[GUEST, True] = client = Client()
        client.raise_request_exception = False
        client.post(reverse("schools:invitation", args=[self.token]))
        self.ids = [str(each) for each in self._ids()]
        self.pages: list[tuple[str, str, list[str]]] = []
        self.forms: list[Found] = []
        if pages:
            self._look()
        self.names = sorted({name for _, _, names in self.pages for name in names})
        self.before = prints()

    def _ids(self) -> Iterator[object]:
        for thing in self.world.things.values():
            road = thing.road
            yield from (road.move.pk, road.pupil.pk, road.handover.pk, road.class_group.pk, thing.school.pk)
            yield from (
                row.pk for row in (thing.post, thing.invitation, thing.planned, thing.held, thing.file) if row
            )
        for name in ("senco", "stranger_senco"):
            yield self.world.people[name].user.pk
        yield from (row.pk for rows in self.rows.values() for row in rows.values())
        yield uuid.uuid4()

    # Finding -------------------------------------------------------------------------------------------------------

    def _look(self) -> None:
        seen: Counter[tuple[str, ...]] = Counter()
        for person, place in self.places():
            with self.person(person) as client:
                response = client.get(place)
            if response.status_code == 405:
                found = [self._by_button(person, place)]
                names: list[str] = []
            elif response.status_code == 200 and "html" in response.headers["Content-Type"]:
                html = response.content.decode()
                found = forms_in(person, place, html)
                names = [
                    name
                    for href in HREF.findall(html)
                    for name, _ in parse_qsl(urlsplit(unescape(href)).query, True)
                ]
                names += [name for each in found if each.method == "GET" for name in each.names]
            else:
                found, names = [], []
            self.pages.append((person, place, sorted({*names, "page", "next", "q"})))
            for form in found:
                seen[form.shape] += 1
                if seen[form.shape] <= 2:
                    self.forms.append(form)

    def _by_button(self, person: str, place: str) -> Found:
        """An address without a page of its own: what its button sends."""
        name = next((url for url, page in PAGES.items() if self._address(url, page, "home") == place), "")
        data = data_for(Case(name, person, True, "home", "POST"), self.world) if name else {}
        return Found(person, place, "POST", [(key, str(value)) for key, value in data.items()])

    def places(self) -> Iterator[tuple[str, str]]:
        for url, page in PAGES.items():
            for person in self._who(page):
                for thing in ("home", "draft"):
                    if place := self._address(url, page, thing):
                        yield person, place
                    if page.present is None and page.kind != "school":
                        break
        for kind, roles in IMPORT_KINDS.items():
            person = next(name for name in ("school_office", "head", "coordinator") if name in roles)
            for url in ("imports:upload", "imports:template"):
                yield person, reverse(url, args=[kind])
        for name in (*DOOR, *PUBLIC):
            for person in ("", "senco", GUEST) if name == "schools:accept_invitation" else ("", "senco"):
                if place := self._plain(name):
                    yield person, place
        yield "", reverse("schools:invitation", args=[self.token])
        yield from self._desk()

    def _who(self, page: Page) -> list[str]:
        """Those of the cast who may, at the right end of the road."""
        here = page.opens if page.present is None else page.present | page.cluster
        fit = [name for name in ASKED if not name.startswith("next_") and name in here]
        if page.next:
            fit = [*fit[:1], "next_senco"]
        return fit[:2]

    def _desk(self) -> Iterator[tuple[str, str]]:
        for who in ("coordinator", "superuser"):
            yield who, reverse("admin:index")
            for model, row in self.rows["home"].items():
                verbs = ["changelist", "add", *(["import", "export"] if ADMIN[model].files else [])]
                for verb in verbs:
                    yield who, reverse(f"admin:{model}_{verb}")
                for verb in ("change", "history", "delete"):
                    yield who, reverse(f"admin:{model}_{verb}", args=[row.pk])

    def _address(self, url: str, page: Page, thing: str) -> str | None:
        of = thing if page.present is not None or page.kind == "school" else ""
        return address(Case(url, "", True, of, "GET"), self.world)

    @staticmethod
    def _plain(name: str) -> str:
        try:
            return reverse(name)
        except NoReverseMatch:
            return ""

    # Attacking -----------------------------------------------------------------------------------------------------

    @contextmanager
    def person(self, name: str) -> Iterator[Client]:
        """Their client; what happens inside is undone, and they keep the cookies they came with."""
        client = self.world.client(name)
        cookies = {key: morsel.value for key, morsel in client.cookies.items()}
        with undone():
            yield client
        client.cookies.clear()
        client.cookies.load(cookies)

    def send(
        self,
        client: Client,
        method: str,
        path: str,
        *,
        query: str = "",
        body: bytes = b"",
        kind: str = "application/x-www-form-urlencoded",
        headers: Sequence[tuple[str, str]] = (),
    ) -> Any:
        extra: dict[str, Any] = {
            name: value.encode(errors="replace").decode("latin-1") for name, value in headers
        }
        return client.generic(method, path, body, kind, QUERY_STRING=query, **extra)

    def faults(self, response: Any) -> list[str]:
        """What no answer may be: a fault of ours, a canary let loose, a heading it wrote itself."""
        found = []
        if response.status_code >= 500:
            trace = getattr(response, "exc_info", None)
            found.append(f"{response.status_code} {_last(trace) if trace else ''}")
        text = b"".join(response) if response.streaming else response.content
        if "html" in response.headers.get("Content-Type", "html") and any(
            raw.encode() in text for raw in RAW
        ):
            found.append("the canary came back unescaped")
        if IN_HEADER in response.headers:
            found.append("a heading was written from outside")
        return found

    def half_saved(self) -> list[str]:
        """The tables that a refusal changed all the same."""
        return sorted(
            name for name, now in prints().items() if now != self.before[name] and name not in PASSING
        )


def _last(trace: Any) -> str:
    """The exception and where it rose, for the report."""
    kind, error, where = trace
    while where.tb_next:
        where = where.tb_next
    code = where.tb_frame.f_code
    return f"{kind.__name__} in {code.co_filename.rpartition('/')[2]}:{where.tb_lineno}: {str(error)[:160]!r}"


TABLES: list[str] = []


def prints() -> dict[str, tuple[int, int]]:
    """(rows, a sum of their hashes) of every table, in one statement."""
    if not TABLES:
        TABLES.extend(connection.introspection.table_names())
    asked = " UNION ALL ".join(
        f"SELECT '{name}', count(*), coalesce(sum(hashtextextended(t::text, 0)), 0) FROM {name} t"
        for name in TABLES
    )
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return {name: (count, int(total)) for name, count, total in cursor.fetchall()}


__all__ = ["COORDINATORS", "GUEST", "HEADS", "LEADS", "NEVER_TWICE", "Scene", "prints"]
