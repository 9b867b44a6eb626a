"""Every message about professional development: about bookings, and what is asked afterwards. Found at start."""

from cpd.reminders import afterwards, days, talks
from cpd.reminders.booking import due_came_free, due_soon

__all__ = ["afterwards", "days", "due_came_free", "due_soon", "talks"]
