"""Signing in with a school's own Microsoft or Google account: whose token is believed, about whom, and how far."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from partnership.access.viewer import build_viewer
from partnership.accounts.entrance import close_account, open_account
from partnership.accounts.models import User
from partnership.audit.models import Event
from schools.actions.sign_in import set_method
from schools.models import Organisation, SignInMethod
from tests.accounts.door import PASSWORD, enrol, sign_in_with_password, with_code
from tests.accounts.tenant import Tenant, public_half, running
from tests.cast import Cast, SignIn
from tests.factories.schools import PostFactory, UserFactory

pytestmark = pytest.mark.django_db

TID, OTHER_TID = "11111111-2222-4333-8444-555555555555", "99999999-2222-4333-8444-555555555555"
DOMAIN = "millbrook.example"
STAFF = "/staff/"


@pytest.fixture
def tenant() -> Iterator[Tenant]:
    with running() as found:
        yield found


def method_at(organisation: Organisation, head: User, kind: str = "microsoft") -> SignInMethod:
    return set_method(
        organisation=organisation,
        kind=kind,
        tenant=TID if kind == "microsoft" else DOMAIN,
        client_id="our-client",
        secret="the-secret",
        by=build_viewer(user_id=head.pk, mfa=True),
        at=timezone.now(),
    )


@pytest.fixture
def microsoft(cast: Cast) -> str:
    return method_at(cast.junior, cast.head).name


@pytest.fixture
def google(cast: Cast) -> str:
    return method_at(cast.junior, cast.head, "google").name


def inside(client: Client) -> bool:
    return "_auth_user_id" in client.session


def claims(user: User, **more: Any) -> dict[str, Any]:
    return {"sub": f"sub-{user.pk}", "tid": TID, "email": user.email, **more}


def test_one_of_the_schools_people_comes_in_with_one_step(
    client: Client, cast: Cast, tenant: Tenant, microsoft: str
) -> None:
    assert tenant.signs_in(client, microsoft, **claims(cast.head))["Location"] == "/"
    assert client.session["_auth_user_id"] == str(cast.head.pk)
    assert client.get(STAFF)["Location"].startswith(reverse("mfa_activate_totp")), "it is one step"
    asked = tenant.asked[0]
    assert set(asked["scope"][0].split()) == {"openid", "email", "profile"}, "nothing else is asked for"
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == [f"http://testserver/accounts/with/{microsoft}/callback/"]


def test_the_second_step_is_asked_of_whoever_has_one(
    client: Client, cast: Cast, tenant: Tenant, microsoft: str
) -> None:
    app = enrol(cast.head)
    for amr in ([], ["pwd"], ["pwd", "mfa"]):
        response = tenant.signs_in(client, microsoft, **claims(cast.head, amr=amr))
        assert response["Location"] == reverse("mfa_authenticate")
        assert not inside(client)
    with_code(client, app.code())
    assert client.get(STAFF).status_code == 200


@pytest.mark.parametrize(
    ("amr", "status"), [(["pwd"], 302), (None, 302), ("mfa-less", 302), (["pwd", "mfa"], 200)]
)
def test_a_tenant_that_asked_for_a_second_step_says_so(
    client: Client, cast: Cast, tenant: Tenant, microsoft: str, amr: object, status: int
) -> None:
    tenant.signs_in(client, microsoft, **claims(cast.head, amr=amr))
    assert inside(client)
    assert client.get(STAFF).status_code == status


def test_google_by_its_own_domain(client: Client, cast: Cast, tenant: Tenant, google: str) -> None:
    known = {"sub": "g-1", "email": cast.head.email, "email_verified": True}
    for wrong in ({"hd": "evil.example"}, {}, {"hd": DOMAIN, "email_verified": False}):
        assert tenant.signs_in(client, google, **{**known, **wrong}).status_code == 403
        assert not inside(client)
    tenant.signs_in(client, google, **known, hd=DOMAIN)
    assert inside(client)
    assert tenant.asked[-1]["hd"] == [DOMAIN]


@pytest.mark.parametrize(
    "lie",
    [
        {"tid": OTHER_TID},
        {"tid": None},
        {"iss": "https://login.microsoftonline.com/another/v2.0"},
        {"aud": "another-client"},
        {"exp": 1},
        {"email": None},
        {"email": "who@nowhere.example"},
        {"email": ["head@millbrook.example"]},
    ],
)
def test_a_token_that_is_not_of_the_own_tenant_is_refused(
    client: Client, cast: Cast, tenant: Tenant, microsoft: str, lie: dict[str, Any]
) -> None:
    people = User.objects.count()
    assert tenant.signs_in(client, microsoft, **claims(cast.head, **lie)).status_code == 403
    assert not inside(client)
    assert User.objects.count() == people, "nobody signs themselves up"
    assert not SocialAccount.objects.exists()


def test_only_people_all_of_whose_posts_are_there(
    client: Client, cast: Cast, tenant: Tenant, microsoft: str
) -> None:
    """Else the administrator of one school's tenant could be the head of another."""
    PostFactory(user=cast.class_teacher, role="class_teacher", organisation=cast.other_junior)
    for user in (
        cast.stranger_head,
        cast.other_head,
        cast.coordinator,
        cast.nobody,
        cast.class_teacher,
        cast.superuser,
    ):
        assert tenant.signs_in(client, microsoft, **claims(user)).status_code == 403
        assert not inside(client)
    tenant.signs_in(client, microsoft, **claims(cast.senco))
    assert inside(client), "the control"


