"""`make demo`: everything on this machine, from nothing to a page, and all of it gone with Ctrl-C (the data stay)."""
