"""Every form of every page, found in the pages themselves, so that a new one is tried without anybody naming it."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit


@dataclass
class Found:
    """A form as its page offers it: what a person would send by pressing its button, and its files."""

    person: str
    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    choices: dict[str, list[str]] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        return list(dict.fromkeys([name for name, _ in self.fields] + list(self.choices)))

    @property
    def shape(self) -> tuple[str, ...]:
        """Two forms of one shape are one: the same page for another row."""
        path = urlsplit(self.action).path
        place = "/".join("<id>" if any(c.isdigit() for c in part) else part for part in path.split("/"))
        return (self.method, place, *sorted({_plain(name) for name in self.names}))


def _plain(name: str) -> str:
    return name if len(name) < 30 else name.split("_")[0]


class _Reader(HTMLParser):
    def __init__(self, person: str, address: str) -> None:
        super().__init__()
        self.person, self.address = person, address
        self.forms: list[Found] = []
        self._open: Found | None = None
        self._select: tuple[str, list[str], list[str]] | None = None
        self._area: tuple[str, list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "form":
            action = urljoin(self.address, has.get("action", "") or self.address)
            self._open = Found(self.person, action, has.get("method", "get").upper())
            self.forms.append(self._open)
        form, name = self._open, has.get("name", "")
        if tag == "option" and self._select is not None:
            _, options, chosen = self._select
            options.append(has.get("value", ""))
            if "selected" in has:
                chosen.append(has.get("value", ""))
        if form is None or not name or name == "csrfmiddlewaretoken":
            return
        if tag == "select":
            self._select = (name, [], [])
        elif tag == "textarea":
            self._area = (name, [])
        elif tag in ("input", "button"):
            self._control(form, name, has.get("type", "text"), has)

    def _control(self, form: Found, name: str, kind: str, has: dict[str, str]) -> None:
        value = has.get("value", "on" if kind in ("checkbox", "radio") else "")
        if kind == "file":
            form.files.append(name)
        elif kind in ("checkbox", "radio"):
            form.choices.setdefault(name, []).append(value)
            if "checked" in has:
                form.fields.append((name, value))
        else:
            form.fields.append((name, value))

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        form = self._open
        if tag == "form":
            self._open = None
        if form is None:
            return
        if tag == "textarea" and self._area is not None:
            form.fields.append((self._area[0], "".join(self._area[1]).lstrip("\n")))
            self._area = None
        elif tag == "select" and self._select is not None:
            name, options, chosen = self._select
            form.choices[name] = options
            form.fields += [(name, value) for value in chosen or options[:1]]
            self._select = None


def forms_in(person: str, address: str, html: str) -> list[Found]:
    """The forms of one page."""
    reader = _Reader(person, address)
    reader.feed(html)
    return reader.forms


USUAL = {
    "email": "wanda.new@school.example", "name": "Wanda New", "forename": "Ada", "surname": "Marsh",
    "reason": "It was asked for.",
    "born_on_day": "14", "born_on_month": "3", "born_on_year": "2016",
    "day_day": "20", "day_month": "11", "day_year": "2026",
    "ends_on_day": "1", "ends_on_month": "7", "ends_on_year": "2030", "title": "A wish",
    "code": "wish", "amount": "3",
    "source": "The heads", "effective_from": "1 9 2026", "on": "25 12 2026", "note": "Has settled well.",
    "elsewhere_name": "A school",
    "password1": "a long pass phrase 1", "password2": "a long pass phrase 1", "friends": "Sits well beside Jo.",
}  # fmt: skip


def filled(form: Found) -> list[tuple[str, str]]:
    """What somebody would send who fills in what is empty: usual words, and the last of each list of choices."""
    sent = [(name, value or USUAL.get(name, "")) for name, value in form.fields]
    given = {name for name, value in sent if value}
    for name, options in form.choices.items():
        if name not in given and options:
            sent = [(key, value) for key, value in sent if key != name] + [(name, options[-1])]
    return sent
