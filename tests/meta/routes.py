"""Every address of the platform, from the resolver."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver


def routes() -> Iterator[tuple[str, str, Callable[..., Any]]]:
    """(name with namespace or '', route, view) of every address."""
    yield from walk(get_resolver(), "", ())


def walk(
    resolver: URLResolver, prefix: str, spaces: tuple[str, ...]
) -> Iterator[tuple[str, str, Callable[..., Any]]]:
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inside = (*spaces, pattern.namespace) if pattern.namespace else spaces
            yield from walk(pattern, route, inside)
        elif isinstance(pattern, URLPattern):
            yield ":".join((*spaces, pattern.name)) if pattern.name else "", route, pattern.callback
