"""What the code that serves never does, read from its syntax: the ways in which typed text becomes something that runs."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import FileField

ROOT = Path(__file__).resolve().parents[2]
APPS = ("partnership", "schools", "transitions", "cpd", "taskgroups")
STARTERS = ("partnership/launch/", "partnership/localservices/", "partnership/frontend.py")
"""What starts the demo and builds the front end: it runs programs, and serves nobody."""


@cache
def serving() -> dict[str, ast.Module]:
    """Each module that serves people, by its path."""
    found = {}
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if not name.startswith(STARTERS):
                found[name] = ast.parse(path.read_text())
    assert len(found) > 200
    return found


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{each.name}" for each in node.names)


def calls(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    """(the dotted name called, the call)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


RUNS_CODE = {"eval", "exec", "compile", "__import__", "os.system", "os.popen"}
UNPACKS_OBJECTS = ("pickle", "marshal", "shelve", "dill", "yaml", "jsonpickle")
RUNS_PROGRAMS = ("subprocess", "pty", "commands")
ASKS_OTHERS = (
    "urllib.request",
    "http.client",
    "requests",
    "httpx",
    "aiohttp",
    "urllib3",
    "ftplib",
    "socket",
    "ldap",
)


def test_it_runs_no_text_as_code_and_starts_no_program() -> None:
    for name, tree in serving().items():
        assert not {called for called, _ in calls(tree)} & RUNS_CODE, name
        assert not [each for each in imported(tree) if each.split(".")[0] in RUNS_PROGRAMS], name


def test_it_unpacks_no_objects() -> None:
    """JSON, CSV and XML through a parser of fixed elements are all that is read."""
    for name, tree in serving().items():
        assert not [each for each in imported(tree) if each.split(".")[0] in UNPACKS_OBJECTS], name


def test_it_asks_no_other_host() -> None:
    """Database, broker and mail server are named in the settings; no address that somebody typed is ever fetched. Of
    `requests` we know a fault's name and the kind of session, which goes nowhere it is merely pointed to; by it the keys of
    the tenant are asked for, at the address its issuer names."""
    known = {"requests.RequestException", "requests.Session"}
    for name, tree in serving().items():
        assert not {each for each in imported(tree) if each.startswith(ASKS_OTHERS)} - known, name
    asking = {name for name, tree in serving().items() if "get_requests_session" in ast.dump(tree)}
    assert asking == {"partnership/accounts/work_sign_in.py", "partnership/accounts/work_tokens.py"}


def test_it_reads_xml_through_the_guarded_parser_alone() -> None:
    readers = set()
    for name, tree in serving().items():
        found = [each for each in imported(tree) if re.search(r"\bxml\b|lxml|ElementTree|minidom|sax", each)]
        harmless = {
            "xml.sax.saxutils.escape",
            "xml.etree.ElementTree.ParseError",
        }  # for what we write; a fault
        reading = [each for each in found if each not in harmless]
        assert all(each.startswith(("defusedxml", "transitions.formats")) for each in reading), (
            name,
            reading,
        )
        readers |= {name for each in found if each.startswith("defusedxml")}
    assert readers == {"transitions/formats/ctf/xml.py"}


def test_no_template_is_made_of_text_and_none_turns_escaping_off() -> None:
    for name, tree in serving().items():
        assert not {c.split(".")[-1] for c, _ in calls(tree)} & {"Template", "from_string", "SafeText"}, name
    pages = [
        *(ROOT / "templates").rglob("*.html"),
        *(path for app in APPS for path in (ROOT / app).rglob("*.html")),
    ]
    assert len(pages) > 60
    for path in pages:
        assert not re.search(r"\|\s*safe\b|autoescape off|\|\s*safeseq", path.read_text()), path


def test_only_what_is_ours_is_marked_safe() -> None:
    """Two places: what a template of ours has rendered, and the icons, which are constants of their file."""
    found = {name for name, tree in serving().items() if "mark_safe" in {called for called, _ in calls(tree)}}
    assert found == {"partnership/ui/templatetags/ui.py", "partnership/ui/icons.py"}


