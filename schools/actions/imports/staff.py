"""The staff list: appoints, and invites whoever has an e-mail and no account yet. Nobody is ever ended by it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from partnership.access.viewer import NOBODY, Viewer, build_viewer
from partnership.accounts.models import User
from partnership.lib.names import fold
from schools import rules
from schools.actions import inviting, people, posting
from schools.actions.imports.base import (
    Applying,
    Guide,
    StagedRow,
    Staging,
    problem,
    refused,
    stored,
    too_long,
)
from schools.actions.imports.rows import going_in
from schools.enums import ImportKind, Role, RowOutcome
from schools.formats.errors import Parsed
from schools.formats.staff_csv import TEMPLATE, StaffRecord, read_staff
from schools.models import Invitation, Organisation, Post
from schools.queries.finding import Finder, Found


class StaffImporter:
    """A row is one post. A person is known by their e-mail, without one by their name at the school."""

    kind = ImportKind.STAFF
    guide = Guide(
        title="Staff list",
        hint="Name, e-mail (or none), role, school and from when. Whoever has an e-mail is invited when you apply it.",
        template=TEMPLATE,
        after=(("schools:staff", "Look at the staff"),),
    )

    def stage(self, staging: Staging) -> None:
        file = read_staff(staging.content())
        staging.expect(file.rows)
        reading = StaffReading(staging)
        for parsed in file:
            staging.add(reading.row(parsed))
        staging.warn(*file.warnings)

    def apply(self, applying: Applying) -> dict[str, int]:
        """Row by row through the same act as the page; what has become impossible meanwhile is left out and counted."""
        done = {"appointed": 0, "invited": 0, "left_out": 0}
        made: dict[str, User] = {}
        for row in going_in(applying.importing):
            try:
                with transaction.atomic():
                    post = self._appoint(row.data, row.target_id, made, applying)
                    done["appointed"] += 1
                    done["invited"] += self._invite(post, applying)
            except (inviting.NotPossible, PermissionDenied, User.DoesNotExist):
                done["left_out"] += 1
        return done

    def _appoint(self, data: dict[str, Any], user_id: Any, made: dict[str, User], applying: Applying) -> Post:
        organisation = Organisation.objects.get(pk=data["organisation"])
        user = self._person(data, user_id, made, applying)
        starts_on = date.fromisoformat(data["starts_on"])
        if applying.by.user_id is None:  # a command on the server, run by whoever keeps it
            post, new = posting.put_in_post(
                user=user, role=data["role"], organisation=organisation, service=data["service"],
                starts_on=starts_on, by=None, at=applying.at,
            )  # fmt: skip
            if not new:
                raise inviting.NotPossible("This post is held already.")
            return post
        return people.appoint(
            user=user, role=data["role"], organisation=organisation, service=data["service"],
            starts_on=starts_on, by=applying.by, at=applying.at,
        )  # fmt: skip

    def _person(self, data: dict[str, Any], user_id: Any, made: dict[str, User], applying: Applying) -> User:
        """A child transaction that fails must not leave a person in `made` who was rolled back with it."""
        key = data["person"]
        if user_id:
            return User.objects.get(pk=user_id)
        if key in made and User.objects.filter(pk=made[key].pk).exists():
            return made[key]
        found = User.objects.filter(email=data["email"]).first() if data["email"] else None
        if found is not None and not people.same_name(found.name, data["name"]):
            raise inviting.NotPossible("This address belongs to somebody under another name.")
        made[key] = found or posting.new_person(
            name=data["name"], email=data["email"], by=applying.by.user_id, at=applying.at
        )
        return made[key]

    def _invite(self, post: Post, applying: Applying) -> bool:
        user = post.user
        if not user.email or not user.is_active or user.has_usable_password():
            return False
        if Invitation.objects.open(at=applying.at).filter(post__user=user).exists():
            return False
        if applying.by.user_id is None:
            invitation, token = posting.write_invitation(post=post, email=user.email, by=None, at=applying.at)
            posting.post_invitation(invitation, token, at=applying.at)
        else:
            inviting.invite(post=post, email=user.email, by=applying.by, at=applying.at)
        return True


class StaffReading:
    """The checks of one list, with what they need to remember between rows."""

    def __init__(self, staging: Staging) -> None:
        self._staging = staging
        self._today = timezone.localtime(staging.at).date()
        by_id = staging.importing.by_id
        self._viewer: Viewer = build_viewer(user_id=by_id, mfa=True) if by_id else NOBODY
        self._from_command = by_id is None
        self._finder = Finder(any_kind=True)

    def row(self, parsed: Parsed[StaffRecord]) -> StagedRow:
        record = parsed.record
        if record is None or not parsed.ok:
            return refused(parsed.line, *stored(parsed.problems))
        if long := too_long(User, {"name": record.name, "email": record.email}):
            name, value, reason = long
            label = {"name": "Name", "email": "E-mail"}[name]
            return refused(parsed.line, problem(parsed.line, label, value, reason))
        found = self._place(record)
        organisation = found.organisation
        if organisation is None:
            if found.unknown and self._staging.lenient:
                self._staging.warn(f"{found.reason} (line {parsed.line}).")
            said = (
                record.school.name or record.school.dfe_number or str(record.school.urn)
                if record.school
                else ""
            )
            return refused(parsed.line, problem(parsed.line, "School", said, found.reason))
        if reason := self._why_not(record, organisation):
            return refused(parsed.line, problem(parsed.line, "Role", Role(record.role).label, reason))
        return self._staged(parsed.line, record, organisation)

    def _place(self, record: StaffRecord) -> Found:
        if record.school is not None:
            return self._finder.find(record.school)
        own = self._staging.organisation
        return Found(own) if own else Found(reason="The row names no school")

    def _why_not(self, record: StaffRecord, organisation: Organisation) -> str:
        label = Role(record.role).label
        if record.role not in rules.ROLES_AT.get(organisation.kind, ()):
            return f"There is no {label} at an organisation of this kind"
        if self._from_command:
            return ""
        allowed = rules.may_appoint(
            self._viewer, record.role, organisation_id=organisation.pk, kind=organisation.kind
        )
        return "" if allowed else f"You do not appoint a {label} at this school"

    def _staged(self, line: int, record: StaffRecord, organisation: Organisation) -> StagedRow:
        starts_on = record.starts_on or self._today
        data: dict[str, Any] = {
            "show": {
                "title": record.name,
                "detail": f"{Role(record.role).label}, {organisation.name}"
                + (f", {record.email}" if record.email else ", without e-mail"),
            },
            "name": record.name,
            "email": record.email,
            "role": record.role,
            "service": record.service,
            "organisation": str(organisation.pk),
            "starts_on": starts_on.isoformat(),
            "person": record.email or f"{fold(record.name)}@{organisation.pk}",
        }
        if record.email:
            known = list(User.objects.filter(email=record.email))
            if known and not people.same_name(known[0].name, record.name):
                reason = "This address belongs to somebody under another name: check the spelling of both"
                return refused(line, problem(line, "E-mail", record.email, reason))
            mailbox = Organisation.objects.filter(mailbox__iexact=record.email).exists()
            if mailbox:
                reason = "This is a school's shared mailbox, which is nobody's sign-in: give the person's own, or none"
                return refused(line, problem(line, "E-mail", record.email, reason))
        else:
            here = Post.objects.current(on=self._today).filter(organisation=organisation)
            people_here = User.objects.filter(name_key=fold(record.name)[:200], posts__in=here)
            known = list(people_here.distinct().order_by("pk"))
        if len(known) > 1:
            return self._undecided(line, data, known)
        if known and self._holds(known[0], record.role, organisation, starts_on):
            return StagedRow(line, RowOutcome.UNCHANGED, key=data["person"], target_id=known[0].pk)
        return StagedRow(
            line, RowOutcome.NEW, data, key=data["person"], target_id=known[0].pk if known else None
        )

    def _holds(self, user: User, role: str, organisation: Organisation, on: date) -> bool:
        day = max(on, self._today)
        return Post.objects.current(on=day).filter(user=user, role=role, organisation=organisation).exists()

    def _undecided(self, line: int, data: dict[str, Any], known: list[User]) -> StagedRow:
        """Two people of one name at one school, and no e-mail to tell which is meant."""
        choices = [
            {"value": str(user.pk), "label": f"{user.name}, {user.email or 'without e-mail'}", "outcome": "new",
             "target": str(user.pk)}
            for user in known
        ]  # fmt: skip
        choices.append({"value": "new", "label": "Somebody else of the same name", "outcome": "new"})
        choices.append({"value": "leave_out", "label": "Leave this row out", "outcome": "dropped"})
        reason = "Several people here have this name: say who is meant"
        return StagedRow(
            line,
            RowOutcome.UNDECIDED,
            {**data, "choices": choices},
            problems=[problem(line, "Name", data["name"], reason)],
        )
