"""Every message about a child's move: what comes due, and what somebody did. Found at start."""

from transitions.reminders import closings, conversations, due, listed, told

__all__ = ["closings", "conversations", "due", "listed", "told"]
