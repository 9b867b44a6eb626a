"""The components, by tag: `{% load ui %}`. Each is drawn by a template in templates/ui/; all text is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from django import template
from django.core.paginator import Page
from django.template.context import Context
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

from partnership.lib.names import within_a_sentence
from partnership.ui import icons, pagination
from partnership.ui.components import PHASE_WORDS, TRACK_WORDS, Crumb, Phase, StatusKind
from partnership.ui.forms import BoundField, problems_of

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """`{% icon "print" %}`: a drawing beside words, never instead of them."""
    return icons.icon(name)


@register.simple_tag
def status(kind: str, text: str = "") -> SafeString:
    """`{% status "red" "late by 3 days" %}`: word, shape and colour; without text the kind's own word."""
    known = StatusKind(kind)
    return drawn("ui/status.html", kind=known.value, text=text or known.word)


@lru_cache(maxsize=1024)
def drawn(name: str, **given: Any) -> SafeString:
    """A small part, drawn once for each set of facts: a list shows the same few in every row."""
    return mark_safe(get_template(name).render(given))  # noqa: S308 - drawn by a template, which escapes


CHOICES: dict[tuple[Any, ...], SafeString] = {}
CHOICES_KEPT = 512
TICK = (("", ""), ("True", ""), ("true", ""), ("on", ""))


@register.simple_tag
def choice(field: BoundField) -> SafeString:
    """`{% choice form.step %}`: a field of choices, drawn once for each set of choices and answer: a filter's are the
    same for nearly everybody. Only the drawing is kept, never the form, which also holds what was typed."""
    offered = tuple((str(value), str(label)) for value, label in getattr(field.field, "choices", TICK))
    answer = str(field.value() or "")
    if field.errors or answer not in dict(offered):
        return field.as_field_group()
    key = (field.auto_id, field.html_name, field.label, field.help_text, offered, answer)
    if key not in CHOICES:
        if len(CHOICES) >= CHOICES_KEPT:
            CHOICES.clear()
        CHOICES[key] = field.as_field_group()
    return CHOICES[key]


@register.inclusion_tag("ui/phase.html")
def phase(kind: str, text: str = "") -> dict[str, Any]:
    """`{% phase "primary" %}`: circle, square, triangle or diamond with its word."""
    known = Phase(kind)
    return {"kind": known.value, "text": text or PHASE_WORDS[known]}


@register.simple_tag
def track(steps: Iterable[Any], compact: bool = False, label: str = "Steps of this move") -> SafeString:
    """`{% track steps %}` with `.label` and `.state` (done, current, todo, late); `compact=True` for a row of a list."""
    return drawn(
        "ui/track.html", steps=tuple(Shown.of(step) for step in steps), compact=bool(compact), label=label
    )  # fmt: skip


class Shown(NamedTuple):
    """A step as it is drawn."""

    label: str
    state: str
    word: str
    icon: str

    @classmethod
    def of(cls, step: Any) -> Shown:
        marks = {"done": "check", "late": "alert"}
        return cls(step.label, step.state, TRACK_WORDS[step.state], marks.get(step.state, ""))


@register.inclusion_tag("ui/summary_list.html")
def summary_list(rows: Iterable[Any]) -> dict[str, Any]:
    """`{% summary_list rows %}` of SummaryRow: names and facts, each with its change link."""
    return {"rows": rows}


@register.inclusion_tag("ui/task_list.html")
def task_list(tasks: Iterable[Any], name: str = "task") -> dict[str, Any]:
    """`{% task_list tasks %}` of Task; `name` keeps ids apart where a page has two lists."""
    return {"tasks": tasks, "name": name}


@register.inclusion_tag("ui/breadcrumbs.html")
def breadcrumbs(*crumbs: Any) -> dict[str, Any]:
    """`{% breadcrumbs crumbs %}` of Crumb, or `{% breadcrumbs "Leaving" url "Ada" url2 %}` as text and address in turn."""
    if len(crumbs) == 1 and not isinstance(crumbs[0], str):
        return {"crumbs": crumbs[0]}
    return {"crumbs": [Crumb(str(t), str(h)) for t, h in zip(crumbs[::2], crumbs[1::2], strict=True)]}


@register.inclusion_tag("ui/pagination.html", takes_context=True, name="pagination")
def pagination_tag(
    context: Context, page: Page[Any], one: str = "row", many: str = "rows", param: str = "page"
) -> dict[str, Any]:
    """`{% pagination page "child" "children" %}`: says how many there are; links keep the filters of the address."""
    return {
        "page": page,
        "param": param,
        "numbers": pagination.numbers(page),
        "request": context["request"],
        "noun": one if page.paginator.count == 1 else many,
    }


@register.inclusion_tag("ui/empty.html")
def empty(title: str, text: str = "", href: str = "", action: str = "") -> dict[str, Any]:
    """`{% empty "No one is leaving yet" "Children in Year 6 will stand here…" url "Upload a CTF" %}`."""
    return {"title": title, "text": text, "href": href, "action": action}


