"""A form that creates something carries the id of what it will create: sent twenty times, it makes one."""

from __future__ import annotations

import uuid
from typing import Any, TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, transaction
from django.db.models import Manager, Model

Row = TypeVar("Row", bound=Model)


class UsedElsewhere(Exception):
    """A row of this id stands where the sender of the form does not reach."""


def make_once(rows: Manager[Row], id: uuid.UUID, **facts: Any) -> tuple[Row, bool]:
    """The row of this id, made where it is missing, and whether it was. Raises UsedElsewhere."""
    try:
        with transaction.atomic():
            return rows.get_or_create(pk=id, defaults=facts)
    except (IntegrityError, ObjectDoesNotExist):
        raise UsedElsewhere from None
