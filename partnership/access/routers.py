"""Which connection a row goes by. Counters of failed tries go beside the request, so that they outlive its undoing."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import Model

BESIDE = "beside"
"""The same database by a second connection, in autocommit (walls §2)."""


class BesideRouter:
    """The cache's table, where the counters lie, is read and written by `settings.COUNTERS_BY`; nothing migrates there."""

    def db_for_read(self, model: type[Model], **unused: Any) -> str | None:
        counters = settings.CACHES["default"]["LOCATION"]
        return str(settings.COUNTERS_BY) if model._meta.db_table == counters else None

    db_for_write = db_for_read

    def allow_migrate(self, db: str, app_label: str, **unused: Any) -> bool | None:
        return False if db == BESIDE else None
