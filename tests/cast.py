"""The fixed cast of every test: two clusters in two LAs, with a person in each role at home and a stranger far off.

`cast.senco` works at the junior school that sends, `cast.next_senco` at the secondary that receives, `cast.stranger_*` at
schools that have nothing to do with either. Every child of the strangers carries a canary name."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from django.test import Client

from partnership.accounts.models import User
from schools.enums import OrganisationKind, Role
from schools.models import ClassGroup, Organisation, Pupil
from tests.factories.schools import (
    ClassGroupFactory,
    ClassPlaceFactory,
    MembershipFactory,
    OrganisationFactory,
    PostFactory,
    PupilFactory,
    SchoolFactory,
    SecondaryFactory,
    UserFactory,
    with_half_terms,
)
from tests.factories.transitions import HandoverFactory, TransitionFactory, shared
from transitions.enums import DestinationState
from transitions.models import Handover, Transition

CANARY = "Zzcanary"
"""The surname of every child a person of the home cluster must never meet."""


@dataclass
class Cast:
    """Organisations, people by role, and one child with a handover on each road."""

    la: Organisation
    far_la: Organisation
    county: Organisation
    cluster: Organisation
    far_cluster: Organisation
    trust: Organisation
    infant: Organisation
    junior: Organisation
    other_junior: Organisation
    secondary: Organisation
    far_junior: Organisation
    far_secondary: Organisation
    people: dict[str, User] = field(default_factory=dict)

    def __getattr__(self, name: str) -> User:
        try:
            return self.people[name]
        except KeyError:
            raise AttributeError(name) from None


SCHOOL_ROLES = [
    Role.HEAD,
    Role.DEPUTY_HEAD,
    Role.SENCO,
    Role.TRANSITION_LEAD,
    Role.DSL,
    Role.DEPUTY_DSL,
    Role.CLASS_TEACHER,
    Role.SCHOOL_OFFICE,
    Role.SUPPORT_STAFF,
    Role.GOVERNOR,
    Role.DPO,
]


@pytest.fixture
def cast(db: None) -> Cast:
    """The cast without children."""
    la = with_half_terms(
        OrganisationFactory(kind=OrganisationKind.LOCAL_AUTHORITY, name="Wendlebury", la_code="899")
    )
    far_la = with_half_terms(
        OrganisationFactory(kind=OrganisationKind.LOCAL_AUTHORITY, name="Farshire", la_code="898")
    )
    county = OrganisationFactory(kind=OrganisationKind.PARTNERSHIP, name="Wendlebury County", is_county=True)
    cluster = OrganisationFactory(kind=OrganisationKind.PARTNERSHIP, name="Northfield Cluster")
    far_cluster = OrganisationFactory(kind=OrganisationKind.PARTNERSHIP, name="Farshire Cluster")
    trust = OrganisationFactory(kind=OrganisationKind.TRUST, name="Orchard Trust")
    made = Cast(
        la=la,
        far_la=far_la,
        county=county,
        cluster=cluster,
        far_cluster=far_cluster,
        trust=trust,
        infant=SchoolFactory(
            name="Millbrook Infant School", low_age=4, high_age=7, stage="infant", local_authority=la
        ),
        junior=SchoolFactory(name="Millbrook Junior School", low_age=7, stage="junior", local_authority=la),
        other_junior=SchoolFactory(name="Ashgrove Primary School", local_authority=la),
        secondary=SecondaryFactory(name="Northfield School", local_authority=la, trust=trust),
        far_junior=SchoolFactory(name="Farlow Primary School", la_code="898", local_authority=far_la),
        far_secondary=SecondaryFactory(name="Farlow School", la_code="898", local_authority=far_la),
    )
    MembershipFactory(partnership=county, organisation=cluster)
    for school in (made.infant, made.junior, made.other_junior, made.secondary):
        MembershipFactory(partnership=cluster, organisation=school)
    for school in (made.far_junior, made.far_secondary):
        MembershipFactory(partnership=far_cluster, organisation=school)
    for prefix, school in (
        ("", made.junior),
        ("next_", made.secondary),
        ("other_", made.other_junior),
        ("stranger_", made.far_junior),
        ("stranger_next_", made.far_secondary),
    ):
        for role in SCHOOL_ROLES:
            made.people[f"{prefix}{role.value}"] = person(f"{prefix}{role.value}", role, school)
    for name, role, organisation in (
        ("coordinator", Role.COORDINATOR, cluster),
        ("county_coordinator", Role.COORDINATOR, county),
        ("far_coordinator", Role.COORDINATOR, far_cluster),
        ("la_officer", Role.LA_OFFICER, la),
        ("trust_leader", Role.TRUST_LEADER, trust),
        ("community_partner", Role.COMMUNITY_PARTNER, cluster),
        ("observer", Role.OBSERVER, county),
    ):
        made.people[name] = person(name, role, organisation)
    made.people["superuser"] = UserFactory(name="Sam Superuser", is_staff=True, is_superuser=True)
    made.people["nobody"] = UserFactory(name="Nina Nopost")
    return made


def person(name: str, role: Role, organisation: Organisation) -> User:
    """Somebody with one post, named after the part they play."""
    user = UserFactory(
        name=name.replace("_", " ").title(), email=f"{name}@{organisation.name.split()[0].lower()}.example"
    )
    PostFactory(user=user, role=role, organisation=organisation)
    return user


@dataclass
class Road:
    """One child on the way from a junior to a secondary school."""

    pupil: Pupil
    move: Transition
    handover: Handover
    class_group: ClassGroup


def make_road(
    school: Organisation, to_school: Organisation, *, forename: str, surname: str, sen: str = "K"
) -> Road:
    """A child in class 6A with an accepted place and a handover being written."""
    pupil = PupilFactory(school=school, forename=forename, surname=surname, sen_provision=sen)
    class_group = ClassGroup.objects.filter(school=school, name="6A").first() or ClassGroupFactory(
        school=school, name="6A"
    )
    ClassPlaceFactory(class_group=class_group, pupil=pupil)
    move = TransitionFactory(pupil=pupil, to_school=to_school, destination_state=DestinationState.ACCEPTED)
    return Road(pupil, move, HandoverFactory(transition=move), class_group)


@pytest.fixture
def road(cast: Cast) -> Road:
    """Robin Marsh, from Millbrook Junior to Northfield, in the class teacher's class."""
    made = make_road(cast.junior, cast.secondary, forename="Robin", surname="Marsh")
    cast.class_teacher.posts.get().classes.add(made.class_group)
    return made


