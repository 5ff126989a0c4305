"""One OpenAI-compatible endpoint (vLLM, llama.cpp server, Ollama): a question out, an answer in.

Speaks `POST .../chat/completions` with the answer constrained to a JSON schema, and less where a
server knows no schemas. Follows no redirect and no proxy of the environment: the text goes where
the user said and nowhere else. Patient with a busy server, bounded in time and bytes, and silent
about what was sent: no message holds report text or a server's words.
"""

import email.utils
import json
import logging
import math
import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final, Protocol, runtime_checkable

import httpx

from petscribe.core.errors import ExtractionError, InputError
from petscribe.mining.llm.talking.prompt import Messages

_LOG: Final = logging.getLogger(__name__)
_MOST_BYTES: Final = 2**20
_LONGEST_WAIT_S: Final = 60.0
_BUSY: Final = frozenset((408, 409, 425, 429))
_WRONG_ADDRESS: Final = frozenset((401, 402, 403, 404, 405))
_FORMATS: Final = ("json_schema", "json_object", None)
"""How an answer may be constrained, the strictest first."""


@runtime_checkable
class Asker(Protocol):
    """Something that puts a question to a language model by name."""

    def ask(self, model: str, messages: Messages, schema: Mapping[str, Any], *, seed: int) -> str:
        """Return the model's answer, or raise `ExtractionError` with a code of `llm-...`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointConfig:
    """Where and how to ask."""

    url: str
    """`http://host:port`, `.../v1`, or the whole address of the chat completions."""
    key: str | None = field(default=None, repr=False)
    timeout_s: float = 120.0
    """For one answer, from first byte to last."""
    attempts: int = 5
    backoff_s: float = 1.0
    """Wait after the first failure; doubles with each."""
    max_tokens: int = 2048

    @property
    def address(self) -> str:
        """The address that questions go to.

        Raises:
            InputError: not a web address, or one with a password in it (code `bad-endpoint`).
        """
        try:
            url = httpx.URL(self.url.rstrip("/"))
        except httpx.InvalidURL as fault:
            raise InputError("bad-endpoint", "the endpoint is not a web address") from fault
        if url.scheme not in {"http", "https"} or not url.host or url.userinfo or url.query:
            raise InputError(
                "bad-endpoint", "an endpoint looks like http://host:port/v1, key in the environment"
            )
        if url.path.endswith("/chat/completions"):
            return str(url)
        path = "/v1" if url.path in {"", "/"} else url.path
        return str(url.copy_with(path=f"{path}/chat/completions"))


class _Refused(Exception):
    """The server does not know this way of constraining an answer."""


class _Again(Exception):
    """Worth another attempt: the code if it is the last, and how long the server wants to rest."""

    def __init__(self, code: str, rest_s: float = 0.0) -> None:
        super().__init__(code)
        self.code: Final = code
        self.rest_s: Final = rest_s


class Endpoint:
    """A connection to one endpoint, shared by threads; close it when done."""

    def __init__(self, config: EndpointConfig) -> None:
        """Prepare to ask; nothing is sent yet."""
        self._config: Final = config
        self._address: Final = config.address
        headers = {"Authorization": f"Bearer {config.key}"} if config.key else {}
        self._client: Final = httpx.Client(
            headers=headers,
            timeout=httpx.Timeout(config.timeout_s, connect=min(10.0, config.timeout_s)),
            follow_redirects=False,
            trust_env=False,
        )
        self._lock: Final = threading.Lock()
        self._resume_at = 0.0
        self._down: str | None = None
        self._format: dict[str, int] = {}

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def ask(self, model: str, messages: Messages, schema: Mapping[str, Any], *, seed: int) -> str:
        """Return the content of the model's answer.

        Raises:
            ExtractionError: unreachable, refused, busy, too slow, or no answer in the protocol
                (codes `llm-unreachable`, `llm-refused`, `llm-busy`, `llm-server-error`,
                `llm-timeout`, `llm-too-long`, `llm-not-json`, `llm-truncated`).
        """
        body = {
            "model": model,
            "messages": list(messages),
            "temperature": 0,
            "seed": seed,
            "max_tokens": self._config.max_tokens,
        }
        while True:
            level = self._format.get(model, 0)
            try:
                return self._patiently(partial(self._once, {**body, **_constraint(level, schema)}))
            except _Refused:
                if level + 1 == len(_FORMATS):
                    raise _fault("llm-refused") from None
                _LOG.info("the server refuses %s answers; asking for less", _FORMATS[level])
                self._format[model] = level + 1

    def _patiently(self, post: Callable[[], str]) -> str:
        """Call until it works, waiting longer each time, and as long as the server wishes."""
        code = "llm-unreachable"
        for attempt in range(self._config.attempts):
            if self._down is not None:
                raise _fault(self._down)
            self._wait()
            try:
                return post()
            except _Again as again:
                code = again.code
                spread = 0.75 + random.random() / 2  # noqa: S311 - keeps threads apart, no secret
                rest_s = max(again.rest_s, self._config.backoff_s * 2**attempt * spread)
                with self._lock:
                    rest_until = time.monotonic() + min(rest_s, _LONGEST_WAIT_S)
                    self._resume_at = max(self._resume_at, rest_until)
        if code == "llm-unreachable":
            self._down = code
        raise _fault(code)

    def _wait(self) -> None:
        rest_s = self._resume_at - time.monotonic()
        if rest_s > 0:
            time.sleep(rest_s)

    def _once(self, body: Mapping[str, Any]) -> str:
        deadline = time.monotonic() + self._config.timeout_s
        try:
            with self._client.stream("POST", self._address, json=body) as response:
                self._check(response)
                received = _received(response, deadline)
        except httpx.TimeoutException as fault:
            code = "llm-unreachable" if isinstance(fault, httpx.ConnectTimeout) else "llm-timeout"
            raise _Again(code) from fault
        except httpx.DecodingError as fault:
            raise _fault("llm-not-json") from fault
        except httpx.ConnectError as fault:
            raise _Again("llm-unreachable") from fault
        except httpx.TransportError as fault:  # cut off in the middle
            raise _Again("llm-server-error") from fault
        return _content(received)

    def _check(self, response: httpx.Response) -> None:
        status = response.status_code
        if status in _BUSY:
            raise _Again("llm-busy", _rest_s(response.headers.get("retry-after", "")))
        if status >= 500:
            raise _Again("llm-server-error", _rest_s(response.headers.get("retry-after", "")))
        if status in {400, 422}:
            raise _Refused
        if status in _WRONG_ADDRESS:
            self._down = "llm-refused"  # the next question would fare no better
        if status != 200:
            raise _fault("llm-refused", f"status {status}")


def _constraint(level: int, schema: Mapping[str, Any]) -> dict[str, Any]:
    kind = _FORMATS[level]
    if kind is None:
        return {}
    if kind == "json_object":
        return {"response_format": {"type": kind}}
    named = {"name": "findings", "strict": True, "schema": schema}
    return {"response_format": {"type": kind, "json_schema": named}}


def _received(response: httpx.Response, deadline: float) -> bytes:
    """Return the body, within its bounds of bytes and of time, however slowly it drips."""
    parts: list[bytes] = []
    total = 0
    for part in response.iter_bytes():
        total += len(part)
        if total > _MOST_BYTES:
            raise _fault("llm-too-long", f"over {_MOST_BYTES} bytes")
        if time.monotonic() > deadline:
            raise _Again("llm-timeout")
        parts.append(part)
    return b"".join(parts)


def _content(received: bytes) -> str:
    """Return what the model wrote, out of the protocol's envelope."""
    try:
        choice = json.loads(received)["choices"][0]
        content = choice["message"]["content"]
        reason = choice.get("finish_reason")
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as fault:
        raise _fault("llm-not-json") from fault
    if reason == "length":
        raise _fault("llm-truncated")
    if not isinstance(content, str):
        raise _fault("llm-not-json")
    return content


