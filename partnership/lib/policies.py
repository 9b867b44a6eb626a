"""The shape of a row-level policy, said once for the migrations that make them (walls §2, docs/adr/0003).

A comparison is always with an array that is worked out once for the whole statement: a sub-select without a reference to
the row. Settings that nobody set read as no rows."""

from __future__ import annotations

from collections.abc import Mapping

APP, WORKER = "partnership_app", "partnership_worker"

ME = "(SELECT nullif(current_setting('app.user', true), '')::uuid)"
"""The signed-in person's id; NULL for nobody."""


def within(column: str, setting: str) -> str:
    """The column is one of the ids in the request's setting."""
    return f"{column} = ANY ((SELECT nullif(current_setting('app.{setting}', true), '')::uuid[])::uuid[])"


def among(expression: str, setting: str) -> str:
    """The same for words: the expression is one of the texts in the request's setting."""
    return f"{expression} = ANY ((SELECT nullif(current_setting('app.{setting}', true), '')::text[])::text[])"


def one_of(column: str, rows: str) -> str:
    """The column is one of the ids that a query finds, asked once for the statement and never row by row."""
    return f"{column} = ANY (ARRAY({rows}))"


def on(setting: str) -> str:
    """A switch of the request is on."""
    return f"(SELECT current_setting('app.{setting}', true)) = 'on'"


def either(*rules: str) -> str:
    """One of the rules suffices."""
    return "(" + " OR ".join(rules) + ")"


def every(*rules: str) -> str:
    """All of the rules hold."""
    return "(" + " AND ".join(rules) + ")"


def enable(table: str) -> list[str]:
    """From here on the serving roles see what policies let through; the owner is not bound."""
    return [f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"]


def policies_for_app(table: str, rules: Mapping[str, str | tuple[str, str]]) -> list[str]:
    """A policy per verb. One rule is asked of the row before and after; a pair is (before, after)."""
    lines = []
    for verb, rule in rules.items():
        before, after = (rule, rule) if isinstance(rule, str) else rule
        clause = {
            "SELECT": f"USING ({before})",
            "DELETE": f"USING ({before})",
            "INSERT": f"WITH CHECK ({after})",
            "UPDATE": f"USING ({before}) WITH CHECK ({after})",
        }[verb]
        lines.append(f"CREATE POLICY {table}_{verb.lower()} ON {table} FOR {verb} TO {APP} {clause}")
    return lines


def all_for_worker(table: str) -> list[str]:
    """The worker does its work on every row of this table, within the rights it is granted."""
    return [f"CREATE POLICY {table}_worker ON {table} TO {WORKER} USING (true) WITH CHECK (true)"]


def drop(table: str, *names: str, rights: str = "SELECT, INSERT, UPDATE, DELETE") -> list[str]:
    """The way back: named policies go, and the serving roles have these rights on the table again."""
    return [
        *(f"DROP POLICY {table}_{name} ON {table}" for name in names),
        f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        f"GRANT {rights} ON {table} TO {APP}, {WORKER}",
    ]
