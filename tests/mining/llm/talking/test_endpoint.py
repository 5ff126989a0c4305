"""An endpoint: the protocol spoken right, and every way of speaking it wrong survived."""

import json
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from mining.llm.conftest import FakeServer, Reply
from petscribe.core.errors import ExtractionError, InputError
from petscribe.mining.llm.talking.endpoint import Endpoint, EndpointConfig

MESSAGES = ({"role": "user", "content": "liver"},)
SCHEMA = {"type": "object"}


def ask(config: EndpointConfig, model: str = "m") -> str:
    endpoint = Endpoint(config)
    try:
        return endpoint.ask(model, MESSAGES, SCHEMA, seed=0)
    finally:
        endpoint.close()


def refusal(config: EndpointConfig) -> str:
    with pytest.raises(ExtractionError) as fault:
        ask(config)
    assert "liver" not in fault.value.message
    return fault.value.code


@pytest.mark.enable_socket
def test_a_question_is_constrained_to_the_schema(server: FakeServer, quick: EndpointConfig):
    assert ask(replace(quick, key="secret")) == '{"findings": []}'
    [question] = server.asked
    assert question["model"] == "m"
    assert question["messages"] == list(MESSAGES)
    assert question["temperature"] == 0
    assert question["response_format"]["json_schema"]["schema"] == SCHEMA
    assert server.headers[0]["authorization"] == "Bearer secret"
    assert server.paths == ["/v1/chat/completions"]


@pytest.mark.enable_socket
def test_without_a_key_none_is_sent(server: FakeServer, quick: EndpointConfig):
    ask(quick)
    assert "authorization" not in server.headers[0]


def test_the_key_stays_out_of_what_is_printed():
    assert "hush" not in repr(EndpointConfig(url="http://localhost:1", key="hush"))


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ("http://host:8000", "http://host:8000/v1/chat/completions"),
        ("http://host:8000/v1/", "http://host:8000/v1/chat/completions"),
        ("https://host/api/v1", "https://host/api/v1/chat/completions"),
        ("http://host/x/chat/completions", "http://host/x/chat/completions"),
    ],
)
def test_an_address_may_be_short(given: str, asked: str):
    assert EndpointConfig(url=given).address == asked


@pytest.mark.parametrize(
    "url", ["", "host:8000", "ftp://host", "file:///etc/passwd", "http://", "http://u:p@host",
            "http://host/v1?key=1", "http://[::bad"],
)  # fmt: skip
def test_what_is_no_endpoint_is_refused(url: str):
    with pytest.raises(InputError) as fault:
        Endpoint(EndpointConfig(url=url))
    assert fault.value.code == "bad-endpoint"


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (Reply(body=b"<html>busy</html>"), "llm-not-json"),
        (Reply(body=b""), "llm-not-json"),
        (Reply(body=b"\xff\xfe\x00"), "llm-not-json"),
        (Reply(body=b"[1, 2]"), "llm-not-json"),
        (Reply(body=b'{"choices": []}'), "llm-not-json"),
        (Reply(body=b'{"choices": [{"message": {"content": null}}]}'), "llm-not-json"),
        (Reply(body=b'{"choices": [{"message": {"content": 5}}]}'), "llm-not-json"),
        (Reply(body=b"[" * 200_000), "llm-not-json"),
        (Reply(body=b"not gzip", headers={"Content-Encoding": "gzip"}), "llm-not-json"),
        (Reply(content='{"findings": [', finish_reason="length"), "llm-truncated"),
        (Reply(body=b"x" * (2**20 + 1)), "llm-too-long"),
        (Reply(content="{}", cut=True), "llm-server-error"),
        (Reply(status=500), "llm-server-error"),
        (Reply(status=503), "llm-server-error"),
        (Reply(status=429), "llm-busy"),
        (Reply(status=400), "llm-refused"),
        (Reply(status=401), "llm-refused"),
        (Reply(status=404), "llm-refused"),
        (Reply(status=418), "llm-refused"),
        (Reply(status=302, headers={"Location": "http://127.0.0.1:9/"}), "llm-refused"),
        (Reply(status=204, body=b""), "llm-refused"),
    ],
)
def test_what_a_server_does_wrong_has_a_code(
    server: FakeServer, quick: EndpointConfig, reply: Reply, code: str
):
    server.behaviour = lambda _: reply
    assert refusal(quick) == code


