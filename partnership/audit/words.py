"""What an event says, in words: whoever inspects the audit reads no codes."""

from __future__ import annotations

from django.apps import apps

WORDS = {
    "account.codes_printed": "Sheet of codes printed",
    "account.code_given": "Sign-in code given out",
    "account.code_used": "Signed in by a code of the office",
    "handover.destination_changed": "Handover closed, since the destination changed",
    "handover.met": "Conversation about a handover recorded",
    "handover.own_conversation": "Conversation of the child's own marked or unmarked",
    "handover.widened": "Class note made into a SEND handover",
    "board.exported": "List fetched as a file",
    "export.asked": "List asked for as a file",
    "export.made": "List made into a file",
    "export.cancelled": "List as a file cancelled",
    "import.ready": "File read and ready to apply",
    "import.received": "File received",
    "import.refused": "File refused",
    "import.applied": "File applied",
    "import.discarded": "File discarded",
    "invitation.code_failed": "Wrong code given with an invitation",
    "move.begun": "Move of a child begun",
    "pupil.allotted": "Child put into a class of the next school",
    "pupil.identity_sealed": "Record sealed after a new identity",
    "pupil.known_as": "Name used every day changed",
    "section.let_go": "Section of a handover let go again",
    "section.withheld": "Section of a handover taken out",
    "sealed.opened": "Sealed records opened",
}
"""Where the parts of the code do not make a sentence by themselves."""


def event_words(kind: str) -> str:
    """`handover.shared` is "Handover shared", `schools.bankholiday.added` "Bank holiday added"."""
    if kind in WORDS:
        return WORDS[kind]
    *app, thing, done = ["", *kind.split(".")]
    try:
        thing = str(apps.get_model(app[-1], thing)._meta.verbose_name)
    except LookupError:
        thing = thing.replace("_", " ")
    words = f"{thing} {done.replace('_', ' ')}".strip()
    return words[:1].upper() + words[1:]