@pytest.fixture
def shared_road(cast: Cast, road: Road) -> Road:
    """The same, shared with Northfield."""
    shared(road.handover, by=cast.senco)
    return road


@pytest.fixture
def far_road(cast: Cast) -> Road:
    """A canary child on a shared road between two schools of strangers: data that could leak."""
    made = make_road(cast.far_junior, cast.far_secondary, forename="Canary", surname=CANARY)
    shared(made.handover, by=cast.stranger_senco, body_text=f"{CANARY} text")
    cast.stranger_class_teacher.posts.get().classes.add(made.class_group)
    return made


SignIn = Callable[..., Client]


@pytest.fixture
def sign_in(db: None) -> SignIn:
    """`sign_in(user)` gives a client with a session behind which a second factor stands; `mfa=False` without one,
    `ago` seconds after it was shown."""

    def signed_in(user: User, *, mfa: bool = True, ago: float = 0) -> Client:
        client = Client()
        user.refresh_from_db()  # what ends their sessions is compared with each request
        client.force_login(user)
        methods = [{"method": "password", "at": time.time() - ago, "email": user.email}]
        if mfa:
            methods.append({"method": "mfa", "at": time.time() - ago, "type": "totp"})
        session = client.session
        session["account_authentication_methods"] = methods
        session["account_authentication_methods_user"] = str(user.pk)
        session.save()
        return client

    return signed_in
