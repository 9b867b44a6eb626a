"""Where one request ends and the next begins, at the web server itself: two lengths in one request smuggle nothing in."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
HEAD = b"POST /first HTTP/1.1\r\nHost: x\r\n"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Gunicorn as the image starts it, but with an application that only answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = int(free.getsockname()[1])
    process = subprocess.Popen(
        [
            sys.executable, "-m", "gunicorn", "wsgiref.simple_server:demo_app", f"--bind=127.0.0.1:{number}",
            "--worker-class=gthread", "--threads=2", "--no-control-socket", "--log-level=critical",
        ]
    )  # fmt: skip
    try:
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", number), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield number
    finally:
        process.terminate()
        process.wait(20)


def answers(port: int, request: bytes) -> bytes:
    """Everything the server says until it closes or falls silent."""
    said = b""
    with socket.create_connection(("127.0.0.1", port), timeout=3) as line:
        line.sendall(request)
        try:
            while part := line.recv(65536):
                said += part
        except TimeoutError:
            pass
    return said


def test_two_sound_requests_on_one_line_get_two_answers(port: int) -> None:
    """The control: what would come out if a second request had been smuggled in."""
    said = answers(port, HEAD + b"Content-Length: 2\r\n\r\nab" + SMUGGLED)
    assert said.count(b"HTTP/1.1 200") == 2
    assert b"/smuggled" in said


@pytest.mark.parametrize(
    "request_",
    [
        HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
        HEAD + b"Transfer-Encoding: chunked\r\nContent-Length: 44\r\n\r\n0\r\n\r\n" + SMUGGLED,
        HEAD + b"Content-Length: 0\r\nContent-Length: 36\r\n\r\n" + SMUGGLED,
        HEAD + b"Transfer-Encoding: xchunked\r\nContent-Length: 36\r\n\r\n" + SMUGGLED,
        HEAD + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
        HEAD + b"Content-Length: +0\r\n\r\n" + SMUGGLED,
    ],
)
def test_a_request_with_two_lengths_is_refused_and_the_line_closed(port: int, request_: bytes) -> None:
    said = answers(port, request_)
    assert b"/smuggled" not in said
    assert said.count(b"HTTP/1.1") <= 1