def test_who_is_merely_invited_or_closed_stays_out(
    client: Client, cast: Cast, tenant: Tenant, microsoft: str
) -> None:
    invited = User.objects.create_user(name="Wren Abbott", email="wren@millbrook.example")
    closed = UserFactory(name="Cloe Sed", email="cloe@millbrook.example", is_active=False)
    for user in (invited, closed):
        PostFactory(user=user, role="senco", organisation=cast.junior)
        assert tenant.signs_in(client, microsoft, **claims(user)).status_code == 403
        assert not inside(client)


def test_an_account_there_stays_with_the_person_it_was_bound_to(
    client: Client, cast: Cast, tenant: Tenant, microsoft: str
) -> None:
    tenant.signs_in(client, microsoft, **claims(cast.senco))
    other = Client()
    stolen = {**claims(cast.head), "sub": f"sub-{cast.senco.pk}"}
    assert tenant.signs_in(other, microsoft, **stolen).status_code == 403
    assert not inside(other)


def test_nothing_of_the_token_is_kept(client: Client, cast: Cast, tenant: Tenant, microsoft: str) -> None:
    for _ in range(2):
        tenant.signs_in(Client(), microsoft, **claims(cast.senco, name="Sen Co", phone="0123"))
    account = SocialAccount.objects.get()
    assert account.extra_data == {}
    assert not SocialToken.objects.exists()
    assert not SocialApp.objects.exists()
    row = SignInMethod.objects.get()
    assert "the-secret" not in row.secret


def test_nobody_links_an_account_to_a_session(
    cast: Cast, tenant: Tenant, microsoft: str, sign_in: SignIn
) -> None:
    client = sign_in(cast.head)
    out = client.post(f"{reverse('openid_connect_login', args=[microsoft])}?process=connect")
    tenant.claims = claims(cast.senco)
    back = {"code": "x", "state": parse_qs(urlsplit(out["Location"]).query)["state"][0]}
    assert client.get(reverse("openid_connect_callback", args=[microsoft]), back).status_code == 403
    assert not SocialAccount.objects.exists()


def test_an_answer_that_nobody_asked_for_is_refused(
    client: Client, cast: Cast, tenant: Tenant, microsoft: str
) -> None:
    tenant.claims = claims(cast.head)
    page = client.get(reverse("openid_connect_callback", args=[microsoft]), {"code": "x", "state": "made-up"})
    assert page.status_code == 403
    assert not inside(client)


