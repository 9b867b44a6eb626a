"""Walking every link from a person's first page, as far as there are any."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.test import Client
from django.urls import reverse

LINK = re.compile(
    r'<a\b[^>]*?\bhref="([^"#]+)"|<form\b[^>]*?\baction="([^"]+)"[^>]*?\bmethod="get"', re.IGNORECASE
)
IDS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
STARTS = (
    "home", "inbox:list", "schools:directory", "schools:map", "schools:staff", "schools:my_account",
    "transitions:leaving", "transitions:joining", "transitions:counts", "transitions:class_notes", "imports:list",
)  # fmt: skip
OF_A_SHAPE = 3
"""So many addresses that differ only in ids and in the values of their query are opened: the next looks the same."""


def pages(
    client: Client, *, starts: tuple[str, ...] = STARTS, at_most: int = 400
) -> Iterator[tuple[str, str]]:
    """(address, text) of every page, file and refusal that a person comes to by following links."""
    waiting, known, shapes = deque(reverse(name) for name in starts), set[str](), dict[str, int]()
    while waiting and len(known) < at_most:
        address = waiting.popleft()
        if address in known or "logout" in address:
            continue
        known.add(address)
        shape = shape_of(address)
        shapes[shape] = shapes.get(shape, 0) + 1
        if shapes[shape] > OF_A_SHAPE:
            continue
        response = client.get(address)
        yield address, text_of(response)
        if response.status_code in (301, 302):
            waiting.append(local(response.headers["Location"], address))
        elif "text/html" in response.headers.get("Content-Type", ""):
            waiting.extend(links(response, address))


def links(response: Any, address: str) -> Iterator[str]:
    for match in LINK.finditer(response.content.decode()):
        if place := local(unescape(match[1] or match[2]), address):
            yield place


def local(href: str, address: str) -> str:
    """The address within the platform, or ''."""
    place = urlsplit(urljoin(f"http://testserver{address}", href))
    if place.hostname != "testserver" or not place.path.startswith("/") or place.path.startswith("/static/"):
        return ""
    return f"{place.path}?{place.query}" if place.query else place.path


def shape_of(address: str) -> str:
    """The address without ids and without what its filters ask for."""
    path, _, query = address.partition("?")
    return f"{IDS.sub('<id>', path)}?{'&'.join(sorted(part.split('=')[0] for part in query.split('&')))}"


def text_of(response: Any) -> str:
    body = b"".join(response) if response.streaming else response.content
    return body.decode(errors="replace") + str(response.headers)
