"""A county to measure in: 350 schools and five years of moves, made up, the same on every run."""
