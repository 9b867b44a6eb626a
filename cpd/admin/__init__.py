"""The offer, planned by coordinators: programmes, their sessions, joint days. Calling off and copying are named buttons."""

from cpd.admin import days, morning, programmes, sessions

__all__ = ["days", "morning", "programmes", "sessions"]
