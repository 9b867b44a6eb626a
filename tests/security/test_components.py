"""What it is built from: each package by name, number and hash, and nothing for tests in production."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ["requirements.txt", "requirements-demo.txt", "requirements-dev.txt"]


def packages(name: str) -> dict[str, tuple[str, int]]:
    """Package → (version, how many hashes)."""
    entries = re.split(r"^(?=\S)", (ROOT / name).read_text(), flags=re.MULTILINE)
    found = {}
    for entry in entries:
        if entry.strip() and not entry.startswith("#"):
            match = re.match(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^ ;\\]+)", entry)
            assert match, f"{name}: {entry.splitlines()[0]} is no exact version"
            found[match[1].lower()] = (match[2], entry.count("--hash=sha256:"))
    return found


@pytest.mark.parametrize("name", LOCKS)
def test_each_package_is_named_with_number_and_hash(name: str) -> None:
    found = packages(name)
    assert len(found) > 25
    assert [package for package, (_, hashes) in found.items() if not hashes] == []


@pytest.mark.parametrize("name", [*LOCKS, "package-lock.json"])
def test_a_lock_names_no_other_place_to_fetch_from(name: str) -> None:
    assert not re.search(
        r"https?://(?!.*(funding|license))|--(extra-)?index-url|git\+|file:", locked_text(name)
    )


def locked_text(name: str) -> str:
    """A lock without the addresses at which its packages ask for money."""
    text = (ROOT / name).read_text()
    if not name.endswith(".json"):
        return text
    lock = json.loads(text)
    for entry in lock["packages"].values():
        entry.pop("funding", None)
    return json.dumps(lock)


def test_each_package_of_the_front_end_has_its_hash() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())
    found = {name: entry for name, entry in lock["packages"].items() if name}
    assert len(found) > 10
    assert [
        name for name, entry in found.items() if not entry.get("integrity", "").startswith("sha512-")
    ] == []


def test_both_are_installed_by_hash_alone() -> None:
    image, make = (ROOT / "Dockerfile").read_text(), (ROOT / "Makefile").read_text()
    assert "--require-hashes" in image
    assert "npm ci" in image
    assert make.count("install --quiet") == make.count("--require-hashes")


def test_production_holds_nothing_for_tests_or_the_demo() -> None:
    """Checked against what each set is for: the three locks agree, and each holds the one before."""
    production, demo, dev = (packages(name) for name in LOCKS)
    for only_dev in (
        "pytest",
        "factory-boy",
        "hypothesis",
        "playwright",
        "mypy",
        "ruff",
        "django-debug-toolbar",
    ):
        assert only_dev not in production
        assert only_dev not in demo
    assert {"pytest", "playwright"} <= set(dev)
    assert {name: dev[name][0] for name in production} == {
        name: version for name, (version, _) in production.items()
    }
    assert set(demo) - set(production), "the local servers are the demo's"
