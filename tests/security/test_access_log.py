"""The web server's access log, as the image starts it: when, what and how it went, and nothing an address can hide."""

from __future__ import annotations

import json
import logging
import re
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from gunicorn.config import Config

from partnership.weblog import FORMAT, Logger

ROOT = Path(__file__).resolve().parents[2]
HEADERS = [("X-FORWARDED-FOR", "203.0.113.7"), ("REFERER", "https://a.example/leaving/?q=Zzcanary")]


def line_for(path: str, caplog: pytest.LogCaptureFixture) -> str:
    config = Config()
    config.set("accesslog", "-")
    config.set("access_log_format", FORMAT)
    logger = Logger(config)
    logger.access_log.propagate = True
    environ = {
        "REQUEST_METHOD": "GET", "RAW_URI": f"{path}?q=Zzcanary", "PATH_INFO": path, "QUERY_STRING": "q=Zzcanary",
        "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_REFERER": HEADERS[1][1],
    }  # fmt: skip
    with caplog.at_level(logging.INFO, logger="gunicorn.access"):
        logger.access(
            SimpleNamespace(status="200 OK", sent=12, headers=[]),
            SimpleNamespace(headers=HEADERS),
            environ,
            timedelta(milliseconds=40),
        )
    return caplog.messages[-1]


def test_it_tells_when_from_where_and_how_it_went(caplog: pytest.LogCaptureFixture) -> None:
    pk = "3f0c2f6e-6d0b-4a5e-9a54-0d6f2b0b8f11"
    assert re.fullmatch(
        rf"203\.0\.113\.7 \[\S+ [+-]\d{{4}}\] GET /moves/{pk}/ 200 12 0\.040000",
        line_for(f"/moves/{pk}/", caplog),
    )


@pytest.mark.parametrize(
    "path",
    [
        "/invitation/Jx0bT4vN8qW1sZ6yR3mK9pL2cF7hD5gA0eU4iO8aXtY/",
        "/accounts/password/reset/key/2f1c9b7a-cw8n1x-0f3c5e7a9b1d3f5e7a9b1d3f5e7a9b1d/",
        "/leaving/",
    ],
)
def test_it_holds_no_query_and_no_secret(path: str, caplog: pytest.LogCaptureFixture) -> None:
    line = line_for(path, caplog)
    assert "Zzcanary" not in line
    assert not re.search(r"[A-Za-z0-9-]{24,}", line)


def test_the_image_starts_with_it() -> None:
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    found = re.search(r"^CMD (\[.*\])$", text, flags=re.MULTILINE)
    assert found
    command = json.loads(found[1])
    assert "--logger-class=partnership.weblog.Logger" in command
    assert f"--access-logformat={FORMAT}" in command