def _rest_s(header: str) -> float:
    """Return how long a server wants to rest: seconds, or a date."""
    try:
        seconds = float(header)
    except ValueError:
        try:
            until = email.utils.parsedate_to_datetime(header)
            seconds = (until - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):
            return 0.0
    return min(max(seconds, 0.0), _LONGEST_WAIT_S) if math.isfinite(seconds) else 0.0


_FAULTS: Final = (
    ExtractionError(
        "llm-unreachable", "nothing answers at the endpoint; is the server up, the address right?"
    ),
    ExtractionError(
        "llm-refused", "the endpoint refuses the question; check address, model name and key"
    ),
    ExtractionError("llm-busy", "the endpoint stays busy; ask again later or with fewer workers"),
    ExtractionError("llm-server-error", "the endpoint fails"),
    ExtractionError("llm-timeout", "the answer took too long"),
    ExtractionError("llm-too-long", "the answer is too long"),
    ExtractionError("llm-not-json", "the answer is not in the protocol of chat completions"),
    ExtractionError("llm-truncated", "the answer was cut off at the token limit"),
)
_SAYS: Final = {fault.code: fault.message for fault in _FAULTS}


def _fault(code: str, detail: str = "") -> ExtractionError:
    return ExtractionError(code, f"{_SAYS[code]}{f' ({detail})' if detail else ''}")
