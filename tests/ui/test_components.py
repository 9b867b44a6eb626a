"""Each component says its meaning in words, and nothing typed by people becomes markup."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.template import Context, Template
from django.test import RequestFactory

from partnership.ui import icons, samples
from partnership.ui.cards import Card, Number, Place, Row
from partnership.ui.components import (
    Count,
    Crumb,
    PageStep,
    Phase,
    StatusKind,
    SummaryRow,
    Task,
    TrackStep,
    steps_at,
)
from partnership.ui.pagination import numbers, paginate

NASTY = "<script>alert('x')</script>"


def draw(source: str, **context: Any) -> str:
    request = RequestFactory().get("/leaving/", context.pop("query", {}))
    return Template("{% load ui %}" + source).render(Context({"request": request, **context}))


@pytest.mark.parametrize("kind", list(StatusKind))
def test_a_status_has_a_word_a_shape_and_a_colour(kind: StatusKind) -> None:
    html = draw("{% status kind %}", kind=kind)
    assert kind.word in html
    assert f"status--{kind}" in html
    assert icons.STROKED[f"status-{kind}"] in html


def test_shapes_differ_without_their_colour() -> None:
    for prefix, kinds in (("status", list(StatusKind)), ("phase", list(Phase))):
        assert len({icons.STROKED[f"{prefix}-{kind}"] for kind in kinds}) == len(kinds)


def test_an_unknown_status_is_refused() -> None:
    with pytest.raises(ValueError, match="purple"):
        draw("{% status 'purple' %}")


@pytest.mark.parametrize("compact", [True, False])
def test_a_track_is_read_out_in_words(compact: bool) -> None:
    steps = steps_at(["Begun", "Shared", "Met"], 1, late=True)
    html = draw("{% track steps compact=compact %}", steps=steps, compact=compact)
    words = re.sub(r"<[^>]+>", "", html).split("\n")
    assert "Begun: doneShared: lateMet: to come" in "".join(words).replace("  ", "")
    assert html.count('aria-current="step"') == 1


@pytest.mark.parametrize(
    ("position", "states"),
    [(0, ["current", "todo"]), (1, ["done", "current"]), (2, ["done", "done"])],
)
def test_steps_at_a_position(position: int, states: list[str]) -> None:
    assert [step.state for step in steps_at(["a", "b"], position)] == states


def test_a_step_has_one_of_four_states() -> None:
    with pytest.raises(ValueError, match="soon"):
        TrackStep("Met", "soon")


NASTY_ROW = Row(NASTY, "#", NASTY, None, NASTY, "red", NASTY)
NASTY_CARD = Card(Place.LATE, NASTY, (NASTY_ROW,), more_href="#", more_text=NASTY)

ESCAPED: list[tuple[str, dict[str, Any]]] = [
    ("{% status 'red' x %}", {}),
    ("{% phase 'fe' x %}", {}),
    ("{% track y %}", {"y": [TrackStep(NASTY, "done")]}),
    ("{% summary_list y %}", {"y": [SummaryRow(NASTY, NASTY, "#")]}),
    ("{% task_list y %}", {"y": [Task(NASTY, "grey", NASTY, NASTY, "#")]}),
    ("{% breadcrumbs y %}", {"y": [Crumb(NASTY, "#")]}),
    ("{% breadcrumbs x '#' %}", {}),
    ("{% empty x x '#' x %}", {}),
    ("{% whose who=x what=x href='#' action=x %}", {}),
    ("{% counts y %}", {"y": [Count(1, NASTY, "#")]}),
    ("{% card y %}", {"y": NASTY_CARD}),
    ("{% card y %}", {"y": Card(Place.NUMBERS, "", numbers=(Number(NASTY, NASTY, "#"),))}),
    ("{% readers x %}", {}),
    ("{% stepper y %}", {"y": [PageStep(NASTY, True)]}),
    ("{% job_progress y '' x %}", {"y": samples.SampleJob("1", "failed", error=NASTY)}),
    ("{% print_button x %}", {}),
    ("{% panel title=x %}{{ x }}{% endpanel %}", {}),
    ("{% filters title=x %}{{ x }}{% endfilters %}", {}),
    ("{% action_bar %}{{ x }}{% endaction_bar %}", {}),
]  # fmt: skip


@pytest.mark.parametrize(("source", "context"), ESCAPED)
def test_text_is_escaped(source: str, context: dict[str, Any]) -> None:
    html = draw(source, x=NASTY, **context)
    assert "<script" not in html
    assert "&lt;script&gt;" in html


@pytest.mark.parametrize(("source", "context"), ESCAPED)
def test_nothing_is_styled_or_scripted_inline(source: str, context: dict[str, Any]) -> None:
    html = draw(source, x="Ada", **context)
    assert not re.search(r"<[^>]*\s(style|on\w+)=", html)


def test_an_unknown_icon_is_an_error() -> None:
    with pytest.raises(KeyError):
        icons.icon("unicorn")


def page_of(count: int, asked: str = "1", **query: str) -> str:
    query["page"] = asked
    request = RequestFactory().get("/leaving/", query)
    page = paginate(request, range(count), per_page=50)
    return draw("{% pagination page 'child' 'children' %}", page=page, query=query)


def test_one_page_has_no_links_and_says_how_many() -> None:
    assert "<nav" not in page_of(50)
    assert "1–50 of 50 children" in page_of(50)
    assert "1 of 1 child<" in page_of(1)
    assert "of 0" not in page_of(0)


@pytest.mark.parametrize(("asked", "number"), [("2", 2), ("nonsense", 1), ("-4", 9), ("999", 9)])
def test_a_strange_number_still_shows_a_page(asked: str, number: int) -> None:
    page = paginate(RequestFactory().get("/", {"page": asked}), range(437), per_page=50)
    assert page.number == number


def test_links_keep_the_filters_and_escape_them() -> None:
    html = page_of(437, "2", q='"><script>', late="yes")
    assert "<script" not in html
    assert 'href="?q=%22%3E%3Cscript%3E&amp;late=yes&amp;page=3"' in html
    assert 'rel="prev"' in html
    assert html.count('aria-current="page"') == 1


def test_far_pages_are_a_gap() -> None:
    page = paginate(RequestFactory().get("/", {"page": "5"}), range(437), per_page=50)
    assert numbers(page) == [1, None, 4, 5, 6, None, 9]


def test_due_days_are_written_out() -> None:
    html = draw("{% whose who='You' what='Meet' due=due %}", due=date(2026, 11, 20))
    assert "Friday 20 November" in html


def test_the_day_is_said_once() -> None:
    said = "Friday 20 November, in 3 school days"
    html = draw(
        "{% whose who='You' what='Meet' due=due status='amber' status_text=said %}",
        due=date(2026, 11, 20),
        said=said,
    )
    assert html.count("20 November") == 1


def test_who_reads_is_one_sentence() -> None:
    assert "Read by the SENCOs. The family too.<" in draw(
        "{% readers 'Read by the SENCOs. The family too.' %}"
    )


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit Chrome/120 Safari/537 Edg/120", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17 like Mac OS X) Version/17 Safari/604", "Safari on iPhone"),
        ("curl/8", "A browser"),
    ],
)
def test_browsers_are_named(agent: str, name: str) -> None:
    assert draw("{{ agent|browser }}", agent=agent) == name
