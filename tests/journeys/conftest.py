"""A browser for the journeys: the system's Chromium, watched. A console error, a failed script or a request to
another host fails the test that caused it. Without Chromium these tests are skipped, and say so."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.utils import timezone
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    expect,
    sync_playwright,
)
from pytest_django.live_server_helper import LiveServer

from partnership.accounts.models import User

ROOT = Path(__file__).resolve().parents[2]
SCREENS = ROOT / "build" / "screens"
WIDTHS = {"phone": (390, 844), "desk": (1280, 900)}
NAMES = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> str:
    return os.environ.get("CHROMIUM", "") or next(
        (found for name in NAMES if (found := shutil.which(name))), ""
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    reason = "no Chromium on this machine: journeys need one (apt install chromium, or set CHROMIUM)"
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.journey)
            if not chromium():
                item.add_marker(pytest.mark.skip(reason=reason))


def click_and_arrive(click: Callable[..., None]) -> Callable[..., None]:
    """A click which returns when the page it leads to stands: Playwright's own returns when its first byte is here,
    and what is looked at then may be the half of a page."""

    def both(self: Locator, **options: Any) -> None:
        page = self.page
        click(self, **options)
        page.wait_for_load_state()

    return both


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    Locator.click = click_and_arrive(Locator.click)  # type: ignore[method-assign]
    expect.set_options(timeout=15_000)
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = (
        "true"  # Playwright runs a loop in this thread; Django only sees that
    )
    options = ["--disable-dev-shm-usage", "--disable-background-networking", "--force-color-profile=srgb"]
    if os.geteuid() == 0:
        options.append("--no-sandbox")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium(), args=options)
        yield found
        found.close()


@dataclass
class Watch:
    """What went wrong unseen. `allow` names by pattern what a test expects, such as a 403 it provokes."""

    host: str
    problems: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)

    def allow(self, pattern: str) -> None:
        self.allowed.append(pattern)

    def console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.problems.append(
                f"console {message.type}: {message.text} ({message.location.get('url', '')})"
            )

    def request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc != self.host:
            self.problems.append(f"request to another host: {request.url}")

    def unexpected(self) -> list[str]:
        return [
            each for each in self.problems if not any(re.search(pattern, each) for pattern in self.allowed)
        ]


@dataclass
class Visitor:
    """One person's browser: their page, what is watched on it, and pictures of it."""

    page: Page
    watch: Watch
    context: BrowserContext
    address: str

    def goto(self, path: str) -> Page:
        self.page.goto(self.address + path)
        return self.page

    def signed_in(self, user: User, *, mfa: bool = True) -> Visitor:
        """As if the person had just signed in, with their second factor unless told otherwise."""
        now = timezone.now().timestamp()
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        methods = [{"method": "password", "at": now, "email": user.email}]
        session["account_authentication_methods"] = (
            [*methods, {"method": "mfa", "at": now}] if mfa else methods
        )
        session["account_authentication_methods_user"] = str(user.pk)  # allauth ties the record to the person
        session.save()
        self.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": session.session_key or "", "url": self.address}]
        )
        return self

    def screens(self, name: str) -> None:
        """The page as it stands, as a picture at phone and desk width, in build/screens."""
        SCREENS.mkdir(parents=True, exist_ok=True)
        before = self.page.viewport_size
        for width, height in WIDTHS.values():
            self.page.set_viewport_size({"width": width, "height": height})
            self.page.screenshot(path=SCREENS / f"{name}-{width}.png", full_page=True)
        if before:
            self.page.set_viewport_size(before)

    def axe(self) -> list[str]:
        """What axe finds against WCAG 2.2 AA, one line a finding; empty is the aim."""
        self.page.evaluate((ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text())
        tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
        found = self.page.evaluate("tags => axe.run(document, {runOnly: tags})", tags)
        return [
            f"{rule['id']} ({rule['impact']}): {node['target']} {node.get('failureSummary', '')}"
            for rule in found["violations"]
            for node in rule["nodes"]
        ]


def until_served() -> None:
    """A browser that is closed may leave a request behind; the tables are emptied only when none is being served."""
    busy = """
        SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle'
        AND backend_type = 'client backend' AND pid <> pg_backend_pid()
    """
    until = time.monotonic() + 10
    quiet = 0
    with connection.cursor() as cursor:
        while quiet < 3 and time.monotonic() < until:
            cursor.execute(busy)
            quiet = 0 if cursor.fetchone()[0] else quiet + 1
            time.sleep(0.02)


@pytest.fixture
def visit(browser: Browser, live_server: LiveServer) -> Iterator[Callable[..., Visitor]]:
    """`visit()` opens a browser of its own for one person: `visit(user)`, `visit(user, width="phone", scripts=False)`.

    At the end of the test every visitor's console and requests must have been clean."""
    visitors: list[Visitor] = []

    def make(
        user: User | None = None, *, mfa: bool = True, width: str = "desk", scripts: bool = True
    ) -> Visitor:
        context = browser.new_context(
            viewport={"width": WIDTHS[width][0], "height": WIDTHS[width][1]},
            java_script_enabled=scripts,
            locale="en-GB",
            timezone_id="Europe/London",
        )
        context.set_default_timeout(15_000)
        watch = Watch(host=urlsplit(live_server.url).netloc)
        context.on("console", watch.console)
        context.on("weberror", lambda error: watch.problems.append(f"script: {error.error}"))
        context.on("request", watch.request)
        visitor = Visitor(page=context.new_page(), watch=watch, context=context, address=live_server.url)
        visitors.append(visitor)
        return visitor.signed_in(user, mfa=mfa) if user else visitor

    yield make
    problems = [problem for visitor in visitors for problem in visitor.watch.unexpected()]
    for visitor in visitors:
        visitor.context.close()
    until_served()
    assert not problems, "\n".join(problems)


@pytest.fixture
def visitor(visit: Callable[..., Visitor]) -> Visitor:
    """Somebody who has not signed in."""
    return visit()


@pytest.fixture
def page(visitor: Visitor) -> Page:
    return visitor.page
