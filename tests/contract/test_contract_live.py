"""The live check, against the local server on a loopback port."""

from typing import Any

import pytest

from camb_client.testing import HTML, RESET, FakeCamb, Reply, error
from scripts.common.documents import operations
from scripts.contract import live as module
from scripts.contract.live import main

KEY = "live-key-0123456789"


@pytest.fixture
def live(document: dict[str, Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs the check against a server that has the made-up ids, and these tasks; gives its code and its rows."""
    # The two families that the rows below are about: a page that was just imported must not disturb them.
    paths = {path: document["paths"][path] for path in ("/text-to-sound/{task_id}", "/tts/{task_id}")}
    document = {**document, "paths": paths}
    monkeypatch.setattr(module, "load_file", lambda *_: document)

    def run(*items: str | dict[str, Any] | Reply, key: str = KEY, ask: str = "") -> tuple[int, list[str]]:
        fake = FakeCamb(KEY)
        for path, _, operation in operations(document):
            example = operation["parameters"][0]["example"]
            fake.add(path.removeprefix("/").replace("/{task_id}", f":{example}"), ["PENDING"])
        tasks = [str(fake.add(f"tts:mine/{number}", [item])) for number, item in enumerate(items)]
        monkeypatch.setenv("CAMB_API_KEY", key)
        monkeypatch.setenv("CAMB_LIVE_TASKS", " ".join([*tasks, ask]))
        with fake.serve() as url:
            monkeypatch.setenv("CAMB_BASE_URL", url)
            code = main()
        out, err = capsys.readouterr()
        assert KEY not in out + err
        assert all(request.method == "GET" for request in fake.requests)
        return code, [*out.splitlines(), *err.splitlines()]

    return run


def test_a_server_that_keeps_the_contract(live: Any) -> None:
    code, lines = live("SUCCESS", {"status": "ERROR", "message": {"a": 1}})
    assert code == 0
    made_up = "c8b8e3cd-ad17-4c8f-9f0e-0123456789ab"
    assert lines[2] == f"| GET /text-to-sound/{made_up} (no key) | 401 | yes | AuthenticationError |"
    assert lines[5] == f"| GET /tts/{made_up} | 200 | yes | PENDING, run_id None |"
    assert lines[6].startswith("| GET /tts/mine/0 | 200 | yes | SUCCESS, run_id 100")
    assert lines[7] == "| GET /tts/mine/1 | 200 | yes | ERROR, run_id None |"
    assert lines[8] == "6 requests, 0 responses not as documented"


@pytest.mark.parametrize(
    ("item", "row"),
    [
        ("FAILED", "200 | NO: /status: 'FAILED' is not one of"),
        ("NOBODY_KNOWS", "NOBODY_KNOWS (unknown), run_id None |"),
        ({"status": "SUCCESS", "run_id": "7"}, "NO: /run_id: '7' is not of type 'integer', 'null' | SUCCESS, run_id 7"),
        ([1], "NO: /: [1] is not of type 'object' | MalformedResponseError |"),
        (error(404), "404 | NO: only 200, 401, 422 are documented | TaskNotFoundError |"),
        (error(422, {"detail": "no"}), "422 | NO: /detail: 'no' is not of type 'array' | InvalidRequestError |"),
        (HTML, "200 | NO: content type text/html, not application/json | MalformedResponseError |"),
        (Reply(200, b"{", {"content-type": "application/json"}), "NO: the body is not JSON | MalformedResponseError |"),
        (Reply(302, b"", {"location": "/elsewhere"}), "302 | NO: only 200, 401, 422 are documented | ApiError |"),
        (RESET, "| - | NO: no response: "),
        ({"status": f"{KEY}|"}, r"NO: /status: '[key]\|' is not one of"),
    ],
    ids=str,
)  # fmt: skip
def test_an_answer_that_breaks_the_contract(live: Any, item: Any, row: str) -> None:
    code, lines = live(Reply.json(item) if isinstance(item, list) else item)
    assert code == 1
    assert row in lines[6], lines
    assert lines[-1] == "5 requests, 1 responses not as documented"


def test_a_key_that_is_refused_shows(live: Any) -> None:
    code, lines = live("SUCCESS", key="another-key-9876")
    assert code == 0
    assert lines[6] == "| GET /tts/mine/0 | 401 | yes | AuthenticationError |"
    assert lines[-1].startswith("no 200 was seen, so nothing is proved")
    assert "another-key-9876" not in "".join(lines)


@pytest.mark.parametrize("ask", ["sing:1", "no-reference"])
def test_what_cannot_be_asked_for_is_refused_before_anything_is_sent(live: Any, ask: str) -> None:
    code, lines = live("SUCCESS", ask=ask)
    assert code == 1
    assert len(lines) == 1
    assert lines[0].startswith("error: ")
    assert ask in lines[0]


def test_an_unsafe_address_is_refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("CAMB_API_KEY", KEY)
    monkeypatch.setenv("CAMB_BASE_URL", "http://api.example")
    assert main() == 1
    assert "CAMB_BASE_URL is plain http" in capsys.readouterr().err


def test_without_a_key_it_is_skipped_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert main() == 0
    assert capsys.readouterr().out.startswith("skipped: the live check needs a key")
