"""Forms of moves and handovers: they validate, they do not save."""
