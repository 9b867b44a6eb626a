"""The directory: found by what people type, narrowed by the address, the same number of queries however long."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from schools.enums import SchoolStatus
from tests.cast import Cast, SignIn
from tests.factories.schools import SchoolFactory

URL = "/schools/"


def names(response: object) -> list[str]:
    return [each.name for each in response.context["page"]]  # type: ignore[attr-defined]


@pytest.fixture
def observer(cast: Cast, sign_in: SignIn) -> Client:
    return sign_in(cast.observer, mfa=False)


def test_it_asks_the_signed_out_to_sign_in(db: None, client: Client) -> None:
    assert client.get(URL).status_code == 302


def test_it_refuses_a_person_without_a_post(cast: Cast, sign_in: SignIn) -> None:
    assert sign_in(cast.nobody).get(URL).status_code == 403


def test_it_rejects_post(observer: Client) -> None:
    assert observer.post(URL).status_code == 405


def test_it_lists_every_open_school_by_name(observer: Client) -> None:
    SchoolFactory(name="Abbey School", status=SchoolStatus.CLOSED)
    assert names(observer.get(URL)) == [
        "Ashgrove Primary School",
        "Farlow Primary School",
        "Farlow School",
        "Millbrook Infant School",
        "Millbrook Junior School",
        "Northfield School",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("brook jun", ["Millbrook Junior School"]),
        ("JUNIOR millbrook", ["Millbrook Junior School"]),
        ("123777", ["St Anne's School"]),
        ("899/7777", ["St Anne's School"]),
        ("8997777", ["St Anne's School"]),
        ("WB7 7AA", ["St Anne's School"]),
        ("wb77aa", ["St Anne's School"]),
        ("WB7", ["St Anne's School"]),
        ("Little Wend", ["St Anne's School"]),
        ("St Anne’s", ["St Anne's School"]),
        ("100%_", []),
        ("no such school", []),
    ],
)
def test_it_finds_by_name_number_postcode_and_town(observer: Client, text: str, expected: list[str]) -> None:
    SchoolFactory(
        name="St Anne's School",
        urn=123777,
        establishment_number="7777",
        postcode="WB7 7AA",
        town="Little Wendle",
    )
    assert names(observer.get(URL, {"q": text})) == expected


def test_it_narrows_by_stage_authority_trust_partnership_and_status(cast: Cast, observer: Client) -> None:
    SchoolFactory(name="Old School", status=SchoolStatus.CLOSED)
    assert names(observer.get(URL, {"stage": "infant"})) == ["Millbrook Infant School"]
    assert names(observer.get(URL, {"la": str(cast.far_la.pk)})) == ["Farlow Primary School", "Farlow School"]
    assert names(observer.get(URL, {"trust": str(cast.trust.pk)})) == ["Northfield School"]
    assert len(names(observer.get(URL, {"partnership": str(cast.cluster.pk)}))) == 4
    assert len(names(observer.get(URL, {"partnership": str(cast.county.pk)}))) == 4, (
        "through the cluster inside it"
    )
    assert names(observer.get(URL, {"status": "closed"})) == ["Old School"]
    assert len(names(observer.get(URL, {"status": "any"}))) == 7


def test_nonsense_in_the_address_is_left_out(observer: Client) -> None:
    response = observer.get(URL, {"stage": "x", "la": "1", "trust": "'", "page": "zz", "status": "?"})
    assert len(names(response)) == 6


def test_filters_stay_in_the_address_of_pages_and_download(observer: Client) -> None:
    SchoolFactory.create_batch(51)
    body = observer.get(URL, {"q": "School", "stage": "primary"}).content.decode()
    assert "?q=School&amp;stage=primary&amp;page=2" in body
    assert "/schools/export.csv?q=School&amp;stage=primary" in body


def test_it_says_what_to_do_when_nothing_fits(observer: Client) -> None:
    assert "No school fits" in observer.get(URL, {"q": "zzz"}).content.decode()


def test_it_says_what_will_stand_here_when_there_is_no_school_at_all(cast: Cast, observer: Client) -> None:
    type(cast.junior).objects.filter(kind="school").update(status=SchoolStatus.CLOSED)
    assert "No schools yet" in observer.get(URL).content.decode()


@pytest.mark.parametrize("more", [0, 60])
def test_the_number_of_queries_does_not_grow(
    cast: Cast, observer: Client, more: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    SchoolFactory.create_batch(more, local_authority=cast.la, trust=cast.trust)
    observer.get(URL)
    with django_assert_max_num_queries(24) as queries:
        observer.get(URL)
    about_schools = [each["sql"] for each in queries if "schools_organisation" in each["sql"]]
    assert len(about_schools) == 6


def test_the_download_is_safe_from_formulas_and_keeps_the_filters(observer: Client) -> None:
    SchoolFactory(name="=HYPERLINK(1)", town="+44", stage="nursery", mailbox="office@nursery.example")
    response = observer.get("/schools/export.csv", {"stage": "nursery"})
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert response["Content-Disposition"] == 'attachment; filename="schools.csv"'
    assert [(row["Name"], row["Town"], row["Stage"]) for row in rows] == [
        ("'=HYPERLINK(1)", "'+44", "Nursery")
    ]


@pytest.mark.parametrize("more", [0, 60])
def test_the_download_holds_every_page(observer: Client, more: int) -> None:
    SchoolFactory.create_batch(more)
    body = observer.get(reverse("schools:directory_csv")).content.decode("utf-8-sig")
    assert len(body.splitlines()) == 1 + 6 + more


def test_a_name_of_html_is_text(observer: Client) -> None:
    SchoolFactory(name="<b>Bold</b> School")
    assert "<b>Bold</b>" not in observer.get(URL).content.decode()