def test_turned_off_it_no_longer_exists(client: Client, cast: Cast, tenant: Tenant, sign_in: SignIn) -> None:
    name = method_at(cast.junior, cast.head).name
    page = reverse("schools:sign_in_method", args=["microsoft"])
    sign_in(cast.head).post(page, {"remove": "1"})
    assert client.post(reverse("openid_connect_login", args=[name])).status_code == 404
    assert Event.objects.filter(kind="sign_in.removed", organisation_id=cast.junior.pk).exists()


class TestThePage:
    ADDRESS = reverse("schools:sign_in_method", args=["microsoft"])
    FILLED = {"tenant": TID.upper(), "client_id": "our-client", "secret": "the-secret"}

    def test_a_head_sets_it_and_learns_what_to_register(self, cast: Cast, sign_in: SignIn) -> None:
        head = sign_in(cast.head)
        page = head.get(self.ADDRESS).content.decode()
        assert f"/accounts/with/microsoft-{cast.junior.pk}/callback/" in page
        head.post(self.ADDRESS, self.FILLED)
        row = SignInMethod.objects.get()
        assert (row.organisation, row.tenant) == (cast.junior, TID)
        assert "the-secret" not in head.get(self.ADDRESS).content.decode()
        before = row.secret
        head.post(self.ADDRESS, {**self.FILLED, "client_id": "another", "secret": ""})
        row.refresh_from_db()
        assert (row.client_id, row.secret) == ("another", before)
        assert "Millbrook Junior School" in Client().get(reverse("work_accounts")).content.decode()

    @pytest.mark.parametrize("tenant", ["common", "organizations", "consumers", "", "millbrook.example"])
    def test_a_door_open_to_every_tenant_is_refused(self, cast: Cast, sign_in: SignIn, tenant: str) -> None:
        sign_in(cast.head).post(self.ADDRESS, {**self.FILLED, "tenant": tenant})
        assert not SignInMethod.objects.exists()

    @pytest.mark.parametrize("domain", ["gmail.com", "example", "https://x.example", "*", ""])
    def test_nor_is_everybodys_domain(self, cast: Cast, sign_in: SignIn, domain: str) -> None:
        address = reverse("schools:sign_in_method", args=["google"])
        sign_in(cast.head).post(address, {**self.FILLED, "tenant": domain})
        assert not SignInMethod.objects.exists()

    def test_nobody_but_the_head_sets_it(self, cast: Cast, sign_in: SignIn) -> None:
        for name, user in cast.people.items():
            if user.posts.filter(role="head").exists():
                continue
            for method in ("get", "post"):
                answer = getattr(sign_in(user), method)(self.ADDRESS, self.FILLED)
                assert answer.status_code == 403, name
        other = sign_in(cast.stranger_head).post(f"{self.ADDRESS}?school={cast.junior.pk}", self.FILLED)
        assert other.status_code == 404
        assert not SignInMethod.objects.exists()
        assert sign_in(cast.head, mfa=False).get(self.ADDRESS).status_code == 302
        assert sign_in(cast.head).get(reverse("schools:sign_in_method", args=["other"])).status_code == 404


