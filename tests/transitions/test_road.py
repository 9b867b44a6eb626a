"""The whole road of a child through the pages, as the people whose move it is."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from partnership.audit.models import Event
from schools.models import Organisation
from tests.cast import Cast, Road, SignIn
from tests.factories.schools import ClassGroupFactory, PupilFactory
from tests.factories.transitions import TransitionFactory
from transitions.enums import HandoverState
from transitions.models import Handover, Receipt, Section, Transition, Version


def post(
    client: Client, name: str, pk: uuid.UUID, data: dict[str, object] | None = None, *args: object
) -> Any:
    return client.post(reverse(f"transitions:{name}", args=[pk, *args]), data or {})


def day(value: date, name: str = "day") -> dict[str, object]:
    return {f"{name}_day": value.day, f"{name}_month": value.month, f"{name}_year": value.year}


def talk_data(cast: Cast, *handovers: Handover, **extra: object) -> dict[str, object]:
    return {
        "key": uuid.uuid4(),
        "when": "held",
        **day(timezone.localdate()),
        "way": "in_person",
        "present": [str(cast.senco.pk)],
        "coming": [str(cast.next_senco.pk)],
        **{f"child_{each.pk}": "on" for each in handovers},
        **{f"note_{each.pk}": "We agreed on a quiet start." for each in handovers},
        **extra,
    }


def test_from_nothing_to_settled(cast: Cast, sign_in: SignIn) -> None:
    pupil = PupilFactory(
        school=cast.junior,
        forename="Robin",
        surname="Marsh",
        sen_provision="K",
        needs=[{"code": "SLCN", "rank": 1, "from": "2024-09-02", "to": None}],
        medical_flag=True,
    )
    move = TransitionFactory(pupil=pupil)
    senco, receiver, office = sign_in(cast.senco), sign_in(cast.next_senco), sign_in(cast.school_office)
    page = reverse("transitions:child", args=[move.pk])

    assert receiver.get(page).status_code == 404, "not before the place is offered"
    answer = post(
        office,
        "destination",
        move.pk,
        {
            "where": "here",
            "to_school": str(cast.secondary.pk),
            "state": "accepted",
            "source": "la_list",
            **day(date(2026, 11, 2), "on"),
        },
    )
    assert answer.status_code == 302, answer.context["form"].errors
    assert "Nothing is shared with you yet" not in receiver.get(page).content.decode()

    post(senco, "begin", move.pk)
    handover = Handover.objects.get(transition=move)
    assert "Speech, language and communication" in senco.get(page).content.decode()
    assert "Nothing is shared with you yet" in receiver.get(page).content.decode()

    section = Section.objects.get(handover=handover, kind="strengths")
    saved = post(
        senco, "write", move.pk, {"version": section.version, "text": "Remembers every story."}, "strengths"
    )
    assert saved.status_code == 302
    refused = post(senco, "share", move.pk)
    handover.refresh_from_db()
    assert handover.state == HandoverState.DRAFT, "health has not been answered"
    assert refused.status_code == 302
    section = Section.objects.get(handover=handover, kind="health")
    post(senco, "write", move.pk, {"version": section.version, "text": "Inhaler in the office."}, "health")
    post(senco, "share", move.pk)
    handover.refresh_from_db()
    assert (handover.state, handover.latest) == (HandoverState.SHARED, 1)

    text = receiver.get(page).content.decode()
    assert "Remembers every story." in text
    assert "Remembers every story." not in sign_in(cast.next_school_office).get(page).content.decode()
    assert post(sign_in(cast.other_senco), "read", move.pk).status_code == 404
    post(receiver, "read", move.pk, {"version": 1})
    post(receiver, "read", move.pk, {"version": 1})
    assert Receipt.objects.count() == 1
    assert cast.next_senco.name in senco.get(page).content.decode()

    post(receiver, "accept", move.pk)
    handover.refresh_from_db()
    assert handover.state == HandoverState.SHARED, "green means people met"
    form = post(receiver, "talk", move.pk, talk_data(cast, handover))
    assert form.status_code == 302, form.context["form"].errors
    post(receiver, "accept", move.pk)
    handover.refresh_from_db()
    assert handover.state == HandoverState.ACCEPTED
    post(senco, "withdraw", move.pk, {"reason": "Too late"})
    handover.refresh_from_db()
    assert handover.state == HandoverState.ACCEPTED, "withdrawn is possible until accepted"
    post(receiver, "settle", move.pk, {"note": "Too early"})
    handover.refresh_from_db()
    assert handover.state == HandoverState.ACCEPTED, "nobody settles before they have come"
    Transition.objects.filter(pk=move.pk).update(moves_on=timezone.localdate())
    post(receiver, "settle", move.pk, {"note": "What helped most was the sticky notes."})
    handover.refresh_from_db()
    assert handover.state == HandoverState.SETTLED
    history = senco.get(page).content.decode()
    assert "What helped most was the sticky notes." in history
    kinds = set(Event.objects.values_list("kind", flat=True))
    assert {
        "handover.begun",
        "handover.shared",
        "handover.received",
        "handover.opened",
        "conversation.held",
    } <= kinds
    assert not [event for event in Event.objects.all() if "Marsh" in str(event.facts)], (
        "no names in the audit"
    )


def test_an_amendment_keeps_the_state_and_asks_for_a_new_receipt(
    cast: Cast, shared_road: Road, sign_in: SignIn
) -> None:
    senco, receiver = sign_in(cast.senco), sign_in(cast.next_senco)
    post(receiver, "read", shared_road.move.pk, {"version": 1})
    section = Section.objects.get(handover=shared_road.handover, kind="helps")
    post(
        senco,
        "write",
        shared_road.move.pk,
        {"version": section.version, "text": "A seat by the door."},
        "helps",
    )
    page, amendment = (
        reverse(f"transitions:{name}", args=[shared_road.move.pk]) for name in ("child", "share")
    )
    assert amendment in senco.get(page).content.decode()
    assert "A seat by the door." not in receiver.get(page).content.decode(), (
        "nothing shared is silently edited"
    )
    post(senco, "share", shared_road.move.pk, {"reason": "New seating"})
    handover = Handover.objects.get(pk=shared_road.handover.pk)
    assert (handover.state, handover.latest, handover.received_at) == (HandoverState.SHARED, 2, None)
    assert "A seat by the door." in receiver.get(page).content.decode()
    assert receiver.get(page).content.decode().count("changed in this version") >= 1
    assert amendment not in senco.get(page).content.decode(), "there is nothing to amend"
    asked = senco.get(amendment, follow=True)
    assert asked.redirect_chain == [(page, 302)]
    assert "Nothing has changed since version 2" in asked.content.decode()
    post(senco, "share", shared_road.move.pk, {"reason": "Nothing new"})
    handover.refresh_from_db()
    assert handover.latest == 2, "an amendment that changes nothing is not sent"
    post(receiver, "read", shared_road.move.pk, {"version": 1})
    handover.refresh_from_db()
    assert handover.received_at is None, "version 1 was on the screen"


def test_who_has_read_it_is_said_to_those_who_may_know(
    cast: Cast, shared_road: Road, sign_in: SignIn
) -> None:
    page = reverse("transitions:child", args=[shared_road.move.pk])
    assert "Who has read it" in sign_in(cast.senco).get(page).content.decode()
    post(sign_in(cast.next_senco), "read", shared_road.move.pk, {"version": 1})
    for who in (cast.school_office, cast.next_school_office):
        shown = sign_in(who).get(page).content.decode()
        assert shared_road.move.pupil.display_name in shown
        assert "Who has read it" not in shown
        assert "yet." not in shown


def test_withdrawing_ends_the_receivers_sight_at_once(cast: Cast, shared_road: Road, sign_in: SignIn) -> None:
    senco, receiver = sign_in(cast.senco), sign_in(cast.next_senco)
    page = reverse("transitions:child", args=[shared_road.move.pk])
    assert "What was sent." in receiver.get(page).content.decode()
    post(senco, "withdraw", shared_road.move.pk, {"reason": "Wrong child named"})
    assert "What was sent." not in receiver.get(page).content.decode()
    post(senco, "share", shared_road.move.pk)
    assert Version.objects.filter(handover=shared_road.handover).count() == 2
    assert "as written by the school" in receiver.get(page).content.decode()


@pytest.mark.parametrize("who", ["dsl", "senco"])
def test_one_section_can_be_taken_out_at_once(
    cast: Cast, shared_road: Road, sign_in: SignIn, who: str
) -> None:
    receiver, sender = sign_in(cast.next_senco), sign_in(getattr(cast, who))
    page = reverse("transitions:child", args=[shared_road.move.pk])
    assert receiver.get(page).content.decode().count("What was sent.") == 11
    post(sender, "withhold", shared_road.move.pk, {"reason": "It names another child"}, "seating")
    text = receiver.get(page).content.decode()
    assert text.count("What was sent.") == 10
    assert "Taken out by the present school" in text
    post(sign_in(cast.senco), "share", shared_road.move.pk, {"reason": "New version"})
    assert {"kind": "seating", "withheld": True} in Version.objects.get(
        handover=shared_road.handover, number=2
    ).body
    assert post(receiver, "withhold", shared_road.move.pk, {"reason": "Not mine"}, "helps").status_code == 404
    post(sign_in(cast.senco), "let_go", shared_road.move.pk, {}, "seating")
    assert not Section.objects.filter(withheld=True).exists()


def test_a_changed_destination_closes_and_is_shared_again_in_one_act(
    cast: Cast, shared_road: Road, sign_in: SignIn
) -> None:
    office, former, new = sign_in(cast.school_office), sign_in(cast.next_senco), sign_in(cast.other_senco)
    Organisation.objects.filter(pk=cast.other_junior.pk).update(low_age=11, high_age=16)
    page = reverse("transitions:child", args=[shared_road.move.pk])
    data: dict[str, object] = {"where": "here", "to_school": str(cast.other_junior.pk), "state": "accepted"}
    data |= {"source": "family"} | day(date(2026, 11, 10), "on")
    asked = post(office, "destination", shared_road.move.pk, data).content.decode()
    assert "Northfield School no longer sees anything about Robin" in asked
    assert "What was sent." in former.get(page).content.decode(), "asked first, done afterwards"
    assert (
        "Where is Robin going?"
        in post(office, "destination", shared_road.move.pk, {**data, "change": "yes"}).content.decode()
    )
    post(office, "destination", shared_road.move.pk, {**data, "checked": "yes"})
    assert former.get(page).status_code == 404
    html = sign_in(cast.senco).get(page).content.decode()
    assert "What went to Northfield School closed when the destination changed." in html
    assert "Ashgrove Primary School reads nothing of this until you share it." in html
    assert "What was sent." not in new.get(page).content.decode()
    post(sign_in(cast.senco), "share", shared_road.move.pk)
    assert "as written by the school" in new.get(page).content.decode()
    assert former.get(page).status_code == 404


def test_a_place_less_sure_closes_the_content_and_keeps_the_name(
    cast: Cast, shared_road: Road, sign_in: SignIn
) -> None:
    receiver = sign_in(cast.next_senco)
    data = {"where": "here", "to_school": str(cast.secondary.pk), "state": "offered", "source": "family"}
    data["checked"] = "yes"
    post(
        sign_in(cast.school_office),
        "destination",
        shared_road.move.pk,
        {**data, **day(date(2026, 11, 10), "on")},
    )
    page = receiver.get(reverse("transitions:child", args=[shared_road.move.pk]))
    assert page.status_code == 200
    assert "What was sent." not in page.content.decode()
    shared_road.handover.refresh_from_db()
    assert shared_road.handover.state == HandoverState.WITHDRAWN
    assert Version.objects.get(handover=shared_road.handover).withdrawn_at is not None


def test_one_conversation_covers_many_but_not_those_who_need_their_own(
    cast: Cast, shared_road: Road, sign_in: SignIn
) -> None:
    from tests.cast import make_road
    from tests.factories.transitions import shared

    second = make_road(cast.junior, cast.secondary, forename="Noor", surname="Ahmed")
    shared(second.handover, by=cast.senco)
    Handover.objects.filter(pk=second.handover.pk).update(own_conversation=True)
    receiver = sign_in(cast.next_senco)
    answer = post(
        receiver, "talk", shared_road.move.pk, talk_data(cast, shared_road.handover, second.handover)
    )
    assert answer.status_code == 302, answer.context["form"].errors
    states = {each.pk: each.state for each in Handover.objects.all()}
    assert states == {shared_road.handover.pk: HandoverState.MET, second.handover.pk: HandoverState.SHARED}
    post(receiver, "talk", second.move.pk, talk_data(cast, second.handover))
    assert Handover.objects.get(pk=second.handover.pk).state == HandoverState.MET


def test_a_conversation_sent_twice_is_one(cast: Cast, shared_road: Road, sign_in: SignIn) -> None:
    from transitions.models import Conversation

    receiver, data = sign_in(cast.next_senco), talk_data(cast, shared_road.handover)
    for _ in range(3):
        post(receiver, "talk", shared_road.move.pk, data)
    assert Conversation.objects.count() == 1


def test_who_stands_on_both_sides_needs_a_second_adult(
    cast: Cast, shared_road: Road, sign_in: SignIn
) -> None:
    from tests.factories.schools import PostFactory

    PostFactory(user=cast.senco, role="senco", organisation=cast.secondary)
    both = sign_in(cast.senco)
    post(both, "read", shared_road.move.pk, {"version": 1})
    assert not Receipt.objects.exists()
    answer = post(
        both, "talk", shared_road.move.pk, talk_data(cast, shared_road.handover, coming=[str(cast.senco.pk)])
    )
    assert answer.status_code == 200
    assert "does not stand on both sides" in answer.content.decode()
    answer = post(both, "talk", shared_road.move.pk, talk_data(cast, shared_road.handover))
    assert answer.status_code == 302


def test_within_an_all_through_school_a_second_adult_receives_and_meets(cast: Cast, sign_in: SignIn) -> None:
    from tests.cast import make_road
    from tests.factories.transitions import shared

    Organisation.objects.filter(pk=cast.junior.pk).update(low_age=4, high_age=16)
    road = make_road(cast.junior, cast.junior, forename="Robin", surname="Marsh")
    shared(road.handover, by=cast.senco)
    post(sign_in(cast.senco), "read", road.move.pk, {"version": 1})
    assert not Receipt.objects.exists()
    post(sign_in(cast.transition_lead), "read", road.move.pk, {"version": 1})
    assert Receipt.objects.get().by == cast.transition_lead
    alone = talk_data(cast, road.handover, coming=[str(cast.senco.pk)])
    assert post(sign_in(cast.senco), "talk", road.move.pk, alone).status_code == 200
    two = talk_data(cast, road.handover, coming=[str(cast.transition_lead.pk)])
    assert post(sign_in(cast.senco), "talk", road.move.pk, two).status_code == 302


@pytest.mark.parametrize("quiet", [True, False])
def test_two_people_writing_never_lose_a_word(cast: Cast, road: Road, sign_in: SignIn, quiet: bool) -> None:
    senco, teacher = sign_in(cast.senco), sign_in(cast.class_teacher)
    section = Section.objects.get(handover=road.handover, kind="connect")
    first = {"version": section.version, "text": "The SENCO's words."}
    second = {"version": section.version, "text": "The teacher's words."}
    url = reverse("transitions:write", args=[road.move.pk, "connect"])
    headers = {"X-Requested-With": "autosave"} if quiet else {}
    assert senco.post(url, first, headers=headers).status_code in (200, 302)
    answer = teacher.post(url, second, headers=headers)
    assert answer.status_code == 409
    for text in ("The SENCO&#x27;s words.", "The teacher&#x27;s words."):
        assert text in answer.content.decode()
    section.refresh_from_db()
    assert section.text == "The SENCO's words."


def test_two_sections_do_not_stand_in_each_others_way(cast: Cast, road: Road, sign_in: SignIn) -> None:
    senco, teacher = sign_in(cast.senco), sign_in(cast.class_teacher)
    for client, kind in ((senco, "helps"), (teacher, "triggers"), (senco, "helps")):
        section = Section.objects.get(handover=road.handover, kind=kind)
        answer = post(
            client, "write", road.move.pk, {"version": section.version, "text": f"{kind} now"}, kind
        )
        assert answer.status_code == 302


def test_what_the_child_does_not_want_told_stays(cast: Cast, road: Road, sign_in: SignIn) -> None:
    senco = sign_in(cast.senco)
    section = Section.objects.get(handover=road.handover, kind="about_me")
    data = {
        "version": section.version,
        "text": "I like maps.",
        "part_voice": "said",
        "part_not_to_tell": "Secret dog name",
    }
    post(senco, "write", road.move.pk, data, "about_me")
    post(senco, "share", road.move.pk)
    version = Version.objects.get(handover=road.handover)
    assert "I like maps." in str(version.body)
    assert "Secret dog name" not in str(version.body)


def test_allotting_a_class_lets_its_teacher_read(cast: Cast, shared_road: Road, sign_in: SignIn) -> None:
    group = ClassGroupFactory(school=cast.secondary, name="7C")
    cast.next_class_teacher.posts.get().classes.add(group)
    teacher = sign_in(cast.next_class_teacher)
    page = reverse("transitions:child", args=[shared_road.move.pk])
    assert teacher.get(page).status_code == 404
    post(sign_in(cast.next_senco), "allot", shared_road.move.pk, {"class_group": str(group.pk)})
    assert "What was sent." in teacher.get(page).content.decode()
    assert teacher.get(reverse("transitions:write_all", args=[shared_road.move.pk])).status_code == 403


def test_a_class_is_written_in_a_grid_and_shared_at_once(cast: Cast, sign_in: SignIn) -> None:
    from tests.cast import make_road

    roads = [
        make_road(cast.junior, cast.secondary, forename=name, surname="Grid", sen="N")
        for name in ("Ann", "Ben")
    ]
    Handover.objects.all().delete()
    group = roads[0].class_group
    cast.class_teacher.posts.get().classes.add(group)
    teacher = sign_in(cast.class_teacher)
    assert teacher.get(reverse("transitions:class_grid", args=[group.pk])).status_code == 200
    for road in roads:
        data = {
            "version": 0,
            "friends": "Sits with Cara.",
            "learning": "Steady.",
            "attendance": "97 %",
            "family": "",
            "talk_to_me": "on",
        }
        answer = teacher.post(
            reverse("transitions:class_note", args=[road.move.pk]),
            data,
            headers={"X-Requested-With": "autosave"},
        )
        assert answer.status_code == 200, answer.content
    assert post(teacher, "class_share", group.pk).status_code == 403
    post(sign_in(cast.senco), "class_share", group.pk)
    assert list(Handover.objects.values_list("state", "talk_to_me")) == [("shared", True)] * 2
    page = reverse("transitions:child", args=[roads[0].move.pk])
    assert "Sits with Cara." in sign_in(cast.next_transition_lead).get(page).content.decode()
    stale = teacher.post(
        reverse("transitions:class_note", args=[roads[0].move.pk]),
        {"version": 1, "friends": "Other."},
        headers={"X-Requested-With": "autosave"},
    )
    assert stale.status_code == 409
    assert "Sits with Cara." in stale.content.decode()


def test_a_child_is_added_by_hand_once(cast: Cast, sign_in: SignIn) -> None:
    from schools.models import Pupil

    office = sign_in(cast.school_office)
    data = {
        "key": uuid.uuid4(),
        "school": str(cast.junior.pk),
        "forename": "Ida",
        "surname": "Late",
        **day(date(2016, 4, 3), "born_on"),
        "year_group": "6",
        "sen_provision": "N",
        "moves": "phase",
    }
    for _ in range(2):
        answer = office.post(reverse("transitions:add_pupil"), data)
        assert answer.status_code == 302, answer.context["form"].errors
    assert Pupil.objects.filter(surname="Late").count() == 1


def test_a_text_that_cannot_be_saved_as_one_writes_says_why(cast: Cast, road: Road, sign_in: SignIn) -> None:
    answer = sign_in(cast.senco).post(
        reverse("transitions:write", args=[road.move.pk, "health"]),
        {"part_medicines": "Blue inhaler", "nothing": "on", "version": 1},
        headers={"X-Requested-With": "autosave"},
    )
    assert answer.status_code == 422
    assert "take the tick away" in str(answer.json()["errors"])


def test_what_nobody_wrote_does_not_say_it_was_saved(cast: Cast, road: Road, sign_in: SignIn) -> None:
    senco = sign_in(cast.senco)
    address = reverse("transitions:write", args=[road.move.pk, "helps"])
    assert "Not saved yet" in senco.get(address).content.decode()
    senco.post(address, {"text": "A quiet corner.", "version": 1})
    assert "Not saved yet" not in senco.get(address).content.decode()


def test_how_sure_the_former_place_was_says_nothing_of_the_next(
    cast: Cast, shared_road: Road, sign_in: SignIn
) -> None:
    form = (
        sign_in(cast.senco)
        .get(reverse("transitions:destination", args=[shared_road.move.pk]))
        .context["form"]
    )
    assert form["to_school"].value() == str(cast.secondary.pk)
    assert (form["state"].value(), form["on"].value()) == ("", timezone.localdate())


def test_a_forged_form_id_makes_nothing_and_shows_nothing(
    cast: Cast, shared_road: Road, far_road: Road, sign_in: SignIn
) -> None:
    """The id of a form is its idempotency key; the id of somebody else's row in it must not reach that row."""
    from transitions.models import Conversation

    receiver = sign_in(cast.next_senco)
    far = Conversation.objects.create(
        school=cast.far_junior,
        reader=cast.far_secondary,
        held_on=date(2026, 11, 2),
        recorded_by=cast.stranger_senco,
        recorded_at=timezone.now(),
    )
    answer = post(
        receiver, "talk", shared_road.move.pk, talk_data(cast, shared_road.handover, key=str(far.pk))
    )
    assert answer.status_code == 200
    assert "used for something else" in answer.content.decode()
    assert not far.lines.exists()
    data = {
        "key": far_road.pupil.pk,
        "school": str(cast.junior.pk),
        "forename": "Ida",
        "surname": "Late",
        **day(date(2016, 4, 3), "born_on"),
        "year_group": "6",
        "sen_provision": "N",
        "moves": "phase",
    }
    answer = sign_in(cast.school_office).post(reverse("transitions:add_pupil"), data)
    assert answer.status_code == 200
    assert "used for something else" in answer.content.decode()
    far_road.pupil.refresh_from_db()
    assert far_road.pupil.school == cast.far_junior
