"""Print the variables for a run on this machine's own PostgreSQL and Redis, having made the roles; exit 1 if absent."""

from __future__ import annotations

import os
import sys

import psycopg
import redis

from partnership.localservices import ROLES, ROLES_SQL

POSTGRES = "postgresql://postgres@127.0.0.1:5432/postgres?connect_timeout=3"
REDIS = "redis://127.0.0.1:6379/15"


def main() -> int:
    try:
        redis.Redis.from_url(REDIS, socket_timeout=3, socket_connect_timeout=3).ping()
        with psycopg.connect(POSTGRES, autocommit=True) as connection:
            if connection.info.server_version < 150000:
                return 1
            here = connection.execute(
                "SELECT count(*) FROM pg_roles WHERE rolname = ANY(%s)", [list(ROLES)]
            ).fetchone()
            if here == (0,):
                with connection.transaction():
                    connection.execute(ROLES_SQL)
    except (psycopg.Error, redis.RedisError):
        return 1
    # Named by process, so that two runs beside each other do not meet; pytest makes and drops test_ci_<number>.
    sys.stdout.write(
        f"TEST_DATABASE_URL=postgresql://{ROLES[0]}@127.0.0.1:5432/ci_{os.getpid()} TEST_REDIS_URL={REDIS}\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
