"""Rows of one model into the database by COPY: a column that is not named gets the default of the field or the database."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection, models

Row = Mapping[str, Any]
PIECE = 1 << 16


def text_of(value: object) -> str:
    """A value in COPY's text format."""
    if value is None:
        return r"\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, list | dict):
        value = json.dumps(value, ensure_ascii=False)
    return str(value).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


class Sheet:
    """The table of one model, in the order of its columns."""

    def __init__(self, model: type[models.Model]) -> None:
        fields = [
            field
            for field in model._meta.concrete_fields
            if not getattr(field, "generated", False) and not field.has_db_default()
        ]
        self.table = model._meta.db_table
        self.names = [field.attname for field in fields]
        self.columns = [connection.ops.quote_name(field.column or "") for field in fields]
        self.defaults = [text_of(default_of(field)) for field in fields]

    def lines(self, rows: Iterable[Row]) -> Iterable[str]:
        pairs = list(zip(self.names, self.defaults, strict=True))
        for row in rows:
            yield "\t".join(text_of(row[name]) if name in row else default for name, default in pairs)

    def copy(self, rows: Iterable[Row]) -> int:
        """Write the rows as the connection's role; how many they were."""
        count, waiting, size = 0, [], 0
        statement = f"COPY {self.table} ({', '.join(self.columns)}) FROM STDIN"
        with connection.cursor() as cursor, cursor.copy(statement) as copy:
            for line in self.lines(rows):
                waiting.append(line)
                count, size = count + 1, size + len(line)
                if size > PIECE:
                    copy.write("\n".join(waiting) + "\n")
                    waiting, size = [], 0
            if waiting:
                copy.write("\n".join(waiting) + "\n")
        return count


def default_of(field: models.Field[Any, Any]) -> object:
    """What the model would store; an id must be given, so its default is never asked."""
    return None if field.primary_key else field.get_default()