class TestTheToken:
    """It is believed once it is proved: by the tenant's own key, for us, for this browser, now."""

    @pytest.mark.parametrize("signs_with", ["another", "nothing", "the public half"])
    def test_a_token_that_the_tenant_did_not_sign_is_refused(
        self, client: Client, cast: Cast, tenant: Tenant, microsoft: str, signs_with: str
    ) -> None:
        """Another's key, none at all, and the tenant's public key used as if it were a secret."""
        tenant.signs_with = signs_with
        assert tenant.signs_in(client, microsoft, **claims(cast.head)).status_code == 403
        assert not inside(client)
        tenant.signs_with = "its own"
        tenant.signs_in(client, microsoft, **claims(cast.head))
        assert inside(client), "the control"

    @pytest.mark.parametrize("header", [{"kid": "unknown"}, {}])
    def test_a_key_that_the_tenant_does_not_show_opens_nothing(
        self, client: Client, cast: Cast, tenant: Tenant, microsoft: str, header: dict[str, Any]
    ) -> None:
        """Nor does one that the token itself brings along or points to."""
        tenant.signs_with = "another"
        own = {"jwk": public_half("another"), "jku": f"{tenant.address}/elsewhere/keys"}
        tenant.header = {**header, **own}
        assert tenant.signs_in(client, microsoft, **claims(cast.head)).status_code == 403
        assert not inside(client)
        assert not [path for path in tenant.paths if "elsewhere" in path]

    def test_a_key_too_short_opens_nothing(
        self, client: Client, cast: Cast, tenant: Tenant, microsoft: str
    ) -> None:
        tenant.signs_with = tenant.shows = "short"
        assert tenant.signs_in(client, microsoft, **claims(cast.head)).status_code == 403
        assert not inside(client)

    def test_nor_does_a_key_that_was_withdrawn(self, cast: Cast, tenant: Tenant, microsoft: str) -> None:
        first, second = Client(), Client()
        tenant.signs_in(first, microsoft, **claims(cast.head))
        tenant.shows = "the next"
        tenant.signs_in(second, microsoft, **claims(cast.head))
        assert (inside(first), inside(second)) == (True, False)

    @pytest.mark.parametrize(
        "lie",
        [
            {"exp": timedelta(minutes=-1)},
            {"nbf": timedelta(minutes=5)},
            {"iat": timedelta(minutes=5)},
            {"exp": None},
            {"iat": None},
        ],
    )
    def test_a_token_is_good_in_its_own_time_alone(
        self, client: Client, cast: Cast, tenant: Tenant, microsoft: str, lie: dict[str, timedelta | None]
    ) -> None:
        told = {name: int(time.time() + span.total_seconds()) if span else None for name, span in lie.items()}
        assert tenant.signs_in(client, microsoft, **claims(cast.head, **told)).status_code == 403
        assert not inside(client)

    def test_clocks_may_differ_a_little(
        self, client: Client, cast: Cast, tenant: Tenant, microsoft: str
    ) -> None:
        tenant.signs_in(client, microsoft, **claims(cast.head, nbf=int(time.time()) + 10))
        assert inside(client)

    @pytest.mark.parametrize("audience", [["our-client", "another"], ["our-client"], None, ""])
    def test_it_is_for_us_alone(
        self, client: Client, cast: Cast, tenant: Tenant, microsoft: str, audience: object
    ) -> None:
        assert tenant.signs_in(client, microsoft, **claims(cast.head, aud=audience)).status_code == 403
        assert not inside(client)

    @pytest.mark.parametrize("nonce", ["", "another", None, ["a", "list"]])
    def test_it_answers_this_sign_in_alone(
        self, client: Client, cast: Cast, tenant: Tenant, microsoft: str, nonce: object
    ) -> None:
        assert tenant.signs_in(client, microsoft, **claims(cast.head, nonce=nonce)).status_code == 403
        assert not inside(client)

    def test_a_token_of_another_browsers_sign_in_is_refused(
        self, cast: Cast, tenant: Tenant, microsoft: str
    ) -> None:
        mine, theirs = Client(), Client()
        tenant.signs_in(theirs, microsoft, **claims(cast.head))
        stolen = tenant.asked[-1]["nonce"][0]
        assert inside(theirs)
        assert tenant.signs_in(mine, microsoft, **claims(cast.head, nonce=stolen)).status_code == 403
        assert not inside(mine)
        assert tenant.asked[-1]["nonce"] != [stolen]

    @pytest.mark.parametrize(
        "lie",
        [
            {"issuer": "https://login.microsoftonline.com/another/v2.0"},
            {"issuer": None},
            {"jwks_uri": None},
            {"jwks_uri": "file:///keys"},
            {"token_endpoint": "//elsewhere.example/token"},
        ],
    )
    def test_metadata_of_another_issuer_are_refused(
        self, client: Client, cast: Cast, tenant: Tenant, microsoft: str, lie: dict[str, Any]
    ) -> None:
        """Before anybody is sent there, and when they come back."""
        tenant.metadata = lie
        assert client.post(reverse("openid_connect_login", args=[microsoft])).status_code == 403
        tenant.metadata = {}
        out = client.post(reverse("openid_connect_login", args=[microsoft]))
        asked = parse_qs(urlsplit(out["Location"]).query)
        tenant.asked.append(asked)
        tenant.claims, tenant.metadata = claims(cast.head), lie
        back = {"code": "x", "state": asked["state"][0]}
        assert client.get(reverse("openid_connect_callback", args=[microsoft]), back).status_code == 403
        assert not inside(client)

    @pytest.mark.parametrize("moved", ["/openid-configuration", "/token", "/keys"])
    def test_no_redirect_of_theirs_is_followed(
        self, client: Client, cast: Cast, tenant: Tenant, microsoft: str, moved: str
    ) -> None:
        tenant.moved = moved
        there = client.post(reverse("openid_connect_login", args=[microsoft]))
        if there.status_code == 302:
            there = tenant.signs_in(client, microsoft, **claims(cast.head))
        assert there.status_code == 503
        assert not inside(client)
        assert not [path for path in tenant.paths if "elsewhere" in path]


