"""The documents say what the code does: written from it, or compared with it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import connection
from django.db.models import Model

from partnership.access.permissions import Permission
from partnership.home import walls
from partnership.home.documents import WORDS, documents

ROOT = Path(__file__).resolve().parents[2]
OURS = ("accounts", "access", "audit", "outbox", "ui", "home", "schools", "transitions", "cpd", "taskgroups")


@pytest.mark.parametrize("name", ["workflows.md", "visibility.md"])
def test_what_the_code_writes_is_not_stale(name: str) -> None:
    path = ROOT / "docs" / name
    assert path.read_text() == documents()[path], "run manage.py write_docs"


def test_the_command_tells_what_is_stale(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("write_docs", "--check")
    assert capsys.readouterr().out == ""


def test_every_permission_has_words() -> None:
    assert set(WORDS) == set(Permission)


def privacy() -> dict[str, tuple[set[str], set[str]]]:
    """Model → (fields with a purpose and a period, fields without personal data), as docs/privacy.md has them."""
    found: dict[str, tuple[set[str], set[str]]] = {}
    for part in re.split(r"^### ", (ROOT / "docs" / "privacy.md").read_text(), flags=re.MULTILINE)[1:]:
        label, _, text = part.partition("\n")
        rows = [
            [cell.strip() for cell in line.strip("|").split("|")]
            for line in text.splitlines()
            if line[:1] == "|"
        ]
        named = {row[0] for row in rows if row[0] not in ("field", "---")}
        assert all(len(row) == 3 and all(row) for row in rows), label
        without = re.search(r"^No personal data: (.+)$", text, flags=re.MULTILINE)
        found[label.strip()] = (named, set(without[1].split(", ")) if without else set())
    return found


def test_every_field_of_every_model_stands_in_the_privacy_page() -> None:
    told = privacy()
    faults = []
    for model in apps.get_models():
        if model._meta.app_label not in OURS:
            continue
        named, without = told.get(model._meta.label, (set(), set()))
        there = {field.name for field in (*model._meta.concrete_fields, *model._meta.many_to_many)}
        faults += [
            f"{model._meta.label}.{name} is not in docs/privacy.md"
            for name in sorted(there - named - without)
        ]
        faults += [f"{model._meta.label}.{name} is no field" for name in sorted((named | without) - there)]
        faults += [f"{model._meta.label}.{name} stands twice" for name in sorted(named & without)]
    assert faults == []


def reaching(root: str) -> set[str]:
    """The models from which keys lead to a root, directly or over others; through-tables included."""
    models = apps.get_models(include_auto_created=True)
    reached = {root}
    while more := {each._meta.label for each in models if points_into(each, reached)} - reached:
        reached |= more
    return reached


def points_into(model: type[Model], reached: set[str]) -> bool:
    return any(
        field.concrete and field.related_model and field.related_model._meta.label in reached
        for field in model._meta.get_fields()
        if field.is_relation and hasattr(field, "concrete")
    )


class TestWalls:
    def test_every_table_is_walled_or_says_why(self) -> None:
        assert walls.each_table_is_walled_or_says_why() == []
        assert not set(walls.WALLED) & set(walls.OPEN)

    def test_every_table_that_reaches_a_child_is_walled(self) -> None:
        """Followed over keys from the child outwards: no reason is good enough for leaving one of these open."""
        assert reaching("schools.Pupil") <= set(walls.WALLED)
        assert len(reaching("schools.Pupil")) > 8
        assert reaching("schools.Import") <= set(walls.WALLED)

    def test_a_forgotten_table_is_an_error(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(
            walls, "WALLED", {k: v for k, v in walls.WALLED.items() if k != "transitions.Section"}
        )
        assert [fault.id for fault in walls.each_table_is_walled_or_says_why()] == ["walls.E001"]

    @pytest.mark.django_db
    def test_the_database_applies_the_policies(self) -> None:
        assert [each for each in run_checks(databases=["default"]) if each.id == "walls.E003"] == []

    @pytest.mark.django_db
    def test_a_table_whose_policies_are_off_is_an_error(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE transitions_section DISABLE ROW LEVEL SECURITY")
            cursor.execute("DROP POLICY transitions_version_select ON transitions_version")
        found = [fault.msg for fault in walls.the_database_has_the_policies(databases=["default"])]
        assert len(found) == 2
        assert "transitions_section" in found[0]
        assert found[1] == "The app may SELECT on transitions_version, for which it has no policy."

    @pytest.mark.django_db
    def test_the_walled_tables_are_those_with_policies(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT DISTINCT polrelid::regclass::text FROM pg_policy")
            tables = {table for (table,) in cursor.fetchall()}
        assert {apps.get_model(label)._meta.db_table for label in walls.WALLED} == tables
