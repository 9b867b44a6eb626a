"""Building a county, and counting what stands in it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime

from django.db import connection, transaction

from bench.county import plan
from bench.county.children import ORDER, Year, years_of
from bench.county.offer import lay_offer
from bench.county.places import Dice, build_places
from bench.county.sheet import Sheet
from partnership.lib.dates import academic_year_of
from schools.models import Organisation

Say = Callable[[str], None]
SEED = 350


def is_built() -> bool:
    """Whether a county stands in this database."""
    return Organisation.objects.filter(is_county=True).exists()


@transaction.atomic
def build(scale: str, *, now: datetime, say: Say) -> Counter[str]:
    """The whole county in one transaction as owner; every key and constraint is checked as in daily life."""
    began, dice, counts = time.monotonic(), Dice(SEED), Counter[str]()
    this = academic_year_of(now.date())
    places = build_places(dice, plan.SCALES[scale], year=this, now=now)
    counts.update(places.counts)
    say(f"{len(places.schools)} schools, {counts['people']} people ({time.monotonic() - began:.0f} s)")
    counts.update(lay_offer(Dice(SEED + 1), places, year=this, now=now))
    say(f"{counts['sessions']} sessions of CPD ({time.monotonic() - began:.0f} s)")
    for entry in years_of(now, this):
        rows = Year(dice, places, entry=entry, now=now).lay()
        for model in ORDER:
            counts[str(model._meta.verbose_name_plural)] += Sheet(model).copy(rows[model])
        say(f"the children of September {entry} ({time.monotonic() - began:.0f} s)")
    return counts


def settle() -> None:
    """What a night's autovacuum would do: statistics, and the visibility map that lets an index answer alone."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


def table(counts: Counter[str]) -> str:
    return "\n".join(f"  {name:28} {number:>9,}" for name, number in counts.items())
