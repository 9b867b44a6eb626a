"""The frame of every page, the style guide and the error pages."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.template.loader import render_to_string
from django.test import RequestFactory

from partnership.access.viewer import NOBODY, Viewer
from partnership.ui.views import styleguide

TEMPLATES = Path(settings.BASE_DIR) / "templates"


def request_for(viewer: Viewer = NOBODY, path: str = "/styleguide/", **query: str) -> object:
    request = RequestFactory().get(path, query)
    request.viewer = viewer  # type: ignore[attr-defined]
    request.user = None  # type: ignore[assignment]
    request._messages = CookieStorage(request)  # type: ignore[attr-defined]
    return request


@pytest.mark.parametrize("rows", ["0", "1", "200", "nonsense"])
def test_the_style_guide_draws_short_and_long_lists(rows: str) -> None:
    html = styleguide(request_for(rows=rows)).content.decode()  # type: ignore[arg-type]
    assert ("No one is leaving yet" in html) == (rows == "0")
    assert html.count("<h1") == 1


def test_the_frame_configures_htmx_as_the_walls_say() -> None:
    html = styleguide(request_for()).content.decode()  # type: ignore[arg-type]
    found = re.search(r"name=\"htmx-config\" content='([^']+)'", html)
    assert found is not None
    assert json.loads(found.group(1)) == {
        "allowEval": False,
        "includeIndicatorStyles": False,
        "selfRequestsOnly": True,
        "allowScriptTags": False,
        "historyCacheSize": 0,
    }


def test_a_page_asks_no_other_host_and_holds_nothing_inline() -> None:
    html = styleguide(request_for()).content.decode()  # type: ignore[arg-type]
    assert not re.search(r"(src|href)=\"(https?:)?//", html)
    assert not re.search(r"<script(?![^>]*\bsrc=)", html)
    assert not re.search(r"<[^>]*\s(style|on\w+)=", html)
    assert "<style" not in html


@pytest.mark.parametrize("name", ["400.html", "403_csrf.html", "500.html"])
def test_pages_for_when_all_else_fails_need_no_context(name: str) -> None:
    source = (TEMPLATES / name).read_text()
    assert "{%" not in source
    assert "{{" not in source
    assert "<h1" in source


@pytest.mark.parametrize("name", ["403.html", "404.html"])
@pytest.mark.parametrize("with_viewer", [True, False])
def test_error_pages_come_whole_even_where_no_viewer_was_built(name: str, with_viewer: bool) -> None:
    request = request_for()
    if not with_viewer:
        del request.viewer  # type: ignore[attr-defined]
    html = render_to_string(name, request=request)  # type: ignore[arg-type]
    assert "home page" in html
    assert html.count("<h1") == 1


def test_our_templates_hold_no_inline_style_or_handler() -> None:
    for path in TEMPLATES.rglob("*.html"):
        if {"mail", "email"} & set(path.parts):  # mail programs know no other styles
            continue
        assert not re.search(r"<[a-z][^>]*\s(style|onclick|onload|onsubmit|onchange)=", path.read_text()), (
            path
        )


def test_words_are_ours() -> None:
    for path in TEMPLATES.rglob("*"):
        if path.is_file():
            text = re.sub(r"\{[%#].*?[%#]\}|<!.*?>", "", path.read_text())
            assert not re.search(r"\b([Pp]lease|[Ss]uccessfully)\b", text), path