@pytest.mark.enable_socket
def test_a_bomb_of_compressed_bytes_stays_small(server: FakeServer, quick: EndpointConfig):
    import gzip

    bomb = gzip.compress(b" " * 50_000_000)
    server.behaviour = lambda _: Reply(body=bomb, headers={"Content-Encoding": "gzip"})
    assert refusal(quick) == "llm-too-long"


@pytest.mark.enable_socket
def test_a_slow_server_is_waited_for_and_a_silent_one_is_not(
    server: FakeServer, quick: EndpointConfig
):
    server.behaviour = lambda _: Reply(content="late", wait_s=0.3)
    assert ask(quick) == "late"
    assert refusal(replace(quick, timeout_s=0.1, attempts=1)) == "llm-timeout"


@pytest.mark.enable_socket
def test_a_dripping_answer_ends_at_the_deadline(server: FakeServer, quick: EndpointConfig):
    server.behaviour = lambda _: Reply(content="x" * 500, drip_s=0.02)
    start = time.monotonic()
    assert refusal(replace(quick, timeout_s=0.3, attempts=1)) == "llm-timeout"
    assert time.monotonic() - start < 2


@pytest.mark.enable_socket
@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_or_failing_server_is_asked_again(
    server: FakeServer, quick: EndpointConfig, status: int
):
    server.behaviour = lambda _: Reply(
        content="ok", status=200 if len(server.asked) > 2 else status
    )
    assert ask(quick) == "ok"
    assert len(server.asked) == 3


@pytest.mark.enable_socket
@pytest.mark.parametrize("form", ["seconds", "date"])
def test_a_server_that_names_its_rest_gets_it(server: FakeServer, quick: EndpointConfig, form: str):
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=1.9), usegmt=True)
    rest = {"Retry-After": "0.4" if form == "seconds" else date}
    server.behaviour = lambda _: (
        Reply(content="ok") if len(server.asked) > 1 else Reply(status=429, headers=rest)
    )
    start = time.monotonic()
    assert ask(quick) == "ok"
    assert time.monotonic() - start > 0.3


@pytest.mark.enable_socket
@pytest.mark.parametrize("rest", ["soon", "-5", "nan", "inf", "", "99999999999999999999"])
def test_no_rest_is_believed_blindly(rest: str):
    from petscribe.mining.llm.talking.endpoint import _rest_s

    assert 0.0 <= _rest_s(rest) <= 60.0


@pytest.mark.enable_socket
def test_a_server_without_schemas_is_asked_for_less(server: FakeServer, quick: EndpointConfig):
    def picky(question: dict) -> Reply:
        plain = "response_format" not in question
        return Reply(content="ok") if plain else Reply(status=400)

    server.behaviour = picky
    endpoint = Endpoint(quick)
    assert [endpoint.ask("m", MESSAGES, SCHEMA, seed=0) for _ in range(2)] == ["ok", "ok"]
    endpoint.close()
    kinds = [q.get("response_format", {}).get("type") for q in server.asked]
    assert kinds == ["json_schema", "json_object", None, None]


def test_a_dead_address_is_given_up_once_for_all():
    config = EndpointConfig(url="http://localhost:1", attempts=2, backoff_s=0.001)
    endpoint = Endpoint(config)
    endpoint._client = httpx.Client(transport=httpx.MockTransport(_nobody))
    codes = []
    for _ in range(3):
        with pytest.raises(ExtractionError) as fault:
            endpoint.ask("m", MESSAGES, SCHEMA, seed=0)
        codes.append(fault.value.code)
    endpoint.close()
    assert codes == ["llm-unreachable"] * 3
    assert len(CALLS) == 2


CALLS: list[httpx.Request] = []


def _nobody(request: httpx.Request) -> httpx.Response:
    CALLS.append(request)
    raise httpx.ConnectError("refused")


@pytest.mark.enable_socket
def test_a_wrong_key_is_tried_once(server: FakeServer, quick: EndpointConfig):
    server.behaviour = lambda _: Reply(status=401, body=json.dumps({"error": "no"}).encode())
    endpoint = Endpoint(quick)
    for _ in range(3):
        with pytest.raises(ExtractionError, match="refuses"):
            endpoint.ask("m", MESSAGES, SCHEMA, seed=0)
    endpoint.close()
    assert len(server.asked) == 1


@pytest.mark.enable_socket
def test_a_proxy_of_the_environment_is_not_used(
    server: FakeServer, quick: EndpointConfig, monkeypatch: pytest.MonkeyPatch
):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert ask(quick) == '{"findings": []}'