@register.inclusion_tag("ui/whose.html")
def whose(
    who: str,
    what: str,
    due: date | None = None,
    status: str = "",
    status_text: str = "",
    href: str = "",
    action: str = "",
) -> dict[str, Any]:
    """`{% whose who="You" what="Hold the conversation" due=day status="amber" href=url action="Record it" %}`."""
    if due and f"{due.day} {due:%B}" in status_text:
        due = None  # the status says the day already
    return {
        "who": who, "what": what, "due": due, "status": status, "status_text": status_text,
        "href": href, "action": action, "kind": status if status in ("amber", "red", "green") else "",
    }  # fmt: skip


@register.inclusion_tag("ui/counts.html")
def counts(items: Iterable[Any], label: str = "Show only") -> dict[str, Any]:
    """`{% counts items %}` of Count: numbers that filter the list below when pressed."""
    return {"items": items, "label": label}


@register.inclusion_tag("ui/rows.html")
def rows(items: Sequence[Any]) -> dict[str, Any]:
    """`{% rows card.rows %}` of cards.Row: what, why, by when, one button."""
    return {"rows": items}


@register.inclusion_tag("ui/card.html")
def card(card: Any) -> dict[str, Any]:
    """`{% card card %}` of cards.Card."""
    return {"card": card}


@register.inclusion_tag("ui/numbers.html")
def numbers(items: Sequence[Any]) -> dict[str, Any]:
    """`{% numbers card.numbers %}` of cards.Number."""
    return {"numbers": items}


@register.inclusion_tag("ui/error_summary.html")
def error_summary(*forms: Any) -> dict[str, Any]:
    """`{% error_summary form formset %}` at the top of the page: what is wrong, each line a link to its field."""
    for form in forms:
        if form is not None:
            form.summarised = True  # so that `{{ form }}` does not say the same again
    return {"problems": problems_of(*forms)}


@register.inclusion_tag("ui/autosave.html")
def autosave_status(saved_at: Any = None) -> dict[str, Any]:
    """`{% autosave_status section.saved_at %}` inside `<form data-autosave="url">`."""
    return {"saved_at": saved_at}


@register.inclusion_tag("ui/readers.html")
def readers(text: str) -> dict[str, Any]:
    """`{% readers "the SENCOs and class teachers of both schools" %}`: who will read what is written here."""
    return {"text": text.removeprefix("Read by ").rstrip(".")}


@register.inclusion_tag("ui/no_safeguarding.html")
def no_safeguarding() -> dict[str, Any]:
    """`{% no_safeguarding %}` above every free text (practice 9)."""
    return {}


@register.inclusion_tag("ui/job.html")
def job_progress(job: Any, url: str = "", text: str = "", every: str = "2s") -> dict[str, Any]:
    """`{% job_progress job url "Reading the file" %}`: asks `url` for itself every two seconds while the job runs, or as
    often as its last word says."""
    running = job.state in ("queued", "running")
    return {"job": job, "url": url, "text": text, "every": every, "running": running}


@register.inclusion_tag("ui/stepper.html")
def stepper(steps: Iterable[Any]) -> dict[str, Any]:
    """`{% stepper steps %}` of PageStep: where one stands in a short row of pages."""
    return {"steps": steps}


@register.inclusion_tag("ui/print_button.html")
def print_button(text: str = "Print") -> dict[str, Any]:
    """`{% print_button %}`: appears only where JavaScript runs; the browser's own print works anyway."""
    return {"text": text}


@register.simple_block_tag
def panel(content: str, title: str, kind: str = "") -> SafeString:
    """`{% panel title="Who sees this" %}…{% endpanel %}`: an aside on tinted paper."""
    return _wrapped("ui/panel.html", content=content, title=title, kind=kind)


@register.simple_block_tag
def filters(content: str, open: bool = False, title: str = "Filter") -> SafeString:
    """`{% filters open=active %}<form …>…</form>{% endfilters %}`: folded on a phone, open on a desk."""
    return _wrapped("ui/filters.html", content=content, open=open, title=title)


@register.simple_block_tag
def action_bar(content: str) -> SafeString:
    """`{% action_bar %}<button …>{% endaction_bar %}`: stays at the bottom of a phone's screen."""
    return _wrapped("ui/action_bar.html", content=content)


@register.simple_tag(takes_context=True)
def page_link(context: Context, number: int, param: str = "page") -> str:
    """The present address with another page number: filters stay."""
    query = context["request"].GET.copy()
    query[param] = str(number)
    return f"?{query.urlencode()}"


BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
DEVICES = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("CrOS", "Chromebook"),
    ("Windows", "Windows"), ("Mac OS", "Mac"), ("Linux", "Linux"),
)  # fmt: skip


@register.filter
def browser(user_agent: str) -> str:
    """'Firefox on Windows': a guess good enough to know one's own device again."""
    name = next((name for mark, name in BROWSERS if mark in user_agent), "A browser")
    device = next((f" on {name}" for mark, name in DEVICES if mark in user_agent), "")
    return name + device


register.filter(within_a_sentence)


@register.filter
def has_error(attrs: dict[str, Any]) -> bool:
    """Whether a widget's attributes say that it is wrong."""
    return attrs.get("aria-invalid") == "true"


def _wrapped(name: str, **context: Any) -> SafeString:
    return mark_safe(get_template(name).render(context))  # noqa: S308 - what a template of ours has rendered
