from enum import StrEnum

import pytest

from partnership.lib.workflow import Move, NotAllowed, Workflow, WrongState


class State(StrEnum):
    DRAFT = "draft"
    SHARED = "shared"
    MET = "met"

    @property
    def label(self) -> str:
        return {"draft": "Being written", "shared": "Shared", "met": "Met"}[self.value]


def may_share(viewer: str, subject: str) -> bool:
    """Writers of the sending school."""
    return viewer == "sender"


def may_meet(viewer: str, subject: str) -> bool:
    return viewer in ("sender", "receiver")


WORKFLOW = Workflow(
    [
        Move("share", (State.DRAFT,), State.SHARED, may_share, "handover.shared", ("their SENCO",), "Share"),
        Move("amend", (State.SHARED, State.MET), None, may_share),
        Move("meet", (State.SHARED,), State.MET, may_meet, label="Record the conversation"),
    ],
    name="handover",
)


def test_a_move_that_is_open_and_allowed_is_returned() -> None:
    assert WORKFLOW.check(State.DRAFT, "share", "sender", "x").target == State.SHARED
    assert WORKFLOW.check("draft", "share", "sender", "x").event == "handover.shared"


def test_who_may_not_is_told_so_and_learns_no_state() -> None:
    with pytest.raises(NotAllowed, match="“Share” is not yours to do here"):
        WORKFLOW.check(State.MET, "share", "receiver", "x")


def test_from_the_wrong_state_the_sentence_names_both() -> None:
    with pytest.raises(WrongState, match="is possible from “Shared”; this is now “Being written”"):
        WORKFLOW.check("draft", "meet", "sender", "x")


def test_a_move_made_twice_is_told_as_such() -> None:
    with pytest.raises(WrongState, match="“Shared” already"):
        WORKFLOW.check("shared", "share", "sender", "x")


def test_an_unknown_move_is_a_fault_of_the_code() -> None:
    with pytest.raises(KeyError):
        WORKFLOW.check(State.DRAFT, "publish", "sender", "x")
    with pytest.raises(ValueError, match="stands twice"):
        Workflow([WORKFLOW["share"], WORKFLOW["share"]])


def test_the_buttons_are_the_open_moves() -> None:
    assert [move.name for move in WORKFLOW.open_to(State.SHARED, "sender", "x")] == ["amend", "meet"]
    assert [move.name for move in WORKFLOW.open_to(State.SHARED, "stranger", "x")] == []


def test_the_diagram() -> None:
    text = WORKFLOW.diagram()
    assert "    draft --> shared: Share" in text
    assert "    met --> met: Amend" in text
    assert (
        "| Share | Being written | Shared | Writers of the sending school | `handover.shared` | their SENCO |"
    ) in text
    assert "| Record the conversation | Shared | Met | meet | – | – |" in text
