"""Canary names: a foreign child's name appears in no page, file, mail, log, cache, message, audit or broker (walls §7).

Every test holds data that could leak, and looks for it first."""

from __future__ import annotations

import base64
import io
import logging
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import redis
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from partnership.audit.models import Event
from partnership.outbox.collect import collect
from partnership.outbox.deliver import deliver
from partnership.outbox.models import Message
from tests.cast import CANARY
from tests.meta.conftest import TRIED
from tests.meta.crawl import STARTS, pages
from tests.meta.matrix import leaks
from tests.meta.records import PLACES, rows_at
from tests.meta.world import World, undone
from tests.transitions.exports.helpers import ask, taken, words

NEAR = (
    "senco",
    "head",
    "dsl",
    "class_teacher",
    "school_office",
    "next_senco",
    "next_school_office",
    "other_head",
)
WITHOUT_CHILDREN = (
    "coordinator",
    "county_coordinator",
    "superuser",
    "la_officer",
    "trust_leader",
    "observer",
    "dpo",
)
HOLD_NAMES = frozenset(
    {
        "schools_pupil", "schools_import", "schools_importrow", "transitions_section", "transitions_version",
        "transitions_conversationline", "transitions_export", "transitions_exportfile", "accounts_user",
    }
)  # fmt: skip
"""Tables in which a child's name or words may stand: the child, what is written of it, files being read and made."""


def walk(
    world: World, name: str, starts: tuple[str, ...] = STARTS, at_most: int = 400
) -> Iterator[tuple[str, str]]:
    for address, text in pages(world.client(name), starts=starts, at_most=at_most):
        TRIED["pages walked"] = TRIED.get("pages walked", 0) + 1
        yield address, text


@pytest.mark.parametrize("name", NEAR)
def test_no_page_or_export_tells_of_strangers(world: World, name: str) -> None:
    own = {thing.surname for thing in world.things.values()}
    met = set()
    world.client(name)
    with undone():
        for address, text in walk(world, name):
            assert CANARY not in text, address
            assert not leaks(world, name, text), address
            met |= {surname for surname in own if surname in text}
    assert met, "the walk came to somebody's page at all"


@pytest.mark.parametrize("name", [name for name in NEAR if "class_teacher" not in name])
def test_no_board_that_leaves_as_a_file_tells_of_strangers(world: World, name: str) -> None:
    own = {thing.surname for thing in world.things.values()}
    client, met = world.client(name), set()
    with undone():
        for board in ("leaving", "joining"):
            for format in ("csv", "xlsx"):
                text = words(taken(client, board=board, format=format))
                assert CANARY not in text, (board, format)
                assert not leaks(world, name, text), (board, format)
                met |= {surname for surname in own if surname in text}
    assert met, "the files hold somebody at all"


@pytest.mark.parametrize("name", WITHOUT_CHILDREN)
def test_some_meet_no_child_anywhere(world: World, name: str) -> None:
    """Coordinators, superusers, LA officers, trust leaders: every page they come to, the desk with all of it included."""
    for place in PLACES:
        rows_at(world, place)
    surnames = [thing.surname for thing in world.things.values()]
    starts = (
        (*STARTS, "admin:index") if name in ("coordinator", "county_coordinator", "superuser") else STARTS
    )
    seen = 0
    world.client(name)
    with undone():
        for address, text in walk(world, name, starts):
            seen += 1
            told = [surname for surname in surnames if surname in text]
            assert not told, address
            assert "Forehome" not in text, address
    assert seen > (60 if "admin:index" in starts else 5)


WHOLE = {
    "transitions_exportfile": "encode(content, 'escape')",
    "schools_importfile": "encode(content, 'escape')",
}
"""Bytes as words; of other tables the row as it stands."""


def rows_that_tell(pattern: str) -> set[str]:
    """The tables with a row in which this text stands, whatever the column; read as the owner."""
    found = set()
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(
                f"SELECT EXISTS (SELECT 1 FROM {table} t WHERE {WHOLE.get(table, 't::text')} ILIKE %s)",
                [f"%{pattern}%"],
            )
            if cursor.fetchone()[0]:
                found.add(table)
    return found


def test_what_is_done_leaves_no_name_behind(
    world: World,
    broker: str,
    caplog: pytest.LogCaptureFixture,
    settings: Settings,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    """The road walked by both schools and the strangers, its messages collected, mailed and read: the children's names
    stand where they belong, and nowhere in messages, mails, audit, jobs, cache, sessions, broker or log."""
    logging.disable(logging.NOTSET)
    settings.OUTBOX_MAIL_HOURS = "always"
    surnames = [thing.surname for thing in world.things.values()]
    assert "schools_pupil" in rows_that_tell(CANARY), "it is there to leak"
    with caplog.at_level(logging.DEBUG), django_capture_on_commit_callbacks(execute=True):
        walk_the_road(world)
        for name in (*NEAR, "stranger_senco", "stranger_next_senco", "coordinator"):
            list(walk(world, name, ("home", "inbox:list", "transitions:leaving", "transitions:joining"), 25))
    tomorrow = timezone.now() + timedelta(days=1)
    collect(at=tomorrow)
    deliver(clock=lambda: tomorrow)
    assert Message.objects.count() > 1
    assert Event.objects.filter(kind="handover.opened").exists()
    assert mail.outbox
    assert broker_holds(broker), "the nudges of the road lie there"
    for surname in surnames:
        assert rows_that_tell(surname) <= HOLD_NAMES
        letters = [f"{each.subject} {each.body} {each.alternatives} {each.to}" for each in mail.outbox]
        assert not [letter for letter in letters if surname in letter]
        assert not [line for line in caplog.messages if surname in line]
        assert surname not in broker_holds(broker)
        assert surname not in what_is_packed()


def what_is_packed() -> str:
    """Sessions and the cache, whose columns are encoded: unpacked."""
    cache.set("probe", "unpacked")
    found = [str(session.get_decoded()) for session in Session.objects.all()]
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, value FROM cache")
        for key, value in cursor.fetchall():
            found.append(f"{key} {base64.b64decode(value)!r}")
    assert any("unpacked" in each for each in found)
    return " ".join(found)


def walk_the_road(world: World) -> None:
    """Read, talked over, accepted, withdrawn: by the people of each road."""
    for thing, here, there in (
        ("home", "senco", "next_senco"),
        ("stranger", "stranger_senco", "stranger_next_senco"),
    ):
        pk = world.things[thing].road.move.pk
        world.client(there).get(f"/moves/{pk}/")
        world.client(there).post(f"/moves/{pk}/read/", {"version": "1"})
        world.client(here).post(f"/moves/{pk}/share/", {"reason": f"About {world.things[thing].name}"})
        for format in ("csv", "xlsx"):
            assert taken(world.client(here), format=format).status_code == 200
            ask(world.client(here), format=format, filters=f"q={world.things[thing].surname}")
        world.client(here).post(f"/moves/{pk}/withdraw/", {"reason": "By mistake"})


def broker_holds(address: str) -> str:
    """Everything that lies in the broker, keys and values."""
    client = redis.Redis.from_url(re.sub(r"^redis\+socket", "unix", address).replace("virtual_host", "db"))
    found = io.StringIO()
    for key in client.scan_iter():
        kind = client.type(key)
        value: object = client.lrange(key, 0, -1) if kind == b"list" else client.dump(key)
        found.write(f"{key!r} {value!r}\n")
    return found.getvalue()
