"""The commands: one JSON object, honest exit codes, a preview that leaves nothing behind."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from schools.models import Import, ImportRow, Organisation, Post
from tests.cast import Cast
from tests.schools.imports.helpers import shared_file
from tests.schools.imports.test_gias import gias, row

pytestmark = pytest.mark.django_db
KEYS = ["outcome", "reason", "new", "changed", "unchanged", "refused", "warnings"]


def run(name: str, path: Path, *args: str) -> tuple[int, dict[str, Any]]:
    """The exit code and the JSON object."""
    out = StringIO()
    try:
        call_command(name, str(path), "--json", *args, stdout=out)
        code = 0
    except SystemExit as stop:
        code = int(stop.code or 0)
    return code, json.loads(out.getvalue())


@pytest.fixture
def file(tmp_path: Path) -> Any:
    def make(content: bytes, name: str = "list.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return make


def test_a_preview_tells_and_leaves_nothing(file: Any) -> None:
    code, told = run("import_gias", file(gias(row(900001), row(12))))
    assert code == 0
    assert list(told) == KEYS
    assert (told["outcome"], told["reason"], told["new"], len(told["refused"])) == ("ready", "", 1, 1)
    assert told["refused"][0].keys() == {"line", "column", "value", "reason"}
    assert (told["refused"][0]["line"], told["refused"][0]["value"]) == (3, "12")
    assert not Organisation.objects.exists()
    assert not Import.objects.exists()


def test_apply_writes_and_leaves_no_rows_of_facts(file: Any) -> None:
    code, told = run("import_gias", file(gias(row(900001))), "--apply")
    assert (code, told["outcome"], told["new"]) == (0, "applied", 1)
    assert Organisation.objects.filter(urn=900001).exists()
    assert not ImportRow.objects.exists()


def test_a_refused_file_exits_with_one(file: Any) -> None:
    code, told = run("import_gias", file(b"<html>no</html>"), "--apply")
    assert (code, told["outcome"], told["new"], told["refused"]) == (1, "refused", 0, [])
    assert told["reason"]


def test_fewer_schools_ask_first(file: Any) -> None:
    run("import_gias", file(gias(*(row(900001 + n) for n in range(5)))), "--apply")
    fewer = file(gias(row(900001, town="Elsewhere")), "fewer.csv")
    code, told = run("import_gias", fewer)
    assert code == 0
    assert any("4 of the 5" in each for each in told["warnings"])
    code, told = run("import_gias", fewer, "--apply")
    assert (code, told["outcome"]) == (1, "refused")
    assert "--confirm-fewer" in told["reason"]
    assert run("import_gias", fewer, "--apply", "--confirm-fewer")[0] == 0
    assert Organisation.objects.get(urn=900001).town == "Elsewhere"


def test_wrong_usage_exits_with_two(file: Any, tmp_path: Path) -> None:
    for args in ([str(tmp_path / "absent.csv")], [str(file(b"x")), "--as", "nobody@example.org"]):
        with pytest.raises(CommandError) as error:
            call_command("import_gias", *args)
        assert error.value.returncode == 2


def test_links_and_groups_are_told_by_their_headings(file: Any) -> None:
    content = shared_file("gias/links_edubasealldata_334_solihull_20250422.csv")
    code, told = run("import_gias", file(content))
    assert code == 0
    assert any("schools not known here" in each for each in told["warnings"])


def test_in_words(file: Any, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("import_gias", str(file(gias(row(900001), row(12)))))
    assert "Ready: 1 new, 0 changed, 0 unchanged, 1 refused." in capsys.readouterr().out


def test_staff_from_the_command_line(cast: Cast, file: Any) -> None:
    content = b"Name,E-mail,Role,School\r\nJo Hale,jo@millbrook.example,Head,Ashgrove Primary School"
    code, told = run("import_staff", file(content), "--apply")
    assert (code, told["outcome"], told["new"]) == (0, "applied", 1)
    assert Post.objects.filter(user__email="jo@millbrook.example", role="head").exists()
    bad = b"Name,E-mail,Role,School\r\nJo Hale,jo@millbrook.example,Head,Nowhere"
    code, told = run("import_staff", file(bad))
    assert (code, len(told["refused"])) == (0, 1)
    assert told["warnings"]


def test_somebody_who_may_not_is_told_so(cast: Cast, file: Any) -> None:
    assert cast.school_office.email
    with pytest.raises(CommandError, match="does not import"):
        call_command("import_staff", str(file(b"x")), "--as", cast.school_office.email, "--school",
                     str(cast.junior.urn))  # fmt: skip