class TestOutOfReach:
    @pytest.mark.parametrize("broken", ["/openid-configuration", "/keys"])
    def test_a_fault_of_theirs_is_told_calmly(
        self, client: Client, cast: Cast, tenant: Tenant, microsoft: str, broken: str
    ) -> None:
        tenant.broken = broken
        there = client.post(reverse("openid_connect_login", args=[microsoft]))
        if there.status_code == 302:
            there = tenant.signs_in(client, microsoft, **claims(cast.head))
        assert there.status_code == 503
        assert "Microsoft cannot be reached" in there.content.decode()
        assert not inside(client)

    def test_no_answer_at_all_is_told_calmly_and_other_ways_stay(
        self, client: Client, cast: Cast, google: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Nothing listens at the address; who comes back from there meanwhile is told the same."""
        with running() as tenant:
            out = client.post(reverse("openid_connect_login", args=[google]))
            state = parse_qs(urlsplit(out["Location"]).query)["state"][0]
            gone = override_settings(WORK_SIGN_IN_ISSUERS={"google": tenant.address})
        with gone:
            for page in (
                client.post(reverse("openid_connect_login", args=[google])),
                client.get(reverse("openid_connect_callback", args=[google]), {"code": "x", "state": state}),
            ):
                assert page.status_code == 503
                assert "Google cannot be reached" in page.content.decode()
        assert not inside(client)
        assert not [each for each in caplog.records if each.exc_info and each.levelname == "ERROR"]
        sign_in_with_password(client, cast.head)
        assert inside(client), "another way"


class TestAnotherAccount:
    def test_an_address_that_was_given_to_somebody_new_opens_nothing(
        self, cast: Cast, tenant: Tenant, microsoft: str
    ) -> None:
        tenant.signs_in(Client(), microsoft, **claims(cast.senco))
        newcomer = Client()
        page = tenant.signs_in(newcomer, microsoft, **claims(cast.senco, sub="somebody-new"))
        assert page.status_code == 403
        assert "Start afresh" in page.content.decode()
        assert not inside(newcomer)
        assert SocialAccount.objects.get().uid == f"sub-{cast.senco.pk}"
        again = Client()
        tenant.signs_in(again, microsoft, **claims(cast.senco))
        assert inside(again), "the first one still comes in"

    def test_starting_afresh_unties_it(
        self, cast: Cast, tenant: Tenant, microsoft: str, sign_in: SignIn
    ) -> None:
        tenant.signs_in(Client(), microsoft, **claims(cast.senco))
        close_account(cast.senco)
        assert not SocialAccount.objects.exists()
        open_account(cast.senco, email=str(cast.senco.email), password=PASSWORD)
        anew = Client()
        tenant.signs_in(anew, microsoft, **claims(cast.senco, sub="made-anew"))
        assert inside(anew)
