"""A school's facts in words, in the order people ask for them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.http import urlencode

from partnership.ui.components import SummaryRow
from schools.enums import SchoolStatus

if TYPE_CHECKING:
    from schools.models import Organisation


def facts_of(school: Organisation) -> list[SummaryRow]:
    """The rows of the summary list; what is not known is left out."""
    rows = [
        ("Ages", ages(school)),
        ("Type", school.type_name),
        ("Status", status(school)),
        ("On roll", school.number_on_roll),
        ("Local authority", narrowed(school.local_authority, "la")),
        ("Trust", narrowed(school.trust, "trust")),
        ("Address", address(school)),
        ("Telephone", school.telephone),
        ("Website", website(school.website)),
        ("URN", school.urn),
        ("DfE number", school.dfe_number),
    ]
    return [SummaryRow(key, value) for key, value in rows if value not in (None, "")]


def ages(school: Organisation) -> str:
    """'4 to 11', or what is known of it."""
    low, high = school.low_age, school.high_age
    if high is None:
        return "" if low is None else f"From {low}"
    return f"Up to {high}" if low is None else f"{low} to {high}"


def status(school: Organisation) -> str:
    """The status with its day, where GIAS gives one."""
    label = school.get_status_display()
    if school.status == SchoolStatus.CLOSED and school.closed_on:
        return f"{label} since {date_format(school.closed_on, 'j F Y')}"
    return label


def address(school: Organisation) -> str:
    """The address, a line each."""
    parts = (school.street, school.locality, school.town, school.county, school.postcode)
    return "\n".join(part for part in parts if part)


def narrowed(organisation: Organisation | None, parameter: str) -> str:
    """A link to the directory narrowed to a trust's or an authority's schools."""
    if organisation is None:
        return ""
    href = f"{reverse('schools:directory')}?{urlencode({parameter: str(organisation.pk)})}"
    return format_html('<a class="govuk-link" href="{}">{}</a>', href, organisation.name)


def website(address: str) -> str:
    """A link only where the address is a web address: GIAS holds all sorts (data.md §1)."""
    if not address:
        return ""
    parts = urlsplit(address if "//" in address else f"https://{address}")
    if parts.scheme not in ("http", "https") or not parts.hostname or "." not in parts.hostname:
        return address
    name = parts.hostname.removeprefix("www.")
    return format_html(
        '<a class="govuk-link" href="{}" rel="noopener noreferrer">{}</a>', parts.geturl(), name
    )
