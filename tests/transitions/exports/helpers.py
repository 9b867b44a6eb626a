"""Asking for a board as a file as a person does, and reading what came of it."""

from __future__ import annotations

import csv
import io
import uuid
from datetime import datetime
from typing import Any

from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from partnership.outbox.work import work
from transitions.models import Export

Rows = list[tuple[str, ...]]


def ask(client: Client, *, board: str = "leaving", format: str = "csv", filters: str = "") -> Export:
    """Press the button; the export that the page leads to."""
    address = f"{reverse(f'transitions:{board}_export')}?{filters}"
    answer = client.post(address, {"key": str(uuid.uuid4()), "format": format})
    assert answer.status_code == 302, answer.content.decode()
    return Export.objects.get(pk=answer["Location"].split("/")[-2])


def fetch(client: Client, export: Export) -> Any:
    return client.post(reverse("transitions:export_fetch", args=[export.pk]))


def taken(client: Client, *, board: str = "leaving", format: str = "csv", secure: bool = False) -> Any:
    """Asked for, made and fetched: the answer that is the file."""
    export = ask(client, board=board, format=format)
    work()
    return client.post(reverse("transitions:export_fetch", args=[export.pk]), secure=secure)


def words(answer: Any) -> str:
    """What stands in a file of either format."""
    as_text = "csv" in answer.headers["Content-Type"]
    return answer.content.decode("utf-8-sig") if as_text else str(rows_of_xlsx(answer.content))


def page(client: Client, export: Export) -> str:
    answer = client.get(reverse("transitions:export", args=[export.pk]))
    assert answer.status_code == 200
    return str(answer.content.decode())


def rows_of_csv(content: bytes) -> Rows:
    """All rows, header first."""
    return [tuple(row) for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))]


def rows_of_xlsx(content: bytes) -> Rows:
    """The same words as the CSV has; a day must have come as a day."""
    sheet = load_workbook(io.BytesIO(content), read_only=True).worksheets[0]
    return [tuple(text_of(value) for value in row) for row in sheet.iter_rows(values_only=True)]


def text_of(value: Any) -> str:
    if value is None:
        return ""
    return value.date().isoformat() if isinstance(value, datetime) else str(value)
