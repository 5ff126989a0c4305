"""`petscribe mine` as a process: every input, what goes wrong with it, and a second opinion."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

NODE = "Right hilar node, SUVmax 4.2."


def records(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def model() -> Iterator[tuple[str, list[dict[str, Any]], dict[str, int]]]:
    """Return a model's address, the questions it was asked, and its status, which may change."""
    asked: list[dict[str, Any]] = []
    state = {"status": 200}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            asked.append(
                {**json.loads(self.rfile.read(length)), "key": self.headers["authorization"]}
            )
            content = json.dumps({"findings": []})
            choice = {"message": {"content": content}, "finish_reason": "stop"}
            body = json.dumps({"choices": [choice]}).encode()
            self.send_response(state["status"])
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked, state
    server.shutdown()
    server.server_close()
    thread.join()


def test_columns_are_named_by_the_user(petscribe, tmp_path: Path):
    (tmp_path / "t.csv").write_text(f"key;findings;impression\nk1;{NODE};Metastasis.\n")
    names = ("--id-column", "key", "--text-column", "findings", "--text-column", "impression")
    outcome = petscribe("mine", tmp_path / "t.csv", *names)
    assert (outcome.code, outcome.err) == (0, "")
    [record] = records(outcome.out)
    assert record["id"] == "k1"
    assert record["text"].startswith("findings:\nRight")
    assert record["findings"][0]["suv"][0]["value"] == 4.2


def test_what_cannot_be_read_is_counted_and_the_rest_is_mined(petscribe, tmp_path: Path):
    lines = [json.dumps({"id": k, "text": NODE}) for k in range(3)]
    lines.insert(1, "{")
    lines.append(json.dumps({"id": 9, "text": "a\x00"}))
    (tmp_path / "t.jsonl").write_text("\n".join(lines))
    outcome = petscribe("mine", tmp_path / "t.jsonl", "-o", tmp_path / "out.jsonl")
    assert outcome.code == 1
    assert "texts not read: bad-text-record 1, binary-text 1" in outcome.err
    assert "t.jsonl line 2" in outcome.err
    assert [r["id"] for r in records((tmp_path / "out.jsonl").read_text())] == ["0", "1", "2"]


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("t.jsonl", b"{", "bad-text-record"),
        ("t.csv", b"id,report\n1,x\n", "bad-text-record"),
        ("t.txt", b"a\x00b", "binary-text"),
        ("t.txt", b"\xff\xfa", "not-utf8"),
        ("t.parquet", b"PAR1", "bad-parquet"),
        ("t.json", b"[", "bad-fhir"),
        ("t.doc", b"", "unknown-text-format"),
    ],
)
def test_where_nothing_can_be_read_nothing_is_written(
    refuses, tmp_path: Path, name: str, data: bytes, code: str
):
    (tmp_path / name).write_bytes(data)
    refuses(code, "mine", tmp_path / name, "-o", tmp_path / "out.jsonl")
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_deidentified_records_name_nobody_and_say_what_was_taken_out(petscribe, tmp_path: Path):
    text = f"Patient name: John Smith\nFindings: {NODE} Seen by Dr. Lee on 3/14/2024."
    (tmp_path / "t.txt").write_text(text)
    outcome = petscribe("mine", tmp_path / "t.txt", "--deid", PETSCRIBE_DEID_KEY="k")
    assert outcome.code == 0
    [record] = records(outcome.out)
    for secret in ("Smith", "Lee", "3/14/2024"):
        assert secret not in outcome.out
    assert record["deidentified"]["replaced"] == {"date": 1, "name": 2}
    finding = record["findings"][0]
    assert record["text"][slice(*finding["span"])] == "Right hilar node, SUVmax 4.2"
    again = petscribe("mine", tmp_path / "t.txt", "--deid", PETSCRIBE_DEID_KEY="k")
    assert again.out == outcome.out


@pytest.mark.enable_socket
def test_a_second_opinion_is_asked_for_and_remembered(petscribe, tmp_path: Path, model):
    url, asked, state = model
    (tmp_path / "t.txt").write_text(f"Patient: John Smith\nFindings: {NODE}")
    out = tmp_path / "out.jsonl"
    command = ("mine", tmp_path / "t.txt", "-o", out, "--llm", url, "--llm-model", "m")
    outcome = petscribe(*command, PETSCRIBE_LLM_KEY="hush", HTTP_PROXY="http://127.0.0.1:9")
    assert (outcome.code, outcome.err) == (0, "")
    [record] = records(out.read_text())
    assert record["findings"][0]["source"] == "rules"
    assert record["second_opinion"]["findings"] == [
        {"finding": 0, "standing": "rules_only", "models": [], "agreed": [], "differences": [],
         "contested": []},
    ]  # fmt: skip
    assert record["deidentified"]["replaced"] == {"name": 1}
    [question] = asked
    assert question["key"] == "Bearer hush"
    assert "Smith" not in json.dumps(question)
    assert "hush" not in outcome.out + outcome.err + out.read_text()
    state["status"] = 500
    assert petscribe(*command).code == 0
    assert len(asked) == 1


@pytest.mark.enable_socket
def test_without_an_answer_the_rules_records_stand_and_the_exit_code_says_so(
    petscribe, tmp_path: Path, model
):
    url, _, state = model
    state["status"] = 401
    (tmp_path / "t.txt").write_text(NODE)
    outcome = petscribe("mine", tmp_path / "t.txt", "--llm", url, "--llm-model", "m")
    assert outcome.code == 1
    assert "questions without an answer: llm-refused 1" in outcome.err
    assert records(outcome.out)[0]["findings"][0]["suv"][0]["value"] == 4.2


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--llm", "http://127.0.0.1:9"), "option-mismatch"),
        (("--llm-model", "m"), "option-mismatch"),
        (("--llm", "http://x", "--llm-model", "m", "--llm-model", "m"), "option-mismatch"),
        (("--llm", "ftp://x", "--llm-model", "m"), "bad-endpoint"),
        (("--encoding", "klingon"), "unknown-encoding"),
    ],
)
def test_options_that_cannot_be_are_refused(refuses, tmp_path: Path, options, code: str):
    (tmp_path / "t.txt").write_text(NODE)
    refuses(code, "mine", tmp_path / "t.txt", *options)
