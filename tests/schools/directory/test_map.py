"""The map: the same schools as drawing and as list, the viewer's own partnership first, nothing from another host."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from schools.formats.outline import NotABoundary, fictional_outline, read_boundary
from schools.models import Organisation
from tests.cast import Cast, SignIn
from tests.factories.schools import MembershipFactory, SchoolFactory

URL = "/schools/map/"
SQUARE = {"type": "Polygon", "coordinates": [[[0, 52], [1, 52], [1, 53], [0, 53], [0, 52]]]}


@pytest.fixture
def observer(cast: Cast, sign_in: SignIn) -> Client:
    Organisation.objects.filter(kind="school").update(latitude=52.1, longitude=0.5)
    return sign_in(cast.observer, mfa=False)


def lines(body: str) -> dict[str, Any]:
    found = re.search(r'<script id="map-lines" type="application/json">(.*?)</script>', body)
    assert found
    return dict(json.loads(found[1]))


def test_it_refuses_a_person_without_a_post(cast: Cast, sign_in: SignIn) -> None:
    assert sign_in(cast.nobody).get(URL).status_code == 403


def test_it_shows_ones_own_partnership_first(observer: Client) -> None:
    body = observer.get(URL).content.decode()
    assert body.count("data-place data-lat") == 4
    assert "Farlow" not in body


def test_every_school_can_be_asked_for(cast: Cast, observer: Client) -> None:
    assert observer.get(URL, {"partnership": ""}).content.decode().count("data-place data-lat") == 6
    assert observer.get(URL, {"la": str(cast.far_la.pk)}).content.decode().count("data-place data-lat") == 2


def test_a_phase_left_out_is_hidden_but_stays_countable(observer: Client) -> None:
    body = observer.get(URL, {"phase": "secondary"}).content.decode()
    assert 'data-phase-group="primary" hidden' in body
    assert 'data-phase-group="secondary">' in body
    assert 'value="secondary" checked' in body


def test_a_school_without_a_place_stands_in_the_list_alone(cast: Cast, observer: Client) -> None:
    MembershipFactory(
        partnership=cast.cluster, organisation=SchoolFactory(name="Nowhere School", phase_group="")
    )
    body = observer.get(URL).content.decode()
    assert "Nowhere School" in body
    assert "4 of 5 have a place on the map" in body


def test_it_asks_nothing_of_another_host(observer: Client) -> None:
    body = observer.get(URL).content.decode()
    for address in re.findall(r'(?:src|href|action)="([^"]+)"', body):
        assert urlsplit(address).netloc == ""
    assert 'data-tiles=""' in body
    assert " style=" not in body


def test_tiles_appear_only_where_the_operator_names_them(observer: Client, settings: Settings) -> None:
    settings.MAP_TILE_URL = "https://tiles.example/{z}/{x}/{y}.png"
    assert 'data-tiles="https://tiles.example/{z}/{x}/{y}.png"' in observer.get(URL).content.decode()


def test_boundary_lines_come_from_the_operators_file(
    observer: Client, settings: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "county.geojson"
    file.write_text(json.dumps({"type": "Feature", "properties": {"secret": "x"}, "geometry": SQUARE}))
    settings.MAP_BOUNDARY_FILE = file
    found = lines(observer.get(URL).content.decode())
    assert found["features"] == [{"type": "Feature", "properties": {}, "geometry": SQUARE}]


def test_without_a_file_there_are_no_lines(observer: Client) -> None:
    assert lines(observer.get(URL).content.decode())["features"] == []


def test_the_demo_draws_a_county_that_never_was_round_its_schools(
    cast: Cast, observer: Client, settings: Settings
) -> None:
    settings.DEMO = True
    Organisation.objects.filter(pk=cast.junior.pk).update(latitude=52.4, longitude=0.9)
    (feature,) = lines(observer.get(URL).content.decode())["features"]
    ring = feature["geometry"]["coordinates"][0]
    assert ring[0] == ring[-1]
    assert min(x for x, _ in ring) < 0.5 < 0.9 < max(x for x, _ in ring)
    assert min(y for _, y in ring) < 52.1 < 52.4 < max(y for _, y in ring)


def test_the_outline_of_no_schools_is_empty_and_of_the_same_ones_the_same() -> None:
    assert fictional_outline([])["features"] == []
    assert fictional_outline([(0.5, 52.0)]) == fictional_outline([(0.5, 52.0)])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<html>", "Line 1 is not JSON."),
        ("[]", "It is JSON, but not GeoJSON."),
        ('{"type": "Point", "coordinates": [0, 52]}', "It holds neither a polygon nor a line."),
        ('{"type": "FeatureCollection", "features": []}', "It holds neither a polygon nor a line."),
    ],
)
def test_a_boundary_file_that_is_none_says_why(text: str, reason: str) -> None:
    with pytest.raises(NotABoundary, match=reason):
        read_boundary(text)


@pytest.mark.parametrize("more", [1, 40])
def test_the_number_of_queries_does_not_grow(
    cast: Cast, observer: Client, more: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for school in SchoolFactory.create_batch(more, latitude=52.0, longitude=0.1, local_authority=cast.la):
        MembershipFactory(partnership=cast.cluster, organisation=school)
    with django_assert_max_num_queries(24) as queries:
        observer.get(URL)
    assert len([each for each in queries if "schools_organisation" in each["sql"]]) == 7
