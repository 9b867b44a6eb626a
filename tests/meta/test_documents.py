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
from schools.admin.agreements import draft
from schools.models import Agreement

ROOT = Path(__file__).resolve().parents[2]
PACK = ROOT / "docs" / "privacy"
FIELDS = PACK / "fields.md"
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
    """Model → (fields with a purpose and a period, fields without personal data), as docs/privacy/fields.md has them."""
    found: dict[str, tuple[set[str], set[str]]] = {}
    for part in re.split(r"^### ", FIELDS.read_text(), flags=re.MULTILINE)[1:]:
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
            f"{model._meta.label}.{name} is not in docs/privacy/fields.md"
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


PERIODS = {
    "child", "handover", "steps", "post", "own", "day", "fetched", "asked", "two years", "until sent",
    "until the account ends", "24 hours", "ten minutes", "while the school is known", "six years after it left",
}  # fmt: skip
"""How long a field may say it is kept: the shorts explained above the tables, and plain words."""


class TestThePack:
    """docs/privacy/: what a data protection officer signs is what the code stores."""

    def test_it_is_whole_and_its_links_lead_somewhere(self) -> None:
        for path in [*PACK.glob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]:
            for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text()):
                assert (path.parent / target).exists(), f"{path.name} → {target}"
        listed = set(re.findall(r"\]\((\w+\.md)\)", (PACK / "README.md").read_text()))
        assert listed == {path.name for path in PACK.glob("*.md")} - {"README.md"}
        assert {"dpia.md", "agreement.md", "record.md", "policy.md", "notice.md"} <= listed

    def test_the_record_names_each_table_with_personal_data_and_no_other(self) -> None:
        record = (PACK / "record.md").read_text().split("## Categories of data", 1)[1]
        labels = rf"\b(?:{'|'.join(OURS)})\.[A-Z]\w+"
        assert set(re.findall(labels, record)) == {label for label, (named, _) in privacy().items() if named}

    def test_each_field_is_kept_for_a_period_that_is_explained(self) -> None:
        rows = re.findall(r"^\| (\w+) \| [^|]+ \| ([^|]+) \|$", FIELDS.read_text(), flags=re.MULTILINE)
        assert {kept.strip() for name, kept in rows if name != "field"} <= PERIODS
        explained = set(re.findall(r"^\| \*(\w+)\* \|", FIELDS.read_text(), flags=re.MULTILINE))
        assert explained == {each for each in PERIODS if " " not in each}

    def test_what_is_never_stored_has_no_column(self) -> None:
        columns = {
            field.name
            for label in (
                "schools.Pupil",
                "schools.ClassPlace",
                "transitions.Transition",
                "transitions.Handover",
            )
            for field in apps.get_model(label)._meta.concrete_fields
        }
        for word in (
            "address",
            "street",
            "postcode",
            "ethnic",
            "former_name",
            "marks",
            "assessment",
            "contact",
        ):
            assert [name for name in columns if word in name] == [], word

    def test_the_agreement_begins_with_a_section_so_that_the_desk_can_begin_there(self) -> None:
        assert draft().startswith("## 1. Who agrees")
        assert Agreement(text=draft()).paragraphs[0] == (True, "1. Who agrees")


class TestWalls:
    def test_every_table_is_walled_or_says_why(self) -> None:
        assert walls.each_table_is_walled_or_says_why() == []
        assert not set(walls.WALLED) & set(walls.OPEN)

    def test_every_table_that_reaches_a_child_is_walled(self) -> None:
        """Followed over keys from the child outwards: no reason is good enough for leaving one of these open."""
        assert reaching("schools.Pupil") <= set(walls.WALLED)
        assert len(reaching("schools.Pupil")) > 8
        assert reaching("schools.Import") <= set(walls.WALLED)
        assert reaching("transitions.Export") <= set(walls.WALLED)

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
