"""A real HTTP server on the loopback that speaks the chat protocol, well or badly, as told."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from petscribe.mining.llm.talking.endpoint import EndpointConfig


@dataclass
class Reply:
    """What the server does with one question."""

    content: str | None = None
    """What the model writes, in the protocol's envelope."""
    status: int = 200
    body: bytes | None = None
    """The raw body instead of an envelope."""
    headers: dict[str, str] = field(default_factory=dict)
    finish_reason: str = "stop"
    wait_s: float = 0.0
    drip_s: float = 0.0
    """Seconds between single bytes of the body."""
    cut: bool = False
    """Whether the connection closes in the middle of the body."""


Behaviour = Callable[[dict[str, Any]], Reply]


class FakeServer:
    """Answers `/v1/chat/completions` by a function from the question to a reply."""

    def __init__(self) -> None:
        """Answer that there is no finding, until told otherwise."""
        self.behaviour: Behaviour = lambda _: Reply(content='{"findings": []}')
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def url(self) -> str:
        """The address of the server."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def passages(self) -> list[str]:
        """Return the passages that were asked about."""
        return [json.loads(a["messages"][1]["content"])["passage"] for a in self.asked]

    def start(self) -> None:
        """Serve in a thread."""
        self._thread.start()

    def stop(self) -> None:
        """End, with the thread."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["content-length"])
                question = json.loads(self.rfile.read(length))
                owner.asked.append(question)
                owner.headers.append({k.lower(): v for k, v in self.headers.items()})
                owner.paths.append(self.path)
                with suppress(OSError):  # the client has had enough
                    _send(self, owner.behaviour(question))

            def log_message(self, *_: object) -> None:
                """Stay silent."""

        return Handler


def _send(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
    time.sleep(reply.wait_s)
    body = reply.body
    if body is None:
        choice = {
            "index": 0,
            "message": {"role": "assistant", "content": reply.content},
            "finish_reason": reply.finish_reason,
        }
        body = json.dumps({"object": "chat.completion", "choices": [choice]}).encode()
    handler.send_response(reply.status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body) + (100 if reply.cut else 0)))
    for name, value in reply.headers.items():
        handler.send_header(name, value)
    handler.end_headers()
    if reply.drip_s:
        for byte in body:
            handler.wfile.write(bytes([byte]))
            handler.wfile.flush()
            time.sleep(reply.drip_s)
    else:
        handler.wfile.write(body)
    handler.close_connection = True


@pytest.fixture
def server() -> Iterator[FakeServer]:
    """Return a running server; its test needs the marker `enable_socket`."""
    made = FakeServer()
    made.start()
    yield made
    made.stop()


@pytest.fixture
def quick(server: FakeServer) -> EndpointConfig:
    """Return a configuration for the server that does not wait long."""
    return EndpointConfig(url=server.url, timeout_s=2.0, attempts=3, backoff_s=0.01)


def finding_json(**changes: Any) -> dict[str, Any]:
    """Return a finding as a model states it: a right hilar node, unless changed."""
    return {
        "quote": "right hilar node", "anatomy": "right hilar", "region": "hilum",
        "laterality": "right", "type": "node", "count": 1, "negated": False, "uptake": None,
        "suv": [], "size": [], "mtv_ml": None, "tlg": None, "refs": [], "change": None,
        "dx": [], "vs": [], **changes,
    }  # fmt: skip


def suv_json(value: float, **changes: Any) -> dict[str, Any]:
    """Return an SUV as a model states it."""
    return {"stat": "max", "op": "=", "value": value, "low": None, "high": None,
            "time": "current", **changes}  # fmt: skip


def answer_json(*findings: dict[str, Any]) -> str:
    """Return a whole answer."""
    return json.dumps({"findings": list(findings)})
