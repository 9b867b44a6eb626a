"""Forms of the shared ground: they validate and never save."""
