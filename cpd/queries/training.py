"""Statutory training: what holds where, when it was done last, and when it runs out."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Max
from django.utils import timezone

from cpd.models import Attendance, PassportEntry, TrainingKind
from cpd.queries.passport import Passport
from cpd.rules.training import Kind, Standing, State
from partnership.access.permissions import Permission
from partnership.access.viewer import Viewer
from schools.enums import OrganisationKind, Role
from schools.models import Organisation, Post
from schools.queries.duties import duties_for, partnerships_of

ENDS = "cpd_training_ends"
"""How long before a training runs out its person is told."""
Done = Mapping[tuple[uuid.UUID, str], date]


def kinds_for(organisation_ids: Collection[uuid.UUID], *, on: date) -> dict[uuid.UUID, list[Kind]]:
    """What holds at each organisation: its partnership's rows before those that hold everywhere. Two queries."""
    defaults: dict[str, Kind] = {}
    own: dict[uuid.UUID, dict[str, Kind]] = defaultdict(dict)
    for row in TrainingKind.objects.in_force(on=on):
        kind = Kind(row.code, row.title, frozenset(row.roles), row.months, row.source)
        (own[row.partnership_id] if row.partnership_id else defaults)[row.code] = kind
    chains = partnerships_of(set(organisation_ids), on=on) if own else {}
    found = {}
    for each in organisation_ids:
        kinds = dict(defaults)
        for partnership_id in reversed(chains.get(each, ())):
            kinds |= own.get(partnership_id, {})
        found[each] = sorted(kinds.values(), key=lambda kind: (not kind.roles, kind.title))
    return found


def kinds_at(school: Organisation, *, on: date) -> list[Kind]:
    return kinds_for([school.pk], on=on)[school.pk]


def my_kinds(viewer: Viewer, *, on: date) -> list[Kind]:
    """What an entry of the viewer's may count for; without a post, what holds everywhere."""
    here = [post.organisation_id for post in viewer.posts] or [uuid.UUID(int=0)]
    kinds = {kind.code: kind for found in kinds_for(here, on=on).values() for kind in found}
    return sorted(kinds.values(), key=lambda kind: kind.title)


def done_by(people: Collection[uuid.UUID], *, now: datetime) -> Done:
    """The last day of each training of each person: of their own entries and of our sessions. Two queries."""
    done: dict[tuple[uuid.UUID, str], date] = {}
    entries = PassportEntry.objects.training_of(people).values_list("person_id", "counts_for")
    for person_id, code, day in entries.annotate(last=Max("on")).order_by():
        done[person_id, code] = day
    rows = Attendance.objects.training_of(people).filter(session__ends_at__lte=now)
    sessions = rows.values_list("person_id", "session__programme__counts_for")
    for person_id, code, moment in sessions.annotate(last=Max("session__ends_at")).order_by():
        day = timezone.localdate(moment)
        key = (person_id, code)
        done[key] = max(day, done.get(key, day))
    return done


@dataclass(frozen=True, slots=True)
class Row:
    """One member of staff: which roles, and how it stands with each training."""

    person_id: uuid.UUID
    name: str
    roles: str
    pairs: Sequence[tuple[Kind, Standing]]


@dataclass(frozen=True, slots=True)
class Matrix:
    """A school's staff and its trainings."""

    kinds: Sequence[Kind]
    rows: Sequence[Row]

    def number(self, state: State) -> int:
        """How many people have at least one training that stands so."""
        return sum(any(cell.state == state for _, cell in row.pairs) for row in self.rows)

    @property
    def overdue(self) -> int:
        return self.number(State.OVERDUE)

    @property
    def soon(self) -> int:
        return self.number(State.SOON)

    @property
    def unknown(self) -> int:
        return self.number(State.UNKNOWN)


def matrix_of(viewer: Viewer, organisation_id: uuid.UUID, *, now: datetime) -> Matrix:
    """Everybody in post at one of the viewer's own schools, by name. Empty for any other."""
    if not viewer.may(Permission.BOOK_STAFF, organisation_id):
        return Matrix((), ())
    return matrices_of([organisation_id], now=now)[organisation_id]


def matrices_of(organisation_ids: Collection[uuid.UUID], *, now: datetime) -> dict[uuid.UUID, Matrix]:
    """The same of several, in as many queries as of one; the caller has asked whether they are the viewer's own."""
    today = timezone.localdate(now)
    kinds, book = kinds_for(organisation_ids, on=today), duties_for(organisation_ids, on=today)
    posts = Post.objects.current(on=today).filter(organisation__in=organisation_ids, user__is_active=True)
    names: dict[uuid.UUID, dict[uuid.UUID, str]] = defaultdict(dict)
    roles: dict[tuple[uuid.UUID, uuid.UUID], list[str]] = defaultdict(list)
    for post in posts.by_person().select_related("user"):
        names[post.organisation_id][post.user_id] = post.user.name
        roles[post.organisation_id, post.user_id].append(post.role)
    done = done_by({person_id for _, person_id in roles}, now=now)
    found = {}
    for each in organisation_ids:
        soon = book.of(ENDS, each).span
        rows = [
            Row(
                person_id,
                name,
                ", ".join(str(Role(role).label) for role in dict.fromkeys(held)),
                [
                    (kind, kind.standing(held, done.get((person_id, kind.code)), today=today, soon=soon))
                    for kind in kinds[each]
                ],
            )
            for person_id, name in names[each].items()
            for held in [roles[each, person_id]]
        ]
        found[each] = Matrix(kinds[each], rows)
    return found


