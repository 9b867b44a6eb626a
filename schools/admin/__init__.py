"""The coordinators' workplace: organisations, people, terms, duties, files that came in, and the audit.

Never registered here or anywhere: pupils, places in classes, and whatever a handover says (practice P6)."""

from schools.admin import agreements, audit, calendar, imports, morning, organisations, people

__all__ = ["agreements", "audit", "calendar", "imports", "morning", "organisations", "people"]
