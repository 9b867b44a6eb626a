"""What holds for every view: its door is named, a failed one leaves nothing, and nobody's reach stays for the next."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from types import ModuleType

import pytest
from django.contrib.auth.decorators import login_not_required
from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.test import Client
from django.urls import include, path
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from partnership.access import rls
from partnership.access.guards import open_to_all, rule_of, signed_in
from partnership.audit.models import Event, record
from tests.cast import Cast, Road, SignIn
from tests.meta.expected import PAGES
from tests.meta.routes import routes

ROOT = Path(__file__).resolve().parents[2]
OWN_DOORS = ("allauth.", "django.", "partnership.accounts.")
"""Modules whose pages ask for themselves: allauth's and the account pages built on them, and the admin."""


def test_every_view_names_who_may_open_it() -> None:
    nameless = []
    for name, route, view in routes():
        if route.startswith("admin/") or view.__module__.startswith(OWN_DOORS):
            continue
        try:
            rule_of(view)
        except Exception as fault:
            nameless.append(f"{name} {route}: {fault}")
    assert nameless == []


def test_a_view_without_a_rule_is_refused(
    client: Client, settings: Settings, cast: Cast, sign_in: SignIn
) -> None:
    settings.ROOT_URLCONF = urls(forgotten)
    client = sign_in(cast.senco)
    client.raise_request_exception = False
    assert client.get("/").status_code == 500


def test_pages_for_posting_refuse_the_rest(cast: Cast) -> None:
    """Each page that only acts says so itself; the matrix asks them by GET as everybody."""
    acting = {name for name, page in PAGES.items() if page.methods == "POST"}
    found = set()
    for name, _route, view in routes():
        if name in acting:
            request = HttpRequest()
            request.method = "GET"
            keys: dict[str, object] = {"pk": None} if "<uuid:pk>" in _route else {}
            keys |= {"row": 1} if "<int:row>" in _route else {}
            assert view(request, **keys).status_code == 405, name
            found.add(name)
    assert found == acting


# Two layers ---------------------------------------------------------------------------------------------------------


def writes(kind: str) -> None:
    record(kind, by=None, at=timezone.now())


@open_to_all
def works(request: HttpRequest) -> HttpResponse:
    writes("probe.works")
    return HttpResponse("written")


@open_to_all
def breaks(request: HttpRequest) -> HttpResponse:
    writes("probe.breaks")
    raise RuntimeError("after writing")


@open_to_all
def misses(request: HttpRequest) -> HttpResponse:
    writes("probe.misses")
    raise Http404


@signed_in
def who_reads(request: HttpRequest) -> HttpResponse:
    return HttpResponse(context_now())


@open_to_all
def who_reads_openly(request: HttpRequest) -> HttpResponse:
    return HttpResponse(context_now())


