"""The floor: a bare Django app on the same server and database, signed in by the same session middleware.

What a page of ours costs is told as so many times what this one costs in the same run."""
