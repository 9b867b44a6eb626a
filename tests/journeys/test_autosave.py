"""Writing is saved as one writes. The page and the answers are made here; the module under test is the real one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, Route, expect

MODULE = Path(settings.BASE_DIR) / "static" / "src" / "js" / "autosave.js"
ADDRESS = "http://127.0.0.1:1/section/"
PAGE = """<!doctype html><title>Section</title><main>
<form method="post" action="/section/" data-autosave="/section/save/">
<input type="hidden" name="version" value="1"><label>What helps <textarea name="text"></textarea></label>
<p data-autosave-status role="status"><span data-autosave-text>Not saved yet</span></p><button>Save and go on</button></form>
</main><script type="module" src="/autosave.js"></script>"""


@dataclass
class Desk:
    """A page with one section, and what its server was sent."""

    page: Page
    answer: Callable[[Route], None]
    sent: list[dict[str, list[str]]] = field(default_factory=list)

    def handle(self, route: Route) -> None:
        if route.request.url.endswith("/autosave.js"):
            route.fulfill(body=MODULE.read_text(), content_type="text/javascript")
        elif route.request.method == "POST":
            self.sent.append(fields_of(route))
            self.answer(route)
        else:
            route.fulfill(body=PAGE, content_type="text/html")

    def write(self, words: str) -> None:
        self.page.get_by_label("What helps").press_sequentially(words)


def fields_of(route: Route) -> dict[str, list[str]]:
    """The fields of a multipart form, by name."""
    body = route.request.post_data or ""
    boundary = body.split("\r\n", 1)[0]
    found = {}
    for part in body.split(boundary)[1:-1]:
        head, _, value = part.strip("\r\n").partition("\r\n\r\n")
        found[parse_qs(head.replace('"', "").replace("; ", "&"))["name"][0]] = [value]
    return found


def saved(route: Route) -> None:
    route.fulfill(status=200, content_type="application/json", body=json.dumps({"version": 2}))


def conflict(route: Route) -> None:
    panel = "<section data-conflict><h2>Two texts</h2></section><form><input name='version' value='7'></form>"
    route.fulfill(status=409, content_type="text/html", body=panel)


@pytest.fixture
def desk(browser: Browser) -> Iterator[Desk]:
    context = browser.new_context()
    made = Desk(context.new_page(), saved)
    context.route("**/*", made.handle)
    made.page.clock.install()
    made.page.goto(ADDRESS)
    yield made
    context.close()


def test_words_are_saved_after_a_pause_and_the_version_moves_on(desk: Desk) -> None:
    desk.write("Two minutes by the pegs")
    assert desk.sent == []
    desk.page.clock.run_for(2500)
    expect(desk.page.get_by_role("status")).to_have_text("Saved just now")
    assert desk.sent == [{"version": ["1"], "text": ["Two minutes by the pegs"]}]
    desk.page.clock.run_for(20000)
    expect(desk.page.get_by_role("status")).to_contain_text("seconds ago")
    desk.write(".")
    desk.page.clock.run_for(2500)
    expect(desk.page.get_by_role("status")).to_have_text("Saved just now")
    assert desk.sent[1]["version"] == ["2"]


def test_when_two_wrote_both_texts_are_shown_and_nothing_typed_is_lost(desk: Desk) -> None:
    desk.answer = conflict
    desk.write("Mine")
    desk.page.clock.run_for(2500)
    expect(desk.page.get_by_role("heading", name="Two texts")).to_be_visible()
    expect(desk.page.get_by_label("What helps")).to_have_value("Mine")
    desk.write(" still")
    desk.page.clock.run_for(30000)
    assert len(desk.sent) == 1
    expect(desk.page.locator("form [name=version]")).to_have_value("7")


def test_what_is_wrong_is_told_and_not_sent_again_until_it_changes(desk: Desk) -> None:
    errors = json.dumps({"errors": {"text": ["Write at most 500 letters."]}})
    desk.answer = lambda route: route.fulfill(status=422, content_type="application/json", body=errors)
    desk.write("Long")
    desk.page.clock.run_for(2500)
    expect(desk.page.get_by_role("status")).to_have_text("Not saved: Write at most 500 letters.")
    desk.page.clock.run_for(30000)
    assert len(desk.sent) == 1


def test_without_a_connection_the_words_stay_and_it_tries_again(desk: Desk) -> None:
    desk.answer = lambda route: route.abort()
    desk.write("Mine")
    desk.page.clock.run_for(2500)
    expect(desk.page.get_by_role("status")).to_contain_text("Not saved: no connection")
    desk.answer = saved
    desk.page.clock.run_for(10500)
    expect(desk.page.get_by_role("status")).to_have_text("Saved just now")
    assert desk.sent[-1]["text"] == ["Mine"]


def test_nothing_is_kept_in_the_browser(desk: Desk) -> None:
    desk.write("Mine")
    desk.page.clock.run_for(2500)
    expect(desk.page.get_by_role("status")).to_have_text("Saved just now")
    assert desk.page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_who_turns_away_has_not_lost_the_last_words(desk: Desk) -> None:
    desk.write("Mine")
    desk.page.evaluate(
        """() => {
            Object.defineProperty(document, "visibilityState", { value: "hidden" });
            document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )
    expect(desk.page.get_by_role("status")).to_have_text("Saved just now")
    desk.page.clock.run_for(5000)
    assert [each["text"] for each in desk.sent] == [["Mine"]]


def test_signed_out_meanwhile_a_press_loses_no_words(desk: Desk) -> None:
    """The control is the last press: signed in again, it goes on."""
    desk.answer = lambda route: route.fulfill(status=403, content_type="text/html", body="")
    desk.write("Two minutes by the pegs")
    desk.page.clock.run_for(2500)
    expect(desk.page.get_by_role("status")).to_contain_text("you are signed out")
    desk.page.get_by_role("button").click()
    expect(desk.page.get_by_label("What helps")).to_have_value("Two minutes by the pegs")
    desk.answer = saved
    desk.page.get_by_role("button").click()
    expect(desk.page.get_by_role("status")).to_have_text("Saved just now")
    with desk.page.expect_request(lambda request: request.is_navigation_request()):
        desk.page.get_by_role("button").click()
