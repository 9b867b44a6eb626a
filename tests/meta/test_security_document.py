"""The security pages say what is so: each requirement once, each with its answer, each test there, each link right."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from partnership.accounts.passwords import EXPECTED

ROOT = Path(__file__).resolve().parents[2]
FIRST = ROOT / "docs" / "security.md"
TABLE = ROOT / "docs" / "security" / "asvs.md"
RULES = ROOT / "docs" / "security" / "rules.md"
PAGES = [FIRST, TABLE, RULES]

ASVS = """
1.1: 1-2  1.2: 1-9  1.3: 1-11  1.4: 1-3  1.5: 1-2
2.1: 1-3  2.2: 1-3  2.3: 1-4  2.4: 1
3.2: 1-2  3.3: 1-4  3.4: 1-6  3.5: 1-5  3.7: 1-2
4.1: 1-3  4.2: 1  4.3: 1-2  4.4: 1-4
5.1: 1  5.2: 1-3  5.3: 1-2  5.4: 1-3
6.1: 1-3  6.2: 1-12  6.3: 1-4  6.4: 1-4  6.5: 1-5  6.6: 1-3  6.8: 1-4
7.1: 1-3  7.2: 1-4  7.3: 1-2  7.4: 1-5  7.5: 1-2  7.6: 1-2
8.1: 1-2  8.2: 1-3  8.3: 1  8.4: 1
9.1: 1-3  9.2: 1-4
10.1: 1-2  10.2: 1-2  10.3: 1-4  10.4: 1-11  10.5: 1-5  10.6: 1-2  10.7: 1-3
11.1: 1-2  11.2: 1-3  11.3: 1-3  11.4: 1-4  11.5: 1  11.6: 1
12.1: 1-3  12.2: 1-2  12.3: 1-4
13.1: 1  13.2: 1-5  13.3: 1-2  13.4: 1-5
14.1: 1-2  14.2: 1-4  14.3: 1-3
15.1: 1-3  15.2: 1-3  15.3: 1-7
16.1: 1  16.2: 1-5  16.3: 1-4  16.4: 1-3  16.5: 1-3
17.1: 1  17.2: 1-4  17.3: 1-2
"""
"""The requirements of levels 1 and 2 of ASVS 5.0.0, by section: those of level 3 come last in each."""

ANSWER = re.compile(r"\*\*(Proved|Written|Operator|Not here|Open)\*\*(.*)")
TEST = re.compile(r"`([a-z_/]+\.py)::((?:Test\w+::)?test_\w+)`")
LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")
REASON = 8
"""The fewest letters in which a reason can be given."""


def numbers() -> list[str]:
    found = []
    for section, first, last in re.findall(r"(\d+\.\d+): (\d+)(?:-(\d+))?", ASVS):
        found += [f"{section}.{number}" for number in range(int(first), int(last or first) + 1)]
    return found


def rows(text: str) -> list[tuple[str, str, str]]:
    """(number, what it asks for, answer) of every row of the table."""
    lines = [line for line in text.splitlines() if re.match(r"\| *\d+\.\d+\.\d+ *\|", line)]
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    assert all(len(row) == 3 for row in cells), [row for row in cells if len(row) != 3]
    return [(row[0], row[1], row[2].removesuffix("|").strip()) for row in cells]


def faults(text: str) -> list[str]:
    """What is wrong with a table: a number missing, twice or unknown; an answer that does not answer."""
    found, listed = [], [number for number, _, _ in rows(text)]
    if listed != numbers():
        found += [f"{each} is missing" for each in numbers() if each not in listed]
        found += [f"{each} is no such requirement" for each in listed if each not in numbers()]
        found += [f"{each} stands twice" for each in sorted(set(listed)) if listed.count(each) > 1]
        found += ["out of order"] if not found else []
    for number, asked, answer in rows(text):
        match = ANSWER.match(answer)
        if not asked or match is None:
            found.append(f"{number} has no answer")
            continue
        word, rest = match[1], match[2].strip(": ")
        plain = LINK.sub("", TEST.sub("", rest))
        if word == "Proved" and not TEST.search(rest):
            found.append(f"{number} names no test")
        if word in ("Written", "Operator") and not LINK.search(rest):
            found.append(f"{number} names no page")
        if word in ("Not here", "Open") and len(plain) < REASON:
            found.append(f"{number} gives no reason")
        if (other := re.match(r"as (\d+\.\d+\.\d+)", rest)) and other[1] not in listed:
            found.append(f"{number} leans on {other[1]}, which is not there")
    return found


@cache
def collected() -> frozenset[str]:
    """Every test that pytest collects from the modules named, long ones included; without its parameters."""
    modules = sorted({f"tests/{module}" for page in PAGES for module, _ in TEST.findall(page.read_text())})
    assert [module for module in modules if not (ROOT / module).is_file()] == []
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "-m", "walls or not walls", *modules],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return frozenset(line.split("[")[0] for line in done.stdout.splitlines() if "::" in line)


def heading_marks(path: Path) -> set[str]:
    """The marks that a link can lead to, as GitHub makes them of headings."""
    lines = re.findall(r"^#+ (.+)$", path.read_text(), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", line.lower()).replace(" ", "-") for line in lines}


def test_each_requirement_stands_once_and_is_answered() -> None:
    assert len(numbers()) == len(set(numbers())) == 253
    assert faults(TABLE.read_text()) == []


SOUND = {
    "3.4.4": "**Proved** `lib/test_names.py::test_fold`: so it is",
    "6.1.2": "**Written** [Passwords](rules.md#passwords)",
    "12.1.1": "**Operator** [Deploy](../operating.md#deploy)",
    "17.2.1": "**Not here**: as 17.1.1",
}


def table(**changed: str) -> str:
    """A sound table of all requirements, but for what is changed in it (1.2.6 is written n1_2_6)."""
    answers = dict.fromkeys(numbers(), "**Not here**: nothing of the kind") | SOUND
    answers |= {name[1:].replace("_", "."): answer for name, answer in changed.items()}
    return "\n".join(f"| {number} | a thing | {answer} |" for number, answer in answers.items())


def test_a_sound_table_has_no_faults() -> None:
    assert faults(table()) == []


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("| 3.4.4 |", "| 3.4.5 |", ["3.4.4 is missing", "3.4.5 stands twice"]),
        ("| 1.2.6 |", "| 1.2.66 |", ["1.2.6 is missing", "1.2.66 is no such requirement"]),
        ("`lib/test_names.py::test_fold`", "by and by", ["3.4.4 names no test"]),
        ("[Passwords](rules.md#passwords)", "in our heads", ["6.1.2 names no page"]),
        ("[Deploy](../operating.md#deploy)", "somebody", ["12.1.1 names no page"]),
        ("as 17.1.1", "as 17.1.9", ["17.2.1 leans on 17.1.9, which is not there"]),
    ],
)
def test_a_table_that_is_wrong_is_told_so(before: str, after: str, told: list[str]) -> None:
    assert table().count(before) == 1
    assert faults(table().replace(before, after)) == told


@pytest.mark.parametrize(
    "answer", ["**Open**", "**Not here**: no", "**Open** `lib/test_names.py::test_fold`"]
)
def test_a_reason_says_something(answer: str) -> None:
    assert faults(table(n1_3_8=answer)) == ["1.3.8 gives no reason"]
    assert faults(table(n1_3_8="surely")) == ["1.3.8 has no answer"]


def test_each_test_that_is_named_is_there_and_is_collected() -> None:
    named = {f"tests/{module}::{test}" for page in PAGES for module, test in TEST.findall(page.read_text())}
    assert len(named) > 100
    assert sorted(named - collected()) == []


def test_a_test_that_is_gone_would_be_missed() -> None:
    assert "tests/meta/test_matrix.py::test_the_whole_product" in collected(), "a long one"
    assert "tests/meta/test_matrix.py::test_that_never_was" not in collected()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_nothing_that_looks_like_a_test_escapes(page: Path) -> None:
    """A name misspelt so that the pattern above does not know it would never be looked for."""
    assert re.findall(r"::", TEST.sub("", page.read_text())) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_link_leads_somewhere(page: Path) -> None:
    lost = []
    for link in LINK.findall(page.read_text()):
        if re.match(r"https://(owasp|creativecommons|www\.rfc-editor)\.", link):
            continue
        name, _, mark = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.is_file() or (mark and mark not in heading_marks(target)):
            lost.append(link)
    assert lost == []


def test_the_words_no_password_is_made_of_are_those_of_the_code() -> None:
    quoted = re.findall(r"^> (.+)$", RULES.read_text(), flags=re.MULTILINE)
    assert " ".join(quoted).split() == sorted(EXPECTED)
