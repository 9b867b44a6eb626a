"""The demo's post: each mail is a file in the run folder, to be read in the browser. It exists under DEMO alone."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Sequence
from email import message_from_bytes, policy
from email.message import EmailMessage as Parsed
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from partnership.access.guards import open_to_all

SHOWN = 200
NAME = re.compile(r"\d{1,20}-[0-9a-f]{12}")


class FolderBackend(BaseEmailBackend):
    """Puts each mail whole into a file of its own."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = _folder()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for mail in email_messages:
            name = f"{time.time_ns()}-{secrets.token_hex(6)}"
            unfinished = folder / f"{name}.part"
            unfinished.write_bytes(mail.message().as_bytes())
            unfinished.rename(folder / f"{name}.eml")
        return len(email_messages)


@open_to_all
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The newest mails first, told apart by whom they go to."""
    folder = _folder()
    files = sorted(folder.glob("*.eml"), reverse=True)[:SHOWN] if folder.is_dir() else []
    mails = [{"name": file.stem, "mail": _parse(file)} for file in files]
    return render(request, "outbox/demo_mail_list.html", {"mails": mails})


@open_to_all
@require_GET
def read(request: HttpRequest, name: str) -> HttpResponse:
    """One mail: its head and its text."""
    mail = _mail(name)
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    context = {
        "name": name,
        "mail": mail,
        "text": text.get_content() if text else "",
        "has_html": html is not None,
    }
    return render(request, "outbox/demo_mail.html", context)


@open_to_all
@require_GET
def html(request: HttpRequest, name: str) -> HttpResponse:
    """The designed form, shut off from everything: no scripts, no forms, nothing loaded."""
    body = _mail(name).get_body(("html",))
    if body is None:
        raise Http404
    response = HttpResponse(body.get_content())
    response["Content-Security-Policy"] = (
        "sandbox allow-popups allow-top-navigation-by-user-activation; default-src 'none'; style-src 'unsafe-inline'"
    )
    return response


def _folder() -> Path:
    """The run folder's own; asked only under DEMO."""
    if not getattr(settings, "DEMO", False):
        raise Http404
    return Path(settings.RUN_DIR) / "mail"


def _mail(name: str) -> Parsed:
    folder = _folder()
    file = folder / f"{name}.eml"
    if not NAME.fullmatch(name) or not file.is_file():
        raise Http404
    return _parse(file)


def _parse(file: Path) -> Parsed:
    return message_from_bytes(file.read_bytes(), policy=policy.default)