@dataclass(frozen=True, slots=True)
class Pressing:
    """What is overdue, or ends soon, at one school: how many people, which trainings, and the earliest day."""

    school_id: uuid.UUID
    school: str
    state: State
    people: int
    titles: Sequence[str]
    ends_on: date


def pressing_at(viewer: Viewer, *, now: datetime) -> list[Pressing]:
    """Of each school at which the viewer answers for staff; nothing of a school where nothing presses."""
    schools = {
        post.organisation_id: post.organisation_name
        for post in viewer.posts
        if viewer.may(Permission.BOOK_STAFF, post.organisation_id)
    }
    matrices = matrices_of(schools, now=now)
    found = []
    for school_id, school in schools.items():
        matrix = matrices[school_id]
        for state in (State.OVERDUE, State.SOON):
            cells = [
                (kind.title, cell.ends_on)
                for row in matrix.rows
                for kind, cell in row.pairs
                if cell.state == state and cell.ends_on
            ]
            if cells:
                titles = sorted({title for title, _ in cells})
                first = min(ends_on for _, ends_on in cells)
                found.append(Pressing(school_id, school, state, matrix.number(state), titles, first))
    return found


@dataclass(frozen=True, slots=True)
class Mine:
    """One training of one's own, and how it stands."""

    kind: Kind
    standing: Standing


def my_training(viewer: Viewer, passport: Passport, *, now: datetime) -> list[Mine]:
    """What one's posts of today ask for, the soonest to end first; what two posts ask is said once, at its strictest."""
    if viewer.user_id is None or not viewer.posts:
        return []
    today = timezone.localdate(now)
    here = {post.organisation_id for post in viewer.posts}
    kinds, book = kinds_for(here, on=today), duties_for(here, on=today)
    found: dict[str, Mine] = {}
    for post in viewer.posts:
        soon = book.of(ENDS, post.organisation_id).span
        for kind in kinds[post.organisation_id]:
            day = passport.last(kind.code, now=now)
            standing = kind.standing([post.role], day, today=today, soon=soon)
            known = found.get(kind.code)
            if standing.state != State.NONE and (
                known is None or (standing.ends_on or date.min) < (known.standing.ends_on or date.min)
            ):
                found[kind.code] = Mine(kind, standing)
    return sorted(found.values(), key=lambda mine: (mine.standing.ends_on or date.min, mine.kind.title))


@dataclass(frozen=True, slots=True)
class RunsOut:
    """A training that somebody must renew before a day."""

    person_id: uuid.UUID
    code: str
    ends_on: date


def running_out(*, today: date) -> Iterator[RunsOut]:
    """For reminders alone: what ends soon, of everybody in post at a school; each once, at the earliest of its ends."""
    posts = Post.objects.current(on=today).filter(
        organisation__kind=OrganisationKind.SCHOOL, user__is_active=True
    )
    held = list(posts.values_list("user_id", "organisation_id", "role"))
    here = {organisation_id for _, organisation_id, _ in held}
    kinds, book = kinds_for(here, on=today), duties_for(here, on=today)
    done = done_by({user_id for user_id, *_ in held}, now=timezone.now())
    ends: dict[tuple[uuid.UUID, str], date] = {}
    for user_id, organisation_id, role in held:
        soon = book.of(ENDS, organisation_id).span
        for kind in kinds[organisation_id]:
            standing = kind.standing([role], done.get((user_id, kind.code)), today=today, soon=soon)
            if standing.state == State.SOON and standing.ends_on is not None:
                key = (user_id, kind.code)
                ends[key] = min(standing.ends_on, ends.get(key, standing.ends_on))
    for (user_id, code), day in ends.items():
        yield RunsOut(user_id, code, day)


def own_schools(viewer: Viewer) -> list[Organisation]:
    """The schools whose staff the viewer answers for."""
    return list(Organisation.objects.filter(pk__in=viewer.reach(Permission.BOOK_STAFF)).by_name())


def chosen(schools: Sequence[Organisation], asked: str) -> Organisation:
    """The school asked for, if it is one of these; else the first. Whoever books for staff has one."""
    return next((each for each in schools if str(each.pk) == asked), schools[0])
