"""Moves between phases, and the handovers that go with them."""

from transitions.models.closings import ClosedPlace
from transitions.models.conversations import Conversation, ConversationAdult, ConversationLine
from transitions.models.exports import Export, ExportFile
from transitions.models.handovers import Handover, HandoverStep, Receipt, Section, Version
from transitions.models.moves import NO_SCHOOL, DestinationChange, Transition
from transitions.models.named import NamedAdult

__all__ = [
    "NO_SCHOOL",
    "ClosedPlace",
    "Conversation",
    "ConversationAdult",
    "ConversationLine",
    "DestinationChange",
    "Export",
    "ExportFile",
    "Handover",
    "HandoverStep",
    "NamedAdult",
    "Receipt",
    "Section",
    "Transition",
    "Version",
]
