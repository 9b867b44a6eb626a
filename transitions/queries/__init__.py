"""Reads of moves and handovers. The first argument is always the viewer, save in `due`, which serves reminders."""
