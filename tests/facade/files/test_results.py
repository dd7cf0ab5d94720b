"""Addresses of results, one and many; by run id, by completed task, by outcome. Over each transport, aiohttp too."""

import json
import pathlib
from collections.abc import Iterator
from typing import Any

import pytest

from camb_client import ApiError, MalformedResponseError
from camb_client.testing import FakeCamb, Reply
from tests.facade.conftest import KEY, Both, Client, making
from tests.facade.files.conftest import AUDIO, download


@pytest.fixture(params=["sync", "async", "aiohttp"])
def both(request: pytest.FixtureRequest) -> Iterator[Both]:
    yield from making(request.param)


class Index:
    """An integer as numpy's are: no ``int``, but one by ``__index__``."""

    def __init__(self, value: int) -> None:
        self.value = value

    def __index__(self) -> int:
        return self.value


def test_a_download_over_real_http(both: Both, tmp_path: pathlib.Path) -> None:
    fake = FakeCamb(KEY)
    fake.add("tts:1", ["SUCCESS"], run_id=7, audio=AUDIO)
    with fake.serve() as url:
        camb = both.client(base_url=url)
        assert download(camb, tmp_path).read_bytes() == AUDIO
        address = camb.call(lambda real: real.tts.result_url(7))
        assert camb.call(lambda real: real.fetch(address, tmp_path / "b")).read_bytes() == AUDIO
        camb.close()


def test_a_run_may_be_named_by_whatever_has_it(both: Both, fake: FakeCamb, tmp_path: pathlib.Path) -> None:
    camb = both.of(fake)
    done = camb.wait("tts:1")
    (outcome,) = camb.wait_all(["tts:1"])
    for number, run in enumerate((7, Index(7), done, outcome)):
        assert "/files/tts-7.flac?" in result_url(camb, run)
        assert results(camb, [run]).keys() == {7}
        folder = tmp_path / str(number)
        assert download(camb, f"{folder}/", run) == folder / "tts-7.flac"
    assert results(camb, [7, Index(7), done, outcome]).keys() == {7}


def test_a_run_of_another_family_or_none_is_refused_at_once(both: Both, fake: FakeCamb, tmp_path: pathlib.Path) -> None:
    camb = both.of(fake)
    fake.add("tts:2", ["ERROR"])
    fake.add("tts:3", ["PENDING"])
    sound, pending = camb.wait("text-to-sound:1"), camb.status("tts:3")
    other, failed = camb.wait_all(["text-to-sound:1", "tts:2"])
    sent = len(fake.requests)
    for wrong, error, said in (
        (sound, ValueError, "text-to-sound:1 is not a task of kind 'tts'"),
        (other, ValueError, "text-to-sound:1 is not a task of kind 'tts'"),
        (failed, ValueError, "tts:2 did not succeed"),
        (pending, TypeError, "run_id must be an int, not TaskState"),
        (pending.ref, TypeError, "run_id must be an int, not TaskRef"),
        (True, TypeError, "not bool"),
    ):
        for use in (
            result_url,
            lambda camb, run: results(camb, [run]),
            lambda camb, run: download(camb, tmp_path, run),
        ):
            with pytest.raises(error, match=said):
                use(camb, wrong)
    assert len(fake.requests) == sent


def result_url(camb: Client, run_id: Any = 7) -> str:
    return str(camb.call(lambda real: real.tts.result_url(run_id)))


@pytest.mark.parametrize(
    "body",
    [
        {"output_url": "https://a.example/x?s=1"},
        {"file_url": "https://a.example/x?s=1"},
        {"output_url": None, "file_url": "https://a.example/x?s=1"},
        "https://a.example/x?s=1",
    ],
)
def test_an_address_is_read_in_each_form(both: Both, fake: FakeCamb, body: Any) -> None:
    fake.script("GET /tts-result", Reply.json(body))
    assert result_url(both.of(fake)) == "https://a.example/x?s=1"
    assert fake.requests[0].path == "/apis/tts-result/7?output_type=file_url"


@pytest.mark.parametrize(
    "body",
    [
        {}, [], None, 7, "", {"output_url": 7}, {"output_url": ""}, {"url": "https://a.example/?signature=f00d"},
        "/relative", "ftp://a.example/x", "https://", "https:///x", "https://a b/", "https://[/", "javascript:alert(1)",
    ],
    ids=str,
)  # fmt: skip
def test_what_is_no_address_is_malformed(both: Both, fake: FakeCamb, body: Any) -> None:
    fake.script("GET /tts-result", Reply.json(body))
    with pytest.raises(MalformedResponseError, match="tts run 7: a 200 that is not an address") as caught:
        result_url(both.of(fake))
    assert "f00d" not in repr(caught.value) + caught.value.body


def results(camb: Client, run_ids: Any) -> dict[int, str]:
    found = camb.call(lambda real: real.tts.results(run_ids))
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize(
    ("many", "parts"),
    [(0, []), (1, [1]), (2, [2]), (5, [5]), (6, [3, 3]), (7, [3, 4]), (11, [3, 4, 4]), (16, [4, 4, 4, 4])],
)
def test_many_addresses_come_two_to_five_at_a_time(both: Both, fake: FakeCamb, many: int, parts: list[int]) -> None:
    for run_id in range(100, 100 + many):
        fake.add(f"tts:{run_id}", ["SUCCESS"], run_id=run_id)
    given = list(range(100, 100 + many))[::-1]
    found = results(both.of(fake), iter(given + given[:1]))
    assert list(found) == given
    assert all(f"/files/tts-{run_id}.flac?" in address for run_id, address in found.items())
    sizes = [len(json.loads(it.body)["run_ids"]) if it.method == "POST" else 1 for it in fake.requests]
    assert sorted(sizes) == sorted(parts)


def test_one_that_the_bulk_answer_lacks_is_asked_for_alone(both: Both, fake: FakeCamb) -> None:
    fake.add("tts:2", ["SUCCESS"], run_id=9)
    fake.script("POST /tts-results", Reply.json({"7": "https://a.example/7", "9": {"status": "failed"}}))
    found = results(both.of(fake), [7, 9])
    assert found[7] == "https://a.example/7"
    assert "/files/tts-9" in found[9]
    with pytest.raises(ApiError, match="tts run 10: HTTP 400"):
        results(both.of(fake), [7, 10])


@pytest.mark.parametrize("run_ids", [["7"], [7, None], 7, [True, 7]])
def test_run_ids_are_integers(both: Both, fake: FakeCamb, run_ids: Any) -> None:
    with pytest.raises(TypeError):
        results(both.of(fake), run_ids)
    assert not fake.requests
