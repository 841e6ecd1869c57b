"""A real server for messages, in a thread: what it received, and how it answers."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

GOOD = b'{"errcode": 0, "code": 0, "errmsg": "ok"}'


class Station:
    """What one server has received, raw, and what it answers."""

    def __init__(self) -> None:
        self.status, self.answer, self.hangs = 200, GOOD, False
        self.received: list[bytes] = []
        self.let_go = threading.Event()
        self.url = ""

    @property
    def bodies(self) -> list[dict[str, Any]]:
        """The bodies as JSON."""
        return [json.loads(raw.partition(b"\r\n\r\n")[2]) for raw in self.received]

    def numbers(self) -> list[str]:
        """The numbers that webhooks brought."""
        return [body["number"] for body in self.bodies]


@contextmanager
def station() -> Iterator[Station]:
    """Run a server until the block ends."""
    kept = Station()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            head = f"{self.requestline}\r\n{self.headers}".encode()
            kept.received.append(head.rstrip() + b"\r\n\r\n" + body)
            if kept.hangs:
                kept.let_go.wait(30)
                return
            self.send_response(kept.status)
            self.send_header("Content-Length", str(len(kept.answer)))
            self.end_headers()
            self.wfile.write(kept.answer)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    kept.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield kept
    finally:
        kept.let_go.set()
        server.shutdown()
        server.server_close()


def closed_port() -> int:
    """Return a port at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def mail_station(answers: dict[str, bytes] | None = None) -> Iterator[tuple[int, list[bytes]]]:
    """Run a small SMTP server; yield its port and the mails that it has received."""
    mails: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                caller, _address = listener.accept()
            except OSError:
                return
            with caller, caller.makefile("rwb") as stream:
                _talk(stream, mails, answers or {})

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listener.getsockname()[1], mails
    finally:
        listener.close()


def _talk(stream: Any, mails: list[bytes], answers: dict[str, bytes]) -> None:
    def say(text: bytes) -> None:
        stream.write(text + b"\r\n")
        stream.flush()

    say(b"220 here")
    for line in stream:
        verb = line[:4].upper().decode("ascii", "replace")
        if verb == "DATA":
            say(b"354 go on")
            mail = b"".join(iter(stream.readline, b".\r\n"))
            mails.append(mail)
            say(answers.get(verb, b"250 kept"))
        elif verb == "QUIT":
            say(b"221 bye")
            return
        else:
            say(answers.get(verb, b"250 ok"))