@open_to_all
def streams(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(context_now() for _ in range(1))


@login_not_required
def forgotten(request: HttpRequest) -> HttpResponse:
    return HttpResponse("open")


def context_now() -> str:
    """The role and the schools read at, as the database has them at this moment."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, coalesce(current_setting('app.read', true), ''), current_setting('app.user', true)"
        )
        return "|".join(str(each or "") for each in cursor.fetchone())


def urls(*views: Callable[..., HttpResponseBase]) -> ModuleType:
    """A urlconf with these views: the first at /, each also under its name; the platform's own for what pages link."""
    found = ModuleType("probe_urls")
    probing = [path("", views[0]), *(path(f"{view.__name__}/", view) for view in views)]
    found.__dict__["urlpatterns"] = [*probing, path("platform/", include("partnership.urls"))]
    return found


@pytest.fixture
def probes(settings: Settings) -> Client:
    settings.ROOT_URLCONF = urls(works, breaks, misses, who_reads, who_reads_openly, streams)
    return Client(raise_request_exception=False)


@contextmanager
def without_atomic_requests() -> Iterator[None]:
    before = connection.settings_dict["ATOMIC_REQUESTS"]
    connection.settings_dict["ATOMIC_REQUESTS"] = False
    try:
        yield
    finally:
        connection.settings_dict["ATOMIC_REQUESTS"] = before


@pytest.mark.django_db
class TestBothLayers:
    @pytest.mark.parametrize(("address", "status"), [("/breaks/", 500), ("/misses/", 404)])
    def test_a_view_that_writes_and_then_fails_leaves_no_row(
        self, probes: Client, address: str, status: int
    ) -> None:
        assert probes.get(address).status_code == status
        assert not Event.objects.filter(kind__startswith="probe.").exists()

    def test_a_view_that_writes_and_answers_leaves_its_row(self, probes: Client) -> None:
        assert probes.get("/works/").status_code == 200
        assert Event.objects.filter(kind="probe.works").exists()

    @pytest.mark.parametrize("address", ["/breaks/", "/misses/"])
    def test_without_the_inner_layer_the_row_would_stay(self, probes: Client, address: str) -> None:
        """The control: the middleware alone commits what a failed view wrote, since Django answers before it sees."""
        with without_atomic_requests():
            probes.get(address)
        assert Event.objects.filter(kind__startswith="probe.").exists()

    def test_the_settings_have_the_inner_layer(self) -> None:
        assert connection.settings_dict["ATOMIC_REQUESTS"] is True


@pytest.mark.django_db(transaction=True)
def test_a_failed_view_leaves_no_row_once_all_is_committed(probes: Client) -> None:
    """The same where the request's transaction is a real one and not a savepoint of the test's."""
    for address in ("/works/", "/breaks/", "/misses/"):
        probes.get(address)
    assert list(Event.objects.filter(kind__startswith="probe.").values_list("kind", flat=True)) == [
        "probe.works"
    ]


# The context ----------------------------------------------------------------------------------------------------------


class TestContext:
    def test_a_view_runs_as_the_app_with_the_viewers_reach(
        self, probes: Client, cast: Cast, sign_in: SignIn
    ) -> None:
        role, reads, user = sign_in(cast.senco).get("/who_reads/").content.decode().split("|")
        assert (role, user) == (rls.APP, str(cast.senco.pk))
        assert str(cast.junior.pk) in reads

    def test_nobody_keeps_nothing_of_the_person_before(
        self, probes: Client, cast: Cast, sign_in: SignIn
    ) -> None:
        person = sign_in(cast.senco)
        assert str(cast.junior.pk) in person.get("/who_reads/").content.decode()
        assert probes.get("/who_reads_openly/").content.decode() == f"{rls.APP}|{{}}|"
        assert context_now().startswith(f"{rls.OWNER}||"), "the test itself is the owner again"

    def test_without_the_putting_back_it_would_stay(
        self, probes: Client, cast: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The control: inside one transaction, as tests are, settings that nobody puts back are the next one's."""
        person = sign_in(cast.senco)

        @contextmanager
        def kept(values: Mapping[str, str]) -> Iterator[None]:
            with transaction.atomic():
                rls._set(values)
                yield

        monkeypatch.setattr(rls, "context", kept)
        with transaction.atomic():
            person.get("/who_reads/")
            assert str(cast.junior.pk) in context_now()
            transaction.set_rollback(True)

    def test_a_stream_sees_no_rows(self, probes: Client, cast: Cast, sign_in: SignIn) -> None:
        """It is read after the transaction: so exports are bytes, and no view of ours streams."""
        response = sign_in(cast.senco).get("/streams/")
        assert str(cast.junior.pk) not in b"".join(response).decode()

    def test_without_a_second_factor_the_reach_is_empty(
        self, probes: Client, cast: Cast, sign_in: SignIn
    ) -> None:
        _role, reads, user = sign_in(cast.senco, mfa=False).get("/who_reads/").content.decode().split("|")
        assert (reads, user) == ("{}", str(cast.senco.pk))

    def test_a_post_that_ended_is_gone_with_the_next_request(
        self, probes: Client, cast: Cast, sign_in: SignIn
    ) -> None:
        person = sign_in(cast.senco)
        person.get("/who_reads/")
        cast.senco.posts.update(ends_on=timezone.localdate() - timedelta(days=1))
        assert person.get("/who_reads/").content.decode().split("|")[1] == "{}"

    def test_an_account_that_is_off_is_nobody(self, probes: Client, cast: Cast, sign_in: SignIn) -> None:
        person = sign_in(cast.senco)
        type(cast.senco).objects.filter(pk=cast.senco.pk).update(is_active=False)
        assert person.get("/who_reads/").status_code == 302


@pytest.mark.django_db
def test_livez_asks_nobody_and_nothing(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    client = Client(headers={"host": "anything.example"})
    with django_assert_num_queries(0):
        response = client.get("/livez")
    assert (response.status_code, response.cookies) == (200, {})


def test_signed_in_pages_are_kept_by_no_cache(cast: Cast, road: Road, sign_in: SignIn) -> None:
    response = sign_in(cast.senco).get(f"/moves/{road.move.pk}/")
    assert "no-store" in response.headers["Cache-Control"]


# The sources ----------------------------------------------------------------------------------------------------------

UNFILTERED = re.compile(r"\.objects\s*\.all\(\)|_default_manager\.all\(\)|_base_manager")
MAY_READ_ALL = ("models", "queries", "admin", "migrations", "management", "world")
"""Where rows without a viewer have their place: beside the model, in queries, at the desk, in commands, in the
demo's making."""


def sources() -> Iterator[tuple[str, str]]:
    for package in ("partnership", "schools", "transitions", "cpd", "taskgroups"):
        for file in sorted((ROOT / package).rglob("*.py")):
            yield str(file.relative_to(ROOT)), file.read_text()


def test_no_view_action_or_form_reads_all_rows() -> None:
    found = [
        f"{name}:{number}"
        for name, text in sources()
        if not any(part.removesuffix(".py") in MAY_READ_ALL for part in Path(name).parts)
        for number, line in enumerate(text.splitlines(), 1)
        if UNFILTERED.search(line)
    ]
    assert found == []


def test_no_view_streams() -> None:
    found = [name for name, text in sources() if "StreamingHttpResponse" in text or "FileResponse" in text]
    assert found == []


def test_nothing_goes_round_the_walls() -> None:
    """No SECURITY DEFINER, no LEAKPROOF, no materialised view, no session-wide setting, no FORCE (walls §2)."""
    forbidden = re.compile(
        r"SECURITY DEFINER|LEAKPROOF|MATERIALIZED VIEW|FORCE ROW LEVEL|set_config\([^)]*,\s*false\s*\)",
        re.IGNORECASE,
    )
    found = [f"{name}: {match[0]}" for name, text in sources() for match in forbidden.finditer(text)]
    assert found == []
