"""Reads of the shared ground. The first argument is always the viewer, save in `viewers`, which makes one."""
