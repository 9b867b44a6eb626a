"""The first coordinator of a new installation: everyone else is invited through the pages."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from partnership.accounts.models import User
from partnership.lib.dates import day_words
from schools.actions import posting
from schools.enums import OrganisationKind, Role
from schools.models import Organisation
from schools.queries.people import last_day_of


class Command(BaseCommand):
    help = (
        "Appoints a coordinator and prints a link that lets them in once. Makes the partnership if it is new."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--name", required=True, help="full name")
        parser.add_argument("--email", required=True, help="their own address, with which they will sign in")
        parser.add_argument("--partnership", required=True, help="the partnership's name")
        parser.add_argument(
            "--county", action="store_true", help="it is a county partnership, with clusters inside it"
        )

    def handle(self, *args: Any, name: str, email: str, partnership: str, **options: Any) -> None:
        email = email.strip().lower()
        try:
            validate_email(email)
        except ValidationError:
            raise CommandError(f"{email} is not an e-mail address.") from None
        at = timezone.now()
        with transaction.atomic():
            place = self.partnership(partnership, county=options["county"])
            user = User.objects.filter(email=email).first() or posting.new_person(
                name=name, email=email, by=None, at=at
            )
            post, new = posting.put_in_post(
                user=user,
                role=Role.COORDINATOR,
                organisation=place,
                starts_on=timezone.localdate(at),
                by=None,
                at=at,
            )
            self.stdout.write(f"{user.name} is {'now' if new else 'already'} coordinator of {place.name}.")
            if user.has_usable_password():
                self.stdout.write("They have an account: they sign in as before.")
                return
            invitation, token = posting.write_invitation(post=post, email=email, by=None, at=at)
        until = day_words(last_day_of(invitation))
        self.stdout.write(f"Give them this link. It works once, until {until}:")
        self.stdout.write(posting.link_of(token))

    def partnership(self, name: str, *, county: bool) -> Organisation:
        """The one of this name, as it is; a new one where there is none."""
        found = Organisation.objects.filter(kind=OrganisationKind.PARTNERSHIP, name__iexact=name.strip())
        if found.count() > 1:
            raise CommandError(f"There are several partnerships called {name}.")
        return found.first() or Organisation.objects.create(
            kind=OrganisationKind.PARTNERSHIP, name=name.strip(), is_county=county
        )
