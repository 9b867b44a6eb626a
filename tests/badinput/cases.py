"""The cases themselves: an address with anything in it, a form with anything in its fields, and the same again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from hypothesis import strategies as st

from tests.badinput.found import Found, filled
from tests.badinput.nasty import encoded, multipart, texts
from tests.badinput.scene import NEVER_TWICE, PEOPLE, Scene, prints
from tests.meta.routes import routes

HEADERS = (
    "HTTP_REFERER", "HTTP_ACCEPT_LANGUAGE", "HTTP_HX_REQUEST", "HTTP_HX_CURRENT_URL", "HTTP_X_REQUESTED_WITH",
    "HTTP_USER_AGENT", "HTTP_X_FORWARDED_FOR", "HTTP_IF_MODIFIED_SINCE", "HTTP_RANGE",
)  # fmt: skip
METHODS = ("GET", "GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH")
PART = re.compile(r"<(?:(\w+):)?\w+>|\(\?P<\w+>[^)]*\)")
Fields = Sequence[tuple[str, str]]


def short(fields: Fields) -> str:
    return ", ".join(f"{name[:60]!r}={value[:80]!r}" for name, value in fields)


@dataclass(frozen=True)
class AddressCase:
    """Any address, filled with anything, asked by anybody by any method."""

    person: str
    method: str
    path: str
    query: Fields
    headers: Fields

    def __str__(self) -> str:
        return f"{self.method} {self.path[:200]} ?{short(self.query)} [{short(self.headers)}] by {self.person or 'nobody'}"


@dataclass(frozen=True)
class FormCase:
    """A form of a page, with some of what it sends replaced. `files` are (field, name, content)."""

    form: Found
    person: str
    fields: Fields
    files: Sequence[tuple[str, str, bytes]]
    changed: Sequence[str]

    def __str__(self) -> str:
        told = [(name, value) for name, value in self.fields if name in self.changed]
        return f"{self.form.method} {self.form.action[:200]} by {self.person or 'nobody'} with {short(told)}"


def address_cases(scene: Scene) -> st.SearchStrategy[AddressCase]:
    """Half over the resolver's routes with anything in their places, half over real pages with anything asked of them."""
    places = [route for _, route, _ in routes()]
    value = texts(scene.ids)

    @st.composite
    def over_routes(draw: st.DrawFn) -> AddressCase:
        route = draw(st.sampled_from(places))

        def put(match: re.Match[str]) -> str:
            if match[1] == "uuid":
                return draw(st.sampled_from(scene.ids)) if draw(st.integers(0, 9)) else quoted(draw(value))
            return quoted(draw(value))

        path = "/" + PART.sub(put, route).replace("^", "").replace("$", "")
        return AddressCase(
            draw(st.sampled_from(PEOPLE)),
            draw(st.sampled_from(METHODS)),
            path,
            draw(asked(scene.names)),
            draw(sent),
        )

    @st.composite
    def over_pages(draw: st.DrawFn) -> AddressCase:
        person, place, names = draw(st.sampled_from(scene.pages))
        return AddressCase(person, "GET", place, draw(asked(names)), draw(sent))

    def asked(names: Sequence[str]) -> st.SearchStrategy[Fields]:
        return st.lists(st.tuples(st.sampled_from(names), value), max_size=3)

    sent = st.lists(st.tuples(st.sampled_from(HEADERS), value), max_size=1)
    return over_routes() | over_pages()


def quoted(text: str) -> str:
    return quote(text[:5000], safe="", errors="surrogatepass")


def address_fault(scene: Scene, case: AddressCase) -> str:
    with scene.person(case.person) as client:
        response = scene.send(client, case.method, case.path, query=encoded(case.query), headers=case.headers)
        found = scene.faults(response)
        if case.method != "GET" and response.status_code >= 400:
            found += [f"refused, and yet wrote {name}" for name in scene.half_saved()]
    return "; ".join(found)


def form_cases(scene: Scene) -> st.SearchStrategy[FormCase]:
    value = texts(scene.ids)
    content = st.binary(max_size=200) | value.map(lambda text: text.encode(errors="surrogatepass"))

    @st.composite
    def one(draw: st.DrawFn) -> FormCase:
        form = draw(st.sampled_from(scene.forms))
        fields = filled(form)
        names = sorted({name for name, _ in fields} | set(form.names))
        changed = draw(st.lists(st.sampled_from(names), max_size=3, unique=True)) if names else []
        for name in changed:
            how = draw(st.integers(0, 9))
            if how == 0:
                fields = [pair for pair in fields if pair[0] != name]
            elif how == 1:
                fields = [*fields, (name, draw(value))]
            else:
                new = draw(value)
                fields = [(key, new if key == name else old) for key, old in fields]
                if name not in {key for key, _ in fields}:
                    fields = [*fields, (name, new)]
        files = [(name, draw(value), draw(content)) for name in form.files]
        stranger = draw(st.integers(0, 9)) == 0
        return FormCase(
            form, draw(st.sampled_from(PEOPLE)) if stranger else form.person, fields, files, changed
        )

    return one()


PRINTED = ("/codes/", "/sign-in-code/", "/slip/", "/file/", "/my-calendar/")
"""Whose answer is the paper, the file or the secret itself: taken, though it leads nowhere. Made again, the sheet, slip or
address before it is void; a file is given out once."""
PART_BY_PART = ("/write/",)
"""Where each part that can be kept is kept, so that nothing typed is lost, and the page comes back for the others: also for
one that somebody else saved meanwhile (409)."""


def form_fault(scene: Scene, case: FormCase) -> str:
    """Refused: nothing is saved. Taken: the same again adds no row anywhere."""
    with scene.person(case.person) as client:
        response = posted(scene, client, case)
        found = scene.faults(response)
        if case.form.method == "GET":
            return "; ".join(found)
        printed = response.status_code == 200 and case.form.action.endswith(PRINTED)
        partly = response.status_code in (200, 409) and case.form.action.endswith(PART_BY_PART)
        if printed or partly:
            return "; ".join(found)
        if response.status_code != 302:
            found += [
                f"not taken ({response.status_code}), and yet wrote {name}" for name in scene.half_saved()
            ]
        elif not found:
            once = prints()
            found += scene.faults(posted(scene, client, case))
            twice = prints()
            found += [
                f"{shape(case.form)}: sent twice made two rows of {name}"
                for name, (rows, _) in twice.items()
                if rows > once[name][0] and name not in NEVER_TWICE
            ]
    return "; ".join(found)


def shape(form: Found) -> str:
    return form.shape[1]


def posted(scene: Scene, client: Any, case: FormCase) -> Any:
    """As its page would send it, token included: the same token again is the same press of the button."""
    place = urlsplit(case.form.action)
    if case.form.method == "GET":
        return scene.send(client, "GET", place.path, query=encoded(case.fields))
    fields = [("csrfmiddlewaretoken", "a" * 64), *case.fields]
    if case.files:
        body = multipart(fields, case.files, "edge-of-a-part")
        kind = "multipart/form-data; boundary=edge-of-a-part"
        return scene.send(client, "POST", place.path, query=place.query, body=body, kind=kind)
    return scene.send(client, "POST", place.path, query=place.query, body=encoded(fields).encode())
