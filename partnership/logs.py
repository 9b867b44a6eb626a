"""What a line of the platform's log looks like."""

from __future__ import annotations

import logging

FAULT = 500


class RefusalsInOneLine(logging.Filter):
    """A page that was refused or not found is no fault of ours: its line goes without a trace."""

    def filter(self, record: logging.LogRecord) -> bool:
        if getattr(record, "status_code", FAULT) < FAULT:
            record.exc_info = record.exc_text = None
        return True
