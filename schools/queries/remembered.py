"""What a process has read of terms and duties, and says again for a moment: public facts alone, nobody's reach, no child.

A change made by this process is known at once, one made by another within `REMEMBER_SECONDS`."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models.signals import post_delete, post_save

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Remembered(Generic[K, V]):
    """Answers by key, as long as none of the rows they come from is saved or deleted here, and no longer than the moment."""

    def __init__(self, *sources: type[models.Model]) -> None:
        self.forget()
        for source in sources:
            post_save.connect(self.changed, sender=source)
            post_delete.connect(self.changed, sender=source)

    def of(self, keys: Iterable[K], read: Callable[[set[K], Mapping[K, V]], Mapping[K, V]]) -> dict[K, V]:
        """The answers to these keys; `read` is asked for those not known, and is told what is."""
        asked = set(keys)
        if self.unsaved():
            return dict(read(asked, {}))
        if time.monotonic() >= self.since + settings.REMEMBER_SECONDS:
            self.forget()
        known = (
            self.known
        )  # whoever forgets meanwhile begins another: what is being read now is not taken over into it
        if missing := asked - known.keys():
            known.update(read(missing, known))
        return {key: known[key] for key in asked}

    def forget(self) -> None:
        self.known: dict[K, V] = {}
        self.since = time.monotonic()

    def changed(self, **unused: Any) -> None:
        """Forget now, and once more when others can read it; until then this transaction remembers nothing."""
        self.forget()
        if connection.in_atomic_block:
            transaction.on_commit(self.forget)

    def unsaved(self) -> bool:
        """Whether this transaction has changed what is remembered: it may still be undone."""
        return any(pending[1] == self.forget for pending in connection.run_on_commit)
