"""The test suite: on real PostgreSQL and a real broker, as the roles that serve."""
