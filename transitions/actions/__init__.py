"""Everything that changes a move or a handover: keyword-only, one transaction, with its step, audit and messages."""
