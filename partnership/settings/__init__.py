"""Settings: base from the environment, and demo, test and production on top of it."""