def test_statements_hold_no_values() -> None:
    """Whatever is put into the text of a statement is one of our own names or marks; values go beside it."""
    made_up = {
        "calls",  # access/rls.py: "set_config(%s, %s, true)", as often as there are settings
        "found",  # access/rls.py: "current_setting(%s, true)", likewise
        "roles",  # home/roles.py: the names of the serving roles
        "rows",  # audit/models.py: a SELECT of its caller's, whose text is looked at here too
        "chosen",  # imports/known.py: the columns of a tuple of ours
    }
    for name, tree in serving().items():
        if "/migrations/" in name:
            continue
        for called, call in calls(tree):
            if called.endswith((".execute", ".raw", ".extra", "RawSQL", "selected")) and call.args:
                statement = call.args[0]
            elif called.endswith("record_rows"):
                statement = call.args[1]
            else:
                continue
            for part in ast.walk(statement):
                gap = ast.unparse(part.value) if isinstance(part, ast.FormattedValue) else ""
                ours = gap in made_up or gap.split(".")[-1].isupper() or gap.endswith("._meta.db_table")
                assert not gap or ours or gap.startswith("VERSION.format("), f"{name}: {ast.unparse(call)}"
                if isinstance(part, ast.BinOp) and not called.endswith("record_rows"):
                    raise AssertionError(f"{name}: {ast.unparse(call)}")


def test_patterns_are_our_own() -> None:
    """No regular expression is made of what somebody typed; the words of passwords are escaped ones of ours."""
    for name, tree in serving().items():
        for called, call in calls(tree):
            if re.fullmatch(r"re\.(compile|match|search|sub|fullmatch|findall|finditer|split)", called):
                free = [
                    n.id for n in ast.walk(call.args[0]) if isinstance(n, ast.Name) and not n.id.isupper()
                ]
                free = [each for each in free if not each.startswith("_")]
                assert not free or name == "partnership/accounts/passwords.py", f"{name}: {ast.unparse(call)}"


OUR_TEXTS = {
    "NOTHING_NEW",
    "VERSION",
    "sentence",
    "str(self.error_messages[code])",
    "event.subject",
    "event.line",
    "MANY[move.kind]",
    "SENTENCES.get(move, move)",
    "settings.WORK_SIGN_IN_ISSUERS[self.kind]",
}
"""Texts kept in constants and tables of ours: columns, what a destination ends, faults of a date, words of a notice, of a
card, of the history; addresses in settings."""


def test_texts_with_gaps_are_our_own() -> None:
    """`.format` fills a text written here, never one that came from outside."""
    for name, tree in serving().items():
        for called, call in calls(tree):
            if isinstance(call.func, ast.Attribute) and call.func.attr in ("format", "format_map"):
                text = ast.unparse(call.func.value)
                assert isinstance(call.func.value, ast.Constant) or text in OUR_TEXTS, f"{name}: {called}"


def test_ciphers_and_hashes_are_of_libraries_and_few() -> None:
    """One cipher (Fernet: AES-128-CBC with HMAC-SHA256) and one hash (SHA-256), each where it is told of."""
    ciphers, hashes, chance = set(), set(), set()
    for name, tree in serving().items():
        ciphers |= {
            (name, each) for each in imported(tree) if each.startswith(("cryptography", "Crypto", "nacl"))
        }
        hashes |= {called for called, _ in calls(tree) if re.fullmatch(r"(hashlib|hmac)\.\w+", called)}
        chance |= {(name, each) for each in imported(tree) if each == "random" or each.startswith("random.")}
    assert {name for name, _ in ciphers} == {"partnership/accounts/vault.py"}
    assert {each for _, each in ciphers} == {"cryptography.fernet.Fernet", "cryptography.fernet.MultiFernet"}
    assert hashes == {"hashlib.sha256"}
    assert {name for name, _ in chance if not name.startswith("partnership/home/world/")} == set()


def test_no_uploaded_file_is_ever_a_file_here() -> None:
    """Uploads lie in the database for a day: there is no folder from which one could be served or run."""
    assert not [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, FileField)
    ]


SCRIPTS = sorted((ROOT / "static" / "src" / "js").glob("*.js"))


KEPT_ON_A_PHONE = {"kept.js": {"indexedDB", "serviceWorker"}, "register.js": {"indexedDB", "serviceWorker"}}
"""A register alone: names of staff and ticks of one session, for a poor signal (docs/adr/0104)."""


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_put_text_in_as_text_and_keep_nothing(path: Path) -> None:
    text = re.sub(r"^\s*//.*$", "", path.read_text(), flags=re.MULTILINE)
    for never in (
        r"innerHTML\s*=", r"outerHTML\s*=", "insertAdjacentHTML", r"document\.write", "createContextualFragment",
        r"\beval\(", r"new Function", r"setTimeout\(\s*['\"]", "localStorage", "sessionStorage", "indexedDB",
        r"document\.cookie", "postMessage", r"addEventListener\(['\"]message", "__proto__", r"Object\.assign\(",
        "JSONP", "WebSocket", "RTCPeerConnection", "serviceWorker",
    ):  # fmt: skip
        assert never in KEPT_ON_A_PHONE.get(path.name, ()) or not re.search(never, text), never


def test_there_are_scripts_to_read() -> None:
    assert len(SCRIPTS) >= 10
