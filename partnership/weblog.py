"""Gunicorn's access log without what an address can hold: no query (a name searched for), no secret of a link.

Used as `--logger-class=partnership.weblog.Logger` together with FORMAT."""

from __future__ import annotations

import re
from typing import Any

from gunicorn.glogging import Logger as GunicornLogger

FORMAT = "%({x-forwarded-for}i)s %(t)s %(m)s %(U)s %(s)s %(B)s %(L)s"
SECRET = re.compile(r"(?<=/)(?![0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/)[^/]{24,}(?=/)")
"""A long part that is no id: the token of an invitation, the key of a new password."""


class Logger(GunicornLogger):
    def atoms(self, resp: Any, req: Any, environ: dict[str, Any], request_time: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().atoms(resp, req, environ, request_time)
        return found | {"U": SECRET.sub("...", str(found["U"]))}
