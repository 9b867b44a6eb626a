"""Corrections and redactions replace words wherever they stand and leave who, when and why (practice P5)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.apps import apps
from django.db import ProgrammingError, connection
from django.urls import reverse
from django.utils import timezone

from partnership.access import rls
from partnership.access.viewer import build_viewer
from partnership.accounts.models import User
from partnership.audit.models import Event
from partnership.outbox.models import Message
from tests.cast import Cast, Road, SignIn
from tests.factories.transitions import HandoverFactory
from transitions.actions.applying import Refused
from transitions.actions.rectifying import rectify
from transitions.actions.writing import Conflict, save_section
from transitions.enums import HandoverKind, SectionKind
from transitions.models import (
    Conversation,
    ConversationLine,
    Handover,
    HandoverStep,
    Section,
    Version,
)

pytestmark = pytest.mark.django_db
SECRET = "his father drinks"
WRITTEN = f"Robin is kind.\nAt home {SECRET}, we hear."


@pytest.fixture
def said(cast: Cast, shared_road: Road) -> Road:
    """The same words in every place that keeps words about a child."""
    handover = shared_road.handover
    Section.objects.filter(handover=handover, kind=SectionKind.FRIENDS).update(text=WRITTEN)
    Section.objects.filter(handover=handover, kind=SectionKind.ABOUT_ME).update(
        text="Words.", facts={"asked_by": SECRET, "voice": "said", "on": "2026-11-02"}
    )
    version = Version.objects.get()
    body = version.body
    body[2] = {**body[2], "text": WRITTEN}
    body[0] = {**body[0], "facts": {"asked_by": SECRET, "voice": "said"}}
    Version.objects.filter(pk=version.pk).delete()
    version.body, version.reason = body, f"Since {SECRET}"
    version.save(force_insert=True)
    HandoverStep.objects.create(
        handover=handover, pupil_id=handover.pupil_id, school_id=handover.school_id, move="share", to_state="shared",
        by=cast.senco, at=timezone.now(), note=f"Because {SECRET}",
    )  # fmt: skip
    talk = Conversation.objects.create(
        school=cast.junior,
        reader=cast.secondary,
        held_on="2026-11-19",
        recorded_by=cast.senco,
        recorded_at=timezone.now(),
    )
    ConversationLine.objects.create(
        conversation=talk, handover=handover, pupil=shared_road.pupil, school=cast.junior, seen_by=handover.seen_by,
        reader=cast.secondary, note=f"We spoke: {SECRET}.",
    )  # fmt: skip
    return shared_road


def everything() -> str:
    """All that is stored, as its owner reads it: every table of ours."""
    found = []
    with connection.cursor() as cursor:
        for model in apps.get_models():
            cursor.execute(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM {model._meta.db_table} t")
            found.append(cursor.fetchone()[0])
    return " ".join(found)


def asked(**over: Any) -> dict[str, Any]:
    return {"kind": "redact", "passage": SECRET, "instead": "", "why": "It is not ours to tell.", **over}


def test_a_redaction_reaches_every_place_and_leaves_who_when_why(
    cast: Cast, said: Road, sign_in: SignIn
) -> None:
    assert everything().count(SECRET) == 7
    page = reverse("transitions:rectify", args=[said.move.pk])
    dsl = sign_in(cast.dsl)
    shown = dsl.post(page, asked()).content.decode()
    assert "Check, then replace" in shown
    for place in (
        "as it is being written",
        "as sent in version 1",
        "A line of a conversation",
        "The reason of",
    ):
        assert place in shown
    assert everything().count(SECRET) == 7, "nothing before it is confirmed"
    dsl.post(page, asked(confirmed="on"))
    assert SECRET not in everything(), "not in any table, the audit and the messages among them"
    version = Version.objects.get()
    assert version.body[2]["text"] == "Robin is kind.\nAt home [redacted], we hear."
    assert version.body[0]["facts"] == {"asked_by": "[redacted]", "voice": "said"}, "a choice stays"
    step = HandoverStep.objects.get(move="redact")
    assert (step.by, step.note, step.reader) == (cast.dsl, "It is not ours to tell.", cast.secondary)
    event = Event.objects.get(kind="handover.redacted")
    assert (event.actor_id, event.facts) == (cast.dsl.pk, {"places": 7})
    told = Message.objects.filter(kind="transitions.handover_corrected")
    assert cast.next_senco.pk in set(told.values_list("recipient_id", flat=True))
    inbox = sign_in(cast.next_senco).get(reverse("inbox:list")).content.decode()
    assert "has corrected or redacted words" in inbox
    history = sign_in(cast.next_senco).get(reverse("transitions:child", args=[said.move.pk])).content.decode()
    assert "redacted words, everywhere they stood" in history
    assert "It is not ours to tell." in history


def test_a_correction_by_the_senco(cast: Cast, said: Road, sign_in: SignIn) -> None:
    page = reverse("transitions:rectify", args=[said.move.pk])
    form = asked(
        kind="correct", passage="Robin is kind", instead="Robin is very kind", why="A word was missing"
    )
    sign_in(cast.senco).post(page, {**form, "confirmed": "on"})
    assert "Robin is very kind" in Version.objects.get().body[2]["text"]
    assert "Robin is very kind" in Section.objects.get(handover=said.handover, kind="friends").text
    assert HandoverStep.objects.get(move="correct").note == "A word was missing"


def test_who_may(cast: Cast, said: Road, sign_in: SignIn) -> None:
    page = reverse("transitions:rectify", args=[said.move.pk])
    for who in ("school_office", "class_teacher", "next_senco", "next_dsl", "next_head"):
        assert sign_in(cast.people[who]).post(page, asked(confirmed="on")).status_code in (403, 404), who
    for who in ("other_senco", "stranger_dsl"):
        assert sign_in(cast.people[who]).post(page, asked(confirmed="on")).status_code == 404, who
    form = asked(kind="correct", instead="other words", confirmed="on")
    assert (
        "Choose what to do" in sign_in(cast.dsl).post(page, form).content.decode()
        or everything().count(SECRET) == 7
    )
    assert everything().count(SECRET) == 7


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"passage": "no such words"}, "stand nowhere"),
        ({"passage": "is"}, "three letters"),
        ({"why": f"Since {SECRET}"}, "without the words themselves"),
        ({"kind": "correct"}, "Enter what stands there instead"),
    ],
)
def test_what_cannot_be_done(
    cast: Cast, said: Road, sign_in: SignIn, over: dict[str, str], words: str
) -> None:
    page = reverse("transitions:rectify", args=[said.move.pk])
    assert words in sign_in(cast.senco).post(page, asked(confirmed="on", **over)).content.decode()
    assert everything().count(SECRET) == 7


def test_a_class_note_too(cast: Cast, road: Road) -> None:
    road.handover.delete()
    note = HandoverFactory(transition=road.move, kind=HandoverKind.CLASS, sections=WRITTEN)
    by = build_viewer(user_id=cast.senco.pk, mfa=True)
    places = rectify(note, **asked(), by=by, at=timezone.now())
    assert places == note.sections.count() > 1
    assert SECRET not in everything()


def test_who_had_it_open_does_not_write_it_back(cast: Cast, said: Road) -> None:
    opened = Section.objects.get(handover=said.handover, kind="friends")
    with rls.acting_as(cast.senco.pk) as by:
        rectify(said.handover, **asked(), by=by, at=timezone.now())
    with pytest.raises(Conflict):
        save_section(
            opened,
            text=WRITTEN,
            facts={},
            nothing=False,
            seen_version=opened.version,
            by=by,
            at=timezone.now(),
        )


def test_another_childs_words_stay(cast: Cast, said: Road, far_road: Road) -> None:
    Section.objects.filter(handover=far_road.handover, kind="friends").update(text=WRITTEN)
    with rls.acting_as(cast.senco.pk) as by:
        rectify(said.handover, **asked(), by=by, at=timezone.now())
    assert Section.objects.get(handover=far_road.handover, kind="friends").text == WRITTEN


def test_too_long_for_a_note_changes_nothing(cast: Cast, said: Road) -> None:
    with rls.acting_as(cast.senco.pk) as by, pytest.raises(Refused, match="too long"):
        rectify(said.handover, **asked(kind="correct", instead="x" * 400), by=by, at=timezone.now())
    assert everything().count(SECRET) == 7


class TestTheDatabase:
    """The trigger lets this one act by and nothing else, whoever asks, with every Python net cut."""

    SET = (
        "SELECT set_config('app.rectification', %s, true), set_config('app.passage', %s, true),"
        " set_config('app.instead', %s, true)"
    )

    def step(self, handover: Handover, by: User, move: str) -> str:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO transitions_handoverstep (id, handover_id, pupil_id, school_id, move, from_state, to_state,"
                " version, by_id, at, note) VALUES (gen_random_uuid(), %s, %s, %s, %s, '', 'shared', 1, %s, now(), 'why')"
                " RETURNING id::text",
                [handover.pk, handover.pupil_id, handover.school_id, move, by.pk],
            )
            return str(cursor.fetchone()[0])

    def write(self, body: list[dict[str, Any]]) -> None:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE transitions_version SET body = %s", [json.dumps(body)])

    def settle(self, step: str, passage: str = SECRET, instead: str = "[redacted]") -> None:
        with connection.cursor() as cursor:
            cursor.execute(self.SET, [step, passage, instead])

    def attempt(self, cast: Cast, step: str, body: list[dict[str, Any]], instead: str = "[redacted]") -> None:
        """As the DSL: with this step, or a fresh one of this move."""
        with rls.acting_as(cast.dsl.pk):
            if step in ("redact", "correct", "share"):
                step = self.step(Version.objects.get().handover, cast.dsl, step)
            self.settle(step, instead=instead)
            self.write(body)

    def refused(self, cast: Cast, step: str, body: list[dict[str, Any]], instead: str = "[redacted]") -> None:
        with pytest.raises(ProgrammingError, match="keeps its text"):
            self.attempt(cast, step, body, instead)

    def changed(self, new: str, place: int = 2) -> list[dict[str, Any]]:
        body: list[dict[str, Any]] = Version.objects.get().body
        body[place] = {**body[place], "text": new}
        return body

    REDACTED = WRITTEN.replace(SECRET, "[redacted]")

    def test_only_the_very_replacement(self, cast: Cast, said: Road) -> None:
        self.attempt(cast, "redact", self.changed(self.REDACTED))
        assert Version.objects.get().body[2]["text"] == self.REDACTED

    @pytest.mark.parametrize("new", ["Other words.", WRITTEN.replace(SECRET, "[redacted] and more"), ""])
    def test_no_other_words(self, cast: Cast, said: Road, new: str) -> None:
        self.refused(cast, "redact", self.changed(new))

    def test_neither_kind_nor_answer_nor_length(self, cast: Cast, said: Road) -> None:
        body: list[dict[str, Any]] = Version.objects.get().body
        for wrong in (
            [{**body[0], "kind": "seating"}, *body[1:]],
            [{**body[0], "nothing": True}, *body[1:]],
            [{**body[0], "facts": {}}, *body[1:]],
            [{**body[0], "facts": {**body[0]["facts"], "more": "x"}}, *body[1:]],
            body[1:],
        ):
            self.refused(cast, "redact", wrong)

    def test_not_without_a_step_of_this_very_act(self, cast: Cast, said: Road) -> None:
        lawful = self.changed(self.REDACTED)
        self.refused(cast, "", lawful)
        old = self.step(said.handover, cast.dsl, "redact")
        HandoverStep.objects.filter(pk=old).update(act=1)  # as if it were of an earlier transaction
        self.refused(cast, old, lawful)
        self.refused(cast, self.step(said.handover, cast.senco, "redact"), lawful)
        for move in ("share", "correct"):
            self.refused(cast, move, lawful)

    def test_a_step_of_another_child_opens_nothing(self, cast: Cast, said: Road, far_road: Road) -> None:
        foreign = self.step(far_road.handover, cast.dsl, "redact")
        Version.objects.filter(handover=far_road.handover).delete()
        self.refused(cast, foreign, self.changed(self.REDACTED))

    def test_a_redaction_puts_nothing_but_its_mark(self, cast: Cast, said: Road) -> None:
        self.refused(cast, "redact", self.changed(WRITTEN.replace(SECRET, "all is well")), "all is well")

    def test_notes_keep_their_words(self, cast: Cast, said: Road) -> None:
        for who, table in (("senco", "handoverstep"), ("dsl", "handoverstep"), ("dsl", "conversationline")):
            with (
                pytest.raises(ProgrammingError, match="keeps its words"),
                rls.acting_as(cast.people[who].pk),
                connection.cursor() as cursor,
            ):
                cursor.execute(f"UPDATE transitions_{table} SET note = 'Other words.'")
        with rls.acting_as(cast.next_dsl.pk), connection.cursor() as cursor:
            cursor.execute("UPDATE transitions_handoverstep SET note = 'Other words.'")
            assert cursor.rowcount == 0
