"""A mail server of sixty lines: it keeps what it is given, and a test may act before it says thank you."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Callable
from email import message_from_bytes
from email.message import Message as Mail
from types import TracebackType
from typing import Any


class Sink:
    """Use as a context. `received` holds each mail as soon as it has come whole, answered or not."""

    def __init__(self) -> None:
        self.received: list[Mail] = []
        self.before_thanks: Callable[[int], None] = lambda number: None
        self._lock = threading.Lock()
        sink = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                try:
                    sink.talk(self.rfile, self.wfile)
                except OSError:
                    return  # the worker was killed

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True

            def handle_error(self, request: Any, client_address: Any) -> None:
                return

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port: int = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    def __enter__(self) -> Sink:
        self.thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(5)

    @property
    def ids(self) -> list[str]:
        return [str(mail["Message-ID"]) for mail in self.received]

    def talk(self, lines: Any, out: Any) -> None:
        out.write(b"220 sink\r\n")
        while line := lines.readline():
            word = line[:4].upper()
            if word == b"DATA":
                out.write(b"354 go on\r\n")
                self.keep(lines)
                out.write(b"250 kept\r\n")
            elif word == b"QUIT":
                out.write(b"221 bye\r\n")
                return
            else:
                out.write(b"250 fine\r\n")

    def keep(self, lines: Any) -> None:
        body = bytearray()
        while (line := lines.readline()) != b".\r\n":
            if not line:
                raise ConnectionError
            body += line.removeprefix(b".") if line.startswith(b"..") else line
        with self._lock:
            self.received.append(message_from_bytes(bytes(body)))
            number = len(self.received)
        self.before_thanks(number)
