"""People. A user may have no e-mail and no way to sign in: staff exist before, and without, an account."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac

from partnership.lib.names import fold


class UserManager(BaseUserManager["User"]):
    """Makes people; an e-mail is optional and stored in lower case."""

    def create_user(
        self, *, name: str, email: str | None = None, password: str | None = None, **extra: Any
    ) -> User:
        """A person, able to sign in only when both an e-mail and a password are given."""
        user = self.model(name=name, email=(email or "").strip().lower() or None, **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, *, name: str, email: str, password: str | None = None, **extra: Any) -> User:
        """A superuser: keeps the installation, and sees no child by name (practice P6)."""
        return self.create_user(
            name=name, email=email, password=password, is_staff=True, is_superuser=True, **extra
        )

    def get_by_natural_key(self, username: str | None) -> User:
        """By e-mail, whatever its case."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person who works in or with a school. What they may do follows from their posts, never from this row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField("full name", max_length=150)
    name_key = models.CharField(max_length=200, editable=False, db_index=True)
    email = models.EmailField("e-mail", null=True, blank=True, max_length=254)  # noqa: DJ001 - unique, so NULL
    is_active = models.BooleanField("may sign in", default=True)
    is_staff = models.BooleanField("may reach the admin's door", default=False)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)
    sessions_ended = models.PositiveIntegerField(default=0, db_default=0, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = "person"
        verbose_name_plural = "people"
        constraints = [
            models.UniqueConstraint(fields=["email"], name="user_email_unique"),
            models.CheckConstraint(
                condition=models.Q(email__isnull=True) | ~models.Q(email=""), name="user_email_null_not_blank"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keeps the e-mail in lower case and the folded name, by which every server orders alike."""
        self.email = (self.email or "").strip().lower() or None
        self.name_key = fold(self.name)[:200]
        super().save(*args, **kwargs)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """As Django's, and it changes with every ending of this person's sessions, not with the password alone."""
        ended = str(
            self.sessions_ended or ""
        )  # none yet: the hash is Django's own, so that an update signs nobody out
        return salted_hmac(
            "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash",
            self.password + ended,
            secret=secret,
            algorithm="sha256",
        ).hexdigest()

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0]


class SignInCode(models.Model):
    """A code that a school gave somebody to sign in with, once. It goes when it is used or replaced; any ending of the
    person's sessions ends it too."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    organisation_id = models.UUIDField()
    code_hash = models.CharField(max_length=64, unique=True)
    given_by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    expires_at = models.DateTimeField(db_index=True)
    sessions_ended = models.PositiveIntegerField()
    """The person's count when it was given."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "organisation_id"], name="sign_in_code_once")]

    def __str__(self) -> str:
        return f"Sign-in code for {self.user}"
