"""The few drawings pages use: 24 x 24, one stroke, in the colour of the text beside them."""

from __future__ import annotations

from functools import cache

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

STROKED = {
    "alert": '<path d="M12 4 21 20H3Z"/><path d="M12 10v4.5M12 17.2v.1"/>',
    "arrow-right": '<path d="M4 12h15M13 6l6 6-6 6"/>',
    "calendar": '<rect x="4" y="5.5" width="16" height="15" rx="2"/><path d="M4 10.5h16M8.5 3v4M15.5 3v4"/>',
    "check": '<path d="m5 12.8 4.6 4.7L19.5 7"/>',
    "chevron-down": '<path d="m5 9 7 7 7-7"/>',
    "clock": '<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5.3l3.4 2"/>',
    "close": '<path d="m6 6 12 12M18 6 6 18"/>',
    "download": '<path d="M12 4v11M7 11l5 5 5-5M5 20h14"/>',
    "edit": '<path d="M5 19h3.6L19.5 8.1l-3.6-3.6L5 15.4Z"/>',
    "eye": '<path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12Z"/><circle cx="12" cy="12" r="3"/>',
    "filter": '<path d="M4 6.5h16M7 12h10M10 17.5h4"/>',
    "inbox": '<path d="M3.5 13.5 6.5 5h11l3 8.5V19h-17Z"/><path d="M3.5 13.5H8.6l1.4 2.4h4l1.4-2.4h5.1"/>',
    "info": '<circle cx="12" cy="12" r="8.5"/><path d="M12 11v5.5M12 7.7v.1"/>',
    "lock": '<rect x="5" y="11" width="14" height="9" rx="2"/><path d="M8 11V8a4 4 0 0 1 8 0v3"/>',
    "person": '<circle cx="12" cy="8" r="4"/><path d="M4.5 20.5c0-8 15-8 15 0"/>',
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "print": '<path d="M7 9V4h10v5M7 17H4V9.5h16V17h-3"/><path d="M7 14h10v6.5H7Z"/>',
    "school": '<path d="M3.5 20.5h17M5.5 20.5V11L12 6l6.5 5v9.5M12 6V2.5h4M10 20.5v-5h4v5"/>',
    "search": '<circle cx="10.8" cy="10.8" r="6.3"/><path d="m15.6 15.6 5 5"/>',
    "shield": '<path d="M12 3 5 5.8V11c0 4.5 2.8 7.9 7 10 4.2-2.1 7-5.5 7-10V5.8Z"/>',
    "upload": '<path d="M12 16V5M7 9.5 12 4.5l5 5M5 20h14"/>',
    # Status: each differs from the others by outline alone.
    "status-grey": '<circle cx="12" cy="12" r="8" stroke-width="3"/>',
    "status-blue": '<circle cx="12" cy="12" r="8" stroke-width="3"/><path d="M12 4a8 8 0 0 1 0 16Z" fill="currentColor"/>',
    "status-amber": '<circle cx="12" cy="12" r="9" stroke-width="3"/><path d="M12 6.5v6l4 2.2" stroke-width="3"/>',
    "status-red": '<path d="M12 3.5 22 20.5H2Z" fill="currentColor"/><path d="M12 10v4.6M12 17.4v.1" stroke="#fff"/>',
    "status-green": '<path d="m4 13 5.4 5.5L20.5 6" stroke-width="4"/>',
    # Phase: circle, square, triangle, diamond.
    "phase-primary": '<circle cx="12" cy="12" r="10" fill="currentColor" stroke="none"/>',
    "phase-secondary": '<rect x="2.5" y="2.5" width="19" height="19" fill="currentColor" stroke="none"/>',
    "phase-fe": '<path d="M12 2 23.5 22H.5Z" fill="currentColor" stroke="none"/>',
    "phase-other": '<path d="M12 .5 23.5 12 12 23.5.5 12Z" fill="currentColor" stroke="none"/>',
}


@cache
def icon(name: str) -> SafeString:
    """The drawing of that name, hidden from screen readers: the words beside it carry the meaning.

    Raises KeyError for an unknown name, so that a misspelling fails in the first test that shows it."""
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" '
        'stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">{}</svg>',
        mark_safe(STROKED[name]),  # noqa: S308 - constants of this file
    )
