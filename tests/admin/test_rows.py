"""Each list and each page: one's own partnership alone, and no child's name anywhere, superusers included."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.test import Client

from partnership.outbox.models import Delivery, Job, Message
from schools.models import Closure, Duty, Import, Invitation, Organisation, Post
from tests.admin.test_site import REGISTERED
from tests.cast import CANARY, Cast, SignIn
from transitions.models import Transition

STRANGERS = ("Farlow", "Farshire", "Stranger", "farlow.example")


AT_MOST = 6


def listed(label: str) -> str:
    return f"/admin/{label.lower().replace('.', '/')}/"


def pages(client: Client, label: str) -> Iterator[tuple[str, str]]:
    """The list, and every row's page and history, as far as this client sees them."""
    response = client.get(listed(label))
    yield listed(label), response.content.decode()
    for row in response.context["cl"].result_list[:AT_MOST]:
        for tail in ("change/", "history/"):
            url = f"{listed(label)}{row.pk}/{tail}"
            found = client.get(url)
            assert found.status_code == 200, url
            yield url, found.content.decode()


@pytest.mark.parametrize("who", ["coordinator", "superuser"])
def test_no_page_names_a_child(world: Cast, sign_in: SignIn, who: str) -> None:
    client = sign_in(world.people[who])
    for label in sorted(REGISTERED):
        for url, body in pages(client, label):
            assert CANARY.lower() not in body.lower(), url
            assert "secret-link" not in body, url


def test_the_first_page_names_no_child_and_no_stranger(world: Cast, sign_in: SignIn) -> None:
    for who in (world.coordinator, world.far_coordinator, world.superuser):
        assert CANARY.lower() not in sign_in(who).get("/admin/").content.decode().lower()
    body = sign_in(world.coordinator).get("/admin/").content.decode()
    assert not [word for word in STRANGERS if word in body]


def test_a_coordinator_meets_no_stranger(world: Cast, sign_in: SignIn) -> None:
    client = sign_in(world.coordinator)
    for label in sorted(REGISTERED):
        for url, body in pages(client, label):
            assert not [word for word in STRANGERS if word in body], url


OWNED: list[tuple[type[models.Model], str]] = [
    (Organisation, "pk"), (Post, "organisation"), (Invitation, "post__organisation"), (Import, "organisation"),
    (Closure, "organisation"), (Transition, "school"), (Delivery, "recipient__posts__organisation"),
    (Message, "recipient__posts__organisation"), (Job, "by__posts__organisation"),
]  # fmt: skip


def test_a_strangers_row_is_not_found(world: Cast, sign_in: SignIn) -> None:
    client, far_client = sign_in(world.coordinator), sign_in(world.far_coordinator)
    for model, path in OWNED:
        rows: Any = model._default_manager
        base = listed(model._meta.label)
        far = rows.filter(**{path: world.far_junior.pk}).first()
        own = rows.filter(**{path: world.junior.pk}).first()
        for tail in ("change/", "history/"):
            assert client.get(f"{base}{own.pk}/{tail}").status_code == 200, base
            assert client.get(f"{base}{far.pk}/{tail}").status_code == 404, base
        assert far_client.get(f"{base}{far.pk}/change/").status_code == 200, base


def test_a_strangers_duty_and_person_are_not_found(world: Cast, sign_in: SignIn) -> None:
    client = sign_in(world.coordinator)
    duty = Duty.objects.get(partnership=world.far_cluster)
    assert client.get(f"/admin/schools/duty/{duty.pk}/change/").status_code == 404
    assert client.get(f"/admin/accounts/user/{world.stranger_senco.pk}/change/").status_code == 404
    assert client.get(f"/admin/accounts/user/{world.senco.pk}/change/").status_code == 200


def test_an_empty_field_in_the_address_is_no_fault(world: Cast, sign_in: SignIn) -> None:
    """Django takes it for the name of a field."""
    client = sign_in(world.coordinator)
    row = client.get(listed("schools.Post")).context["cl"].result_list[0]
    assert client.get(f"{listed('schools.Post')}{row.pk}/change/?_to_field=").status_code == 200


def test_the_address_answers_no_question_about_hidden_columns(world: Cast, sign_in: SignIn) -> None:
    client = sign_in(world.coordinator)
    for query in (
        f"pupil__surname__startswith={CANARY[:2]}",
        f"pupil__name_key__contains={CANARY.lower()}",
        "handover__kind=send",
        "handover__sections__text__contains=x",
        f"school__pupils__surname={CANARY}",
        "school__id__exact__in=1",
    ):
        assert client.get(f"/admin/transitions/transition/?{query}").status_code == 400, query


def test_search_asks_no_hidden_column(world: Cast, sign_in: SignIn) -> None:
    client = sign_in(world.superuser)
    for label in sorted(REGISTERED):
        response = client.get(listed(label), {"q": CANARY})
        assert response.status_code == 200
        assert len(response.context["cl"].result_list) == 0, label


def test_lists_ask_the_same_number_of_queries_however_long(
    world: Cast, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    from tests.factories.schools import MembershipFactory, PostFactory, SchoolFactory

    client = sign_in(world.coordinator)

    def count() -> dict[str, int]:
        found = {}
        for label in sorted(REGISTERED):
            client.get(listed(label))
            with django_assert_max_num_queries(60) as queries:
                client.get(listed(label))
            found[label] = len(queries)
        with django_assert_max_num_queries(60) as queries:
            client.get("/admin/")
        return {**found, "index": len(queries)}

    before = count()
    for school in SchoolFactory.create_batch(4):
        MembershipFactory(partnership=world.cluster, organisation=school)
        post = PostFactory(organisation=school)
        moved = Transition.objects.filter(school=world.junior).get()
        Import.objects.create(
            kind="staff", state="refused", organisation=school, by=post.user, at=moved.created_at
        )
    after = count()
    assert {label: after[label] - before[label] for label in after if after[label] > before[label] + 1} == {}


def test_every_model_that_tells_of_a_child_stays_out() -> None:
    about_children = {
        model._meta.label
        for model in apps.get_models()
        if any(
            field.name == "pupil" for field in model._meta.get_fields() if getattr(field, "concrete", False)
        )
    }
    assert about_children & REGISTERED == {"transitions.Transition"}
