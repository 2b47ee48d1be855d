"""A server that hands out the page, canned answers, and an event stream which the test drives by hand."""

from __future__ import annotations

import json
import mimetypes
import queue
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import fake_town

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

WEB = Path(__file__).resolve().parents[3] / "api" / "web"
POLICY = "default-src 'self'; worker-src 'self' blob:; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'"
STATES: dict[str, Callable[[datetime], dict[str, Any]]] = {
    "signs": fake_town.signs,
    "signals": fake_town.signals,
    "parking": fake_town.parking,
    "loads": fake_town.loads,
}


class FakeService:
    """The town at one moment.  `say` sends an event to every open page; nothing else ever moves."""

    def __init__(self) -> None:
        self.at = fake_town.NOW
        self.speed = 1.0
        self.stream_works = True
        self.answers_work = True
        self.listeners: list[queue.Queue[tuple[str, dict[str, Any]] | None]] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/"

    def start(self) -> None:
        self.thread.start()

    def stop(self) -> None:
        self.hang_up()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def hang_up(self) -> None:
        """Close all streams."""
        for listener in list(self.listeners):
            listener.put(None)

    def say(self, event: str, data: dict[str, Any]) -> None:
        for listener in list(self.listeners):
            listener.put((event, data))

    def full_state(self) -> list[tuple[str, dict[str, Any]]]:
        return [
            ("clock", fake_town.clock(self.at, self.speed)),
            *((kind, make(self.at)) for kind, make in STATES.items()),
        ]

    def answer(self, path: str) -> dict[str, Any] | None:
        if path == "/v1/model":
            return fake_town.MODEL
        if path == "/v1/network":
            return fake_town.network()
        make = STATES.get(path.removeprefix("/v1/"))
        return make(self.at) if make else None


def _handler(service: FakeService) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (name of the base class)
            """Say nothing."""

        def do_GET(self) -> None:
            try:
                self.route(self.path.split("?")[0])
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True  # the page was closed

        def route(self, path: str) -> None:
            if path == "/v1/stream":
                self.stream()
            elif path.startswith("/v1/"):
                answer = service.answer(path) if service.answers_work else None
                self.send(200 if answer else 503, "application/json", json.dumps(answer or {}).encode())
            else:
                self.file("index.html" if path == "/" else path.removeprefix("/static/"))

        def file(self, name: str) -> None:
            file = (WEB / name).resolve()
            if not file.is_relative_to(WEB) or not file.is_file():
                self.send(404, "text/plain", b"not here")
                return
            kind = "text/javascript" if file.suffix == ".mjs" else mimetypes.guess_type(file.name)[0]
            self.send(200, kind or "application/octet-stream", file.read_bytes())

        def send(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", POLICY)
            self.end_headers()
            self.wfile.write(body)

        def stream(self) -> None:
            if not service.stream_works:
                self.send(503, "text/plain", b"no stream")
                return
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            listener: queue.Queue[tuple[str, dict[str, Any]] | None] = queue.Queue()
            for message in service.full_state():
                listener.put(message)
            service.listeners.append(listener)
            try:
                while (message := listener.get()) is not None:
                    self.wfile.write(f"event: {message[0]}\ndata: {json.dumps(message[1])}\n\n".encode())
                    self.wfile.flush()
            finally:
                service.listeners.remove(listener)

    return Handler
