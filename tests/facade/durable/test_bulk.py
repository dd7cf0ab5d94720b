"""Bulk: items under keys of the caller's own, created once, waited for and downloaded, whatever happens on the way."""

import asyncio
import itertools
import signal
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import httpx
import pytest

from camb_client import (
    ApiConnectionError,
    ApiPaymentRequiredError,
    AuthenticationError,
    BulkItem,
    CambClient,
    ConfigurationError,
    CreateOutcomeUnknownError,
    DownloadError,
    InvalidRequestError,
    ItemState,
    StopWaiting,
    TaskFailedError,
    TaskNotFoundError,
    TaskPaymentRequiredError,
    WaitTimeoutError,
    kinds,
    models,
)
from camb_client.testing import RESET, FakeCamb, Reply, VirtualClock, error, rate_limited
from tests.facade.conftest import KEY, Both, Client

VOICE = {"voice_id": 147320, "language": "en-us"}
Plan = Callable[[Any], object]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the files go; the journal lies beside it."""
    return tmp_path / "out"


def lines(folder: Path, count: int, start: int = 0) -> Plan:
    """So many items, without suffixes."""

    def plan(journal: Any) -> None:
        for number in range(start, start + count):
            journal.tts(f"k{number}", to=folder / str(number), text=f"Line {number}", **VOICE)

    return plan


def run(client: Client, folder: Path, plan: Plan = lambda _: None, **options: Any) -> list[BulkItem]:
    """Open the journal, plan, run, and close it: what the run gave."""
    if client._runner is None:
        with client.real.journal(folder.with_name("jobs.db")) as journal:
            plan(journal)
            return list(journal.run(**options))

    async def collect() -> list[BulkItem]:
        async with client.real.journal(folder.with_name("jobs.db")) as journal:
            plan(journal)
            return [item async for item in journal.run(**options)]

    return client._runner.run(collect())  # type: ignore[no-any-return]


def stand(client: Client, folder: Path, change: Plan = lambda _: None) -> dict[str, BulkItem]:
    """How the items stand, after a change."""
    with client.real.journal(folder.with_name("jobs.db")) as journal:
        change(journal)
        return {item.key: item for item in journal.items()}


def states(items: dict[str, BulkItem]) -> dict[str, str]:
    return {key: str(item.state) for key, item in items.items()}


def creates(fake: FakeCamb) -> int:
    """How many create calls arrived."""
    return sum(request.method == "POST" for request in fake.requests)


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_each_comes_to_its_file(both: Both, fake: FakeCamb, folder: Path) -> None:
    client = both.of(fake)
    found = run(client, folder, lines(folder, 20))
    assert {item.key: item.path for item in found} == {f"k{n}": folder / f"{n}.flac" for n in range(20)}
    assert {item.state for item in found} == {ItemState.DOWNLOADED}
    assert len(fake.created) == 20
    assert {item.ref for item in found} == set(fake.created)
    assert all(file.read_bytes()[:4] == b"fLaC" for file in folder.iterdir())
    assert names(folder) == sorted(f"{n}.flac" for n in range(20))
    assert run(client, folder, lines(folder, 20)) == []
    assert creates(fake) == 20
    items = stand(client, folder)
    assert list(items) == [f"k{n}" for n in range(20)]
    assert items["k7"].to_dict() == {
        "key": "k7", "state": "downloaded", "task": str(items["k7"].ref), "run_id": items["k7"].run_id,
        "path": str(folder / "7.flac"), "error": None,
    }  # fmt: skip


def test_a_name_with_a_suffix_stays(both: Both, fake: FakeCamb, folder: Path) -> None:
    def plan(journal: Any) -> None:
        journal.tts("a", to=folder / "deep" / "a.wav", text="Hello", **VOICE)
        journal.text_to_sound("b", to=str(folder / "rain. heavy"), prompt="Rain", duration=2)

    run(both.of(fake), folder, plan)
    assert names(folder) == ["deep", "rain. heavy.wav"]
    assert names(folder / "deep") == ["a.wav"]


def test_a_family_of_any_kind(both: Both, fake: FakeCamb, folder: Path) -> None:
    """Its task is created and waited for; without a file it ends when it has succeeded."""
    client = both.of(fake)
    (item,) = run(client, folder, lambda it: it.create("a", "tts", {"text": "Hi", "voice_id": 5, "language": 1}))
    assert (item.state, item.path) == (ItemState.SUCCEEDED, None)
    assert item.run_id is not None
    assert run(client, folder) == []


SITUATIONS: dict[str, tuple[Any, Any, str, type[Exception], str]] = {
    # What happens: to the create, to the wait; the state, the error, and the state after the next run.
    "refused": (error(422), None, "refused", InvalidRequestError, "refused"),
    "lost": (lambda _: RESET, None, "unknown", CreateOutcomeUnknownError, "unknown"),
    "broken": (error(500), None, "unknown", CreateOutcomeUnknownError, "unknown"),
    "no task": (Reply.json({}), None, "unknown", CreateOutcomeUnknownError, "unknown"),
    "failed": (None, "PENDING ERROR", "failed", TaskFailedError, "failed"),
    "unpaid": (None, "PENDING PAYMENT_REQUIRED", "failed", TaskPaymentRequiredError, "failed"),
    "pending": (None, ["PENDING"] * 90, "created", WaitTimeoutError, "created"),
    "gone": (None, "PENDING 404 404 404 404 404 SUCCESS", "created", TaskNotFoundError, "downloaded"),
    "too few credits": (error(402), None, "planned", ApiPaymentRequiredError, "downloaded"),
    "throttled": (rate_limited(3), None, "downloaded", type(None), "downloaded"),  # type: ignore[dict-item]
}


@pytest.mark.parametrize("situation", list(SITUATIONS))
def test_what_each_failure_leaves(both: Both, clock: VirtualClock, folder: Path, situation: str) -> None:
    create, timeline, state, kind, later = SITUATIONS[situation]
    fake = FakeCamb(KEY, clock=clock, timeline=timeline or "PENDING SUCCESS")
    if create is not None:
        fake.script("POST /tts", create)
    client = both.of(fake)
    (item,) = run(client, folder, lines(folder, 1), timeout=100)
    assert (str(item.state), type(item.error)) == (state, kind)
    (kept,) = stand(client, folder).values()
    assert kept == item
    assert str(kept.error) == str(item.error)
    assert type(kept.error) is kind
    sent = creates(fake)
    run(client, folder, lines(folder, 1), timeout=100)
    assert states(stand(client, folder)) == {"k0": later}
    assert creates(fake) - sent == (situation == "too few credits")


def test_too_few_credits_end_creating_and_nothing_else(both: Both, fake: FakeCamb, folder: Path) -> None:
    fake.script("POST /tts", *[lambda reply: reply] * 5, *[error(402)] * 50)
    client = both.of(fake)
    found = run(client, folder, lines(folder, 30))
    counts = Counter(str(item.state) for item in stand(client, folder).values())
    assert counts == {"downloaded": 5, "planned": 25}
    assert creates(fake) <= 9
    assert {type(item.error) for item in found if item.state is ItemState.PLANNED} == {ApiPaymentRequiredError}


def test_a_task_that_ends_for_want_of_credits_ends_creating(both: Both, clock: VirtualClock, folder: Path) -> None:
    fake = FakeCamb(KEY, clock=clock, timeline="PAYMENT_REQUIRED")
    client = both.of(fake)
    run(client, folder, lines(folder, 60), creates_per_second=1)
    counts = Counter(str(item.state) for item in stand(client, folder).values())
    assert counts["failed"] == len(fake.created) < 30
    assert counts["planned"] == 60 - counts["failed"]


@pytest.mark.parametrize("code", [401, 403])
def test_a_refused_key_ends_the_run_and_loses_nothing(both: Both, fake: FakeCamb, folder: Path, code: int) -> None:
    fake.script("POST /tts", *[lambda reply: reply] * 3, *[error(code)] * 9)
    client = both.of(fake)
    with pytest.raises(Exception, match=str(code)):
        run(client, folder, lines(folder, 30))
    assert Counter(states(stand(client, folder)).values()) == {"downloaded": 3, "planned": 27}
    fake._scripts.clear()
    run(client, folder)
    assert len(fake.created) == 30


def test_a_key_that_is_refused_at_a_poll(both: Both, fake: FakeCamb, folder: Path) -> None:
    client = both.of(fake)
    fake.script("GET /tts", *[error(401)] * 9)
    with pytest.raises(AuthenticationError):
        run(client, folder, lines(folder, 1))
    (item,) = stand(client, folder).values()
    assert (item.state, type(item.error)) == (ItemState.CREATED, AuthenticationError)
    fake._scripts.clear()
    run(client, folder)
    assert states(stand(client, folder)) == {"k0": "downloaded"}


def test_a_failed_download_is_made_again(both: Both, fake: FakeCamb, folder: Path) -> None:
    client = both.of(fake)
    fake.script("GET /files", *[error(403)] * 2, *[error(500)] * 9)
    (item,) = run(client, folder, lines(folder, 1))
    assert (item.state, type(item.error)) == (ItemState.SUCCEEDED, DownloadError)
    fake._scripts.clear()
    (item,) = run(client, folder)
    assert (item.state, item.error) == (ItemState.DOWNLOADED, None)
    assert creates(fake) == 1


def test_what_was_never_sent_is_sent_again(both: Both, fake: FakeCamb, folder: Path, clock: VirtualClock) -> None:
    """An outage of a minute, with a create in the middle of which nothing arrived."""
    transport, down = fake.transport(), True

    def maybe(request: httpx.Request) -> None:
        if down and clock.monotonic() < 60 and request.method == "POST":
            raise httpx.ConnectError("refused", request=request)

    class Network(httpx.BaseTransport, httpx.AsyncBaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            maybe(request)
            return transport.handle_request(request)

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            maybe(request)
            return await transport.handle_async_request(request)

    client = both.client(transport=Network(), clock=clock)
    run(client, folder, lines(folder, 8))
    counts = Counter(states(stand(client, folder)).values())
    assert counts == {"planned": 8}  # Nothing has ever responded: the address may be wrong.
    assert clock.monotonic() < 10
    down = False
    run(client, folder)
    assert Counter(states(stand(client, folder)).values()) == {"downloaded": 8}
    assert len(fake.created) == 8


def test_an_outage_does_not_make_all_unknown(both: Both, fake: FakeCamb, folder: Path, clock: VirtualClock) -> None:
    """After three in a row it goes slowly, one at a time."""
    lost = 0

    def lose(reply: Reply) -> Reply:
        nonlocal lost
        if clock.monotonic() > 20:
            return reply
        lost += 1
        return RESET

    fake.script("POST /tts", *[lose] * 90)
    client = both.of(fake)
    run(client, folder, lines(folder, 60))
    counts = Counter(states(stand(client, folder)).values())
    assert counts == {"unknown": lost, "downloaded": 60 - lost}
    assert lost <= 12


def test_no_more_than_four_at_once_and_no_more_than_asked(both: Both, folder: Path) -> None:
    """Over a real network, as a virtual clock has no threads."""
    fake = FakeCamb(KEY)
    fake.script("POST /tts", *[lambda reply: attrs.evolve(reply, delay=0.3)] * 12)
    with fake.serve() as url:
        client = both.client(base_url=url)
        run(client, folder, lines(folder, 12), schedule=0.1)
        times = [request.at for request in fake.requests if request.method == "POST"]
        assert max(sum(at <= other < at + 0.29 for other in times) for at in times) == 4
        began = len(fake.requests)
        run(client, folder, lines(folder, 12, 50), schedule=0.1, creates_per_second=10)
        times = [request.at for request in fake.requests[began:] if request.method == "POST"]
    assert len(times) == 12
    assert max(sum(at <= other < at + 1 for other in times) for at in times) <= 10
    assert times[-1] - times[0] > 0.9


def test_a_429_slows_the_pace(both: Both, fake: FakeCamb, folder: Path, clock: VirtualClock) -> None:
    fake.script("POST /tts", *[rate_limited(5)] * 4, *[lambda reply: reply] * 99)
    client = both.of(fake)
    run(client, folder, lines(folder, 12))
    assert Counter(states(stand(client, folder)).values()) == {"downloaded": 12}
    times = [request.at for request in fake.requests if request.method == "POST"]
    assert times[4] >= 5
    assert times[7] - times[4] >= 1


def test_created_is_written_and_told_before_the_first_poll(both: Both, fake: FakeCamb, folder: Path) -> None:
    client, told = both.of(fake), []

    def update(item: BulkItem) -> None:
        if item.state is ItemState.CREATED:
            assert item.ref is not None
            assert fake.polls(item.ref) == 0
            with sqlite3.connect(folder.with_name("jobs.db")) as connection:
                row = connection.execute("SELECT state, ref FROM items WHERE key = ?", (item.key,)).fetchone()
            connection.close()
            assert row[0] == "created"
            assert item.ref.task_id in row[1]
        told.append((item.key, str(item.state)))

    run(client, folder, lines(folder, 3), on_update=update)
    for number in range(3):
        assert [state for key, state in told if key == f"k{number}"] == ["created", "succeeded", "downloaded"]


def test_an_error_in_on_update_is_logged_and_a_stop_is_heeded(
    both: Both, fake: FakeCamb, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    client = both.of(fake)

    def fail(item: BulkItem) -> None:
        raise RuntimeError(item.key) if item.key == "k0" else StopWaiting

    run(client, folder, lines(folder, 1), on_update=fail)
    assert "k0: on_update failed" in caplog.text
    with pytest.raises(StopWaiting):
        run(client, folder, lines(folder, 1, 1), on_update=fail)
    assert len(fake.created) == 2
    run(client, folder)
    assert Counter(states(stand(client, folder)).values()) == {"downloaded": 2}


def test_on_update_may_be_a_coroutine_function(fake: FakeCamb, folder: Path) -> None:
    told: list[str] = []

    async def update(item: BulkItem) -> None:
        await asyncio.sleep(0)
        told.append(item.key)

    async def main() -> None:
        async with fake.async_client() as camb, camb.journal(folder.with_name("jobs.db")) as journal:
            lines(folder, 2)(journal)
            assert len([item async for item in journal.run(on_update=update)]) == 2

    asyncio.run(main())
    assert len(told) == 6
    with fake.client() as camb, camb.journal(folder.with_name("jobs.db")) as journal, pytest.raises(TypeError):
        journal.run(on_update=update)


def test_retry(both: Both, fake: FakeCamb, folder: Path) -> None:
    fake.script("POST /tts", error(422), lambda _: RESET, error(422))
    client = both.of(fake)
    for number in range(4):
        run(client, folder, lines(folder, 1, number))
    fake.add(fake.created[-1], "ERROR")
    assert states(stand(client, folder)) == {"k0": "refused", "k1": "unknown", "k2": "refused", "k3": "downloaded"}
    with client.real.journal(folder.with_name("jobs.db")) as journal:
        assert journal.retry("refused", ["k0", "k3", "no such"]) == 1
        assert journal.retry(ItemState.UNKNOWN) == 1
        assert journal.retry("failed") == 0
        for wrong in ("downloaded", "created", "often"):
            with pytest.raises(ValueError, match="state must be"):
                journal.retry(wrong)
    assert states(stand(client, folder)) == {"k0": "planned", "k1": "planned", "k2": "refused", "k3": "downloaded"}
    run(client, folder)
    assert states(stand(client, folder))["k2"] == "refused"
    assert len(fake.created) == 4  # One of them twice, as was asked for.


def test_a_refusal_with_half_a_surrogate_pair_is_a_refusal(both: Both, fake: FakeCamb, folder: Path) -> None:
    fake.script("POST /tts", Reply(422, b'{"detail": "no \\ud83d"}', {"content-type": "application/json"}))
    (item,) = run(both.of(fake), folder, lines(folder, 1))
    assert item.state == "refused"
    assert item.error.detail == "no \ud83d"


def test_new_arguments(both: Both, fake: FakeCamb, folder: Path) -> None:
    def plan(text: str) -> Plan:
        return lambda journal: journal.tts("a", to=folder / "a.flac", text=text, **VOICE)

    client = both.of(fake)
    stand(client, folder, plan("One"))
    fake.script("POST /tts", error(422))
    run(client, folder, plan("Two"))  # It is planned: nothing was created.
    assert b"Two" in fake.requests[-1].body
    assert states(stand(client, folder, plan("Three"))) == {"a": "refused"}
    assert run(client, folder, plan("Four")) == []  # Only a retry sends it.
    run(client, folder, lambda journal: journal.retry("refused"))
    assert [b"Four" in request.body for request in fake.requests if request.method == "POST"] == [False, True]
    with pytest.raises(ValueError, match="'a' is downloaded with other arguments"):
        stand(client, folder, plan("Five"))
    assert states(stand(client, folder, plan("Four"))) == {"a": "downloaded"}


def test_redo(both: Both, fake: FakeCamb, folder: Path) -> None:
    client = both.of(fake)
    run(client, folder, lines(folder, 2))
    before = (folder / "0.flac").read_bytes()
    fake.script("POST /tts", error(422))
    run(client, folder, lambda journal: journal.redo("k0", text="Another line"))
    assert (folder / "0.flac").read_bytes() == before
    assert states(stand(client, folder)) == {"k0": "refused", "k1": "downloaded"}
    # The new one is of another format: the old file goes when it is whole.
    fake.script(
        "GET /files", Reply(200, b"RIFF\x1c\0\0\0WAVEfmt \x10\0\0\0" + bytes(16), {"content-type": "audio/wav"})
    )
    (item,) = run(client, folder, lambda journal: journal.redo("k0"))
    assert sum(b"Another line" in request.body for request in fake.requests) == 2
    assert item.path == folder / "0.wav"
    assert names(folder) == ["0.wav", "1.flac"]
    with client.real.journal(folder.with_name("jobs.db")) as journal:
        with pytest.raises(ValueError, match="no item 'k9'"):
            journal.redo("k9")
        with pytest.raises(ValueError, match="text must be"):
            journal.redo("k0", text="")
        with pytest.raises(TypeError):
            journal.redo("k0", prompt="no such")


@pytest.mark.parametrize("to", ["out/", "", ".", "out/.."])
def test_a_folder_is_no_file(fake: FakeCamb, folder: Path, to: str) -> None:
    with fake.client() as camb, camb.journal(folder.with_name("jobs.db")) as journal:
        with pytest.raises(ValueError, match="to must be the path of a file, not that of a folder"):
            journal.tts("k0", to=to, text="Line", **VOICE)
        assert journal.items() == []
        lines(folder, 1)(journal)
        for change in (journal.redo, journal.move):
            with pytest.raises(ValueError, match="to must be"):
                change("k0", to=to)


@pytest.mark.parametrize("state", ["created", "succeeded"])
def test_redo_on_the_way(both: Both, fake: FakeCamb, folder: Path, state: str) -> None:
    """What comes of the task before is not taken for what comes of the new one."""
    client, told = both.of(fake), list[str]()
    journal: Any = None

    def update(item: BulkItem) -> None:
        if item.key == "k0":
            told.append(str(item.state))
            if told.count(state) == 1 and told[-1] == state:
                journal.redo("k0", text="Another line")

    def plan(opened: Any) -> None:
        nonlocal journal
        journal = opened
        lines(folder, 2)(journal)

    items = {item.key: item for item in run(client, folder, plan, on_update=update)}
    assert states(items) == {"k0": "downloaded", "k1": "downloaded"}
    assert told.count("created") == 2
    assert told.count("downloaded") == 1
    assert fake.bodies[items["k0"].ref].fields["text"] == "Another line"
    assert creates(fake) == 3


def test_a_file_that_was_removed_is_downloaded_again(both: Both, fake: FakeCamb, folder: Path) -> None:
    client = both.of(fake)
    run(client, folder, lines(folder, 3))
    (folder / "0.flac").unlink()
    (folder / "1.flac").unlink()
    # The second one has also changed its name, to that of the first.
    (first, second) = sorted(
        run(client, folder, lambda journal: [journal.move("k0", folder / "a"), journal.move("k1", folder / "0")]),
        key=lambda item: item.key,
    )
    assert (first.path, second.path) == (folder / "a.flac", folder / "0.flac")
    assert names(folder) == ["0.flac", "2.flac", "a.flac"]
    assert creates(fake) == 3
    assert run(client, folder) == []


def test_files_that_were_there_before(both: Both, fake: FakeCamb, folder: Path) -> None:
    folder.mkdir()
    for name in ("0.flac", "1.wav", "mine.flac"):
        (folder / name).write_text("mine")
    client = both.of(fake)
    with client.real.journal(folder.with_name("jobs.db")) as journal:
        for key, name in {"k0": "0", "k1": "1", "a": "mine.flac"}.items():
            with pytest.raises(FileExistsError, match="exists already"):
                journal.tts(key, to=folder / name, text="Hi", **VOICE)
        journal.tts("k0", to=folder / "0", overwrite=True, text="Hi", **VOICE)
        journal.tts("k0", to=folder / "0", text="Hi", **VOICE)
        assert [item.key for item in journal.items()] == ["k0"]
    run(client, folder)
    assert (folder / "0.flac").read_bytes()[:4] == b"fLaC"
    assert (folder / "1.wav").read_text() == "mine"


@pytest.mark.parametrize(("one", "other"), [("a.flac", "A.FLAC"), ("a", "a.flac"), ("b.wav", "B"), ("a", "a")])
def test_two_items_with_one_file(both: Both, fake: FakeCamb, folder: Path, one: str, other: str) -> None:
    def plan(journal: Any) -> None:
        journal.tts("x", to=folder / one, text="Hi", **VOICE)
        journal.tts("y", to=folder / other, text="Hi", **VOICE)

    with pytest.raises(ValueError, match="'x' and 'y' have the same file"):
        run(both.of(fake), folder, plan)
    assert fake.requests == []


def test_names_that_shift_rename_files(both: Both, fake: FakeCamb, folder: Path) -> None:
    """Each takes the name of another; nothing is paid."""
    client = both.of(fake)
    run(client, folder, lines(folder, 5))
    content = {number: (folder / f"{number}.flac").read_bytes() + bytes([number]) for number in range(5)}
    for number, data in content.items():
        (folder / f"{number}.flac").write_bytes(data)

    def turned(journal: Any) -> None:
        for number in range(5):
            journal.tts(f"k{number}", to=folder / str((number + 1) % 5), text=f"Line {number}", **VOICE)

    assert run(client, folder, turned) == []
    assert names(folder) == sorted(f"{number}.flac" for number in range(5))
    for number in range(5):
        assert (folder / f"{(number + 1) % 5}.flac").read_bytes() == content[number]
    assert stand(client, folder)["k0"].path == folder / "1.flac"
    assert creates(fake) == 5
    stand(client, folder, lambda journal: journal.move("k0", folder / "other" / "x.flac"))
    run(client, folder)
    assert (folder / "other" / "x.flac").read_bytes() == content[0]


@pytest.mark.parametrize("at", range(12))
def test_renames_that_are_cut_short_go_on(
    fake: FakeCamb, folder: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    """The process dies before or after any of the renames."""
    with fake.client() as camb, camb.journal(folder.with_name("jobs.db")) as journal:
        lines(folder, 3)(journal)
        list(journal.run())
    for number in range(3):
        (folder / f"{number}.flac").write_bytes(bytes([number]))

    class Killed(BaseException):
        pass

    count = 0

    def dying(real: Callable[..., Any]) -> Callable[..., Any]:
        def move(self: Path, target: Path) -> Any:
            nonlocal count
            for done in (False, True):
                if count == at:
                    raise Killed
                count += 1
                if not done:
                    moved = real(self, target)
            return moved

        return move

    def turned(journal: Any) -> None:
        for number in range(3):
            journal.tts(f"k{number}", to=folder / str((number + 1) % 3), text=f"Line {number}", **VOICE)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", dying(Path.rename))
        patch.setattr(Path, "replace", dying(Path.replace))
        with fake.client() as camb, camb.journal(folder.with_name("jobs.db")) as journal:
            turned(journal)
            with pytest.raises(Killed):
                list(journal.run())
    with fake.client() as camb, camb.journal(folder.with_name("jobs.db")) as journal:
        list(journal.run())
        assert [item.path for item in journal.items()] == [folder / f"{(number + 1) % 3}.flac" for number in range(3)]
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == {
        f"{(number + 1) % 3}.flac": bytes([number]) for number in range(3)
    }


def test_what_a_killed_process_left(both: Both, fake: FakeCamb, folder: Path) -> None:
    """One that was being created is unknown; a partial file is removed; a file at an item's own place is ours."""
    client = both.of(fake)
    run(client, folder, lines(folder, 2))
    with sqlite3.connect(folder.with_name("jobs.db")) as connection:
        ours = connection.execute("SELECT value FROM facts").fetchone()[0]
        connection.execute("UPDATE items SET state = 'creating', ref = NULL, path = NULL WHERE key = 'k0'")
        connection.execute("UPDATE items SET state = 'succeeded', path = NULL WHERE key = 'k1'")
    connection.close()
    (folder / "0.flac").unlink()
    (folder / f".camb-{ours}-1.part").write_bytes(b"part")
    (folder / ".camb-0123456789ab.part").write_bytes(b"another's")
    (folder / "1.flac").write_bytes(b"whole, but not noted")
    items = stand(client, folder)
    assert states(items) == {"k0": "unknown", "k1": "succeeded"}
    assert isinstance(items["k0"].error, CreateOutcomeUnknownError)
    (item,) = run(client, folder, lines(folder, 2))
    assert (item.key, item.state) == ("k1", ItemState.DOWNLOADED)
    assert names(folder) == [".camb-0123456789ab.part", "1.flac"]
    assert (folder / "1.flac").read_bytes()[:4] == b"fLaC"
    assert creates(fake) == 2


def slow_creates(fake: FakeCamb) -> threading.Event:
    """What is set when four creates are on their way, which is as many as there may be."""
    came, four = itertools.count(1), threading.Event()

    def answer(reply: Reply) -> Reply:
        if next(came) == 4:
            four.set()
        return attrs.evolve(reply, delay=0.3)

    fake.script("POST /tts", *[answer] * 9)
    return four


def test_an_interruption_waits_for_the_creates_in_flight(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    fake = FakeCamb(KEY)
    four, main = slow_creates(fake), threading.main_thread().ident or 0

    def interrupt() -> None:
        four.wait(10.0)
        signal.pthread_kill(main, signal.SIGINT)

    with (
        fake.serve() as url,
        CambClient(KEY, base_url=url) as camb,
        camb.journal(folder.with_name("jobs.db")) as journal,
    ):
        lines(folder, 9)(journal)
        items = journal.run()
        threading.Thread(target=interrupt).start()
        with pytest.raises(KeyboardInterrupt):
            next(items)
        found = Counter(str(item.state) for item in journal.items())
    assert found == {"created": 4, "planned": 5}
    assert len(fake.created) == 4
    assert caplog.messages == ["waiting up to 10 s for the creates that are on their way: 4"]


def test_a_cancelled_run_waits_for_the_creates_in_flight(folder: Path) -> None:
    fake = FakeCamb(KEY)
    four = slow_creates(fake)

    async def main(url: str) -> Counter[str]:
        from camb_client import AsyncCambClient

        async with AsyncCambClient(KEY, base_url=url) as camb:
            with camb.journal(folder.with_name("jobs.db")) as journal:
                lines(folder, 9)(journal)

                async def consume() -> None:
                    async for _ in journal.run():
                        pass

                task = asyncio.create_task(consume())
                await asyncio.to_thread(four.wait, 10.0)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
                return Counter(str(item.state) for item in journal.items())

    with fake.serve() as url:
        assert asyncio.run(main(url)) == {"created": 4, "planned": 5}


def test_leaving_the_loop_leaves_all_in_the_journal(both: Both, fake: FakeCamb, folder: Path) -> None:
    client = both.of(fake)
    if client._runner is None:
        with client.real.journal(folder.with_name("jobs.db")) as journal:
            lines(folder, 20)(journal)
            for _ in journal.run():
                break
    else:

        async def first() -> None:
            async with client.real.journal(folder.with_name("jobs.db")) as journal:
                lines(folder, 20)(journal)
                items = journal.run()
                await anext(items)
                await items.aclose()

        both.run(first())
    assert "creating" not in states(stand(client, folder)).values()
    run(client, folder)
    assert Counter(states(stand(client, folder)).values()) == {"downloaded": 20}
    assert len(fake.created) == 20
    assert len(names(folder)) == 20


def test_a_full_disk_stops_creating_and_loses_no_reference(
    both: Both, fake: FakeCamb, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """SQLite itself says so, as the file may not grow."""
    client = both.of(fake)

    def plan(journal: Any) -> None:
        lines(folder, 200)(journal)
        (pages,) = journal._database.select("PRAGMA page_count")[0]
        journal._database.select(f"PRAGMA max_page_count = {pages}")

    with pytest.raises(OSError, match=r"cannot be written \(database or disk is full\)"):
        run(client, folder, plan)
    said = capsys.readouterr().err
    items = stand(client, folder)
    noted = {item.ref for item in items.values() if item.ref is not None}
    for ref in fake.created:
        assert ref in noted or str(ref) in said
    assert 200 > len(fake.created) >= 0
    assert Counter(states(items).values())["planned"] > 100


def test_a_second_run_of_one_journal_is_refused(fake: FakeCamb, folder: Path) -> None:
    with fake.client() as camb, camb.journal(folder.with_name("jobs.db")) as journal:
        lines(folder, 3)(journal)
        items = journal.run()
        next(items)
        with pytest.raises(RuntimeError, match="already"):
            next(journal.run())
        with pytest.raises(RuntimeError, match="already"):
            next(iter(journal))


def test_what_is_planned_on_the_way_is_created_too(both: Both, fake: FakeCamb, folder: Path) -> None:
    client, left = both.of(fake), list(range(1, 6))
    journal: Any = None

    def update(item: BulkItem) -> None:
        if item.state is ItemState.DOWNLOADED and left:
            lines(folder, 1, left.pop(0))(journal)

    def plan(opened: Any) -> None:
        nonlocal journal
        journal = opened
        lines(folder, 1)(journal)

    assert len(run(client, folder, plan, on_update=update)) == 6


def test_forget(both: Both, fake: FakeCamb, folder: Path) -> None:
    client = both.of(fake)
    run(client, folder, lines(folder, 1))
    assert list(stand(client, folder, lines(folder, 3))) == ["k0", "k1", "k2"]
    assert list(stand(client, folder, lambda journal: journal.forget(["k1", "no such"]))) == ["k0", "k2"]
    with pytest.raises(ValueError, match="may have been paid for"):
        stand(client, folder, lambda journal: journal.forget(["k2", "k0"]))
    assert list(stand(client, folder)) == ["k0", "k2"]


def test_bodies_with_files(both: Both, fake: FakeCamb, folder: Path, tmp_path: Path) -> None:
    voice = tmp_path / "voice.wav"
    voice.write_bytes(b"RIFF")
    client = both.of(fake)

    def transcribe(journal: Any, file: Any, key: str = "a") -> None:
        journal.create(key, kinds.TRANSCRIBE, models.TranscribeBody(language="en-us", media_file=file))

    with client.real.journal(folder.with_name("jobs.db")) as journal, voice.open("rb") as opened:
        for handle in (opened, models.File(opened, "voice.wav")):
            with pytest.raises(TypeError, match="open file"):
                transcribe(journal, handle)
        with pytest.raises(OSError, match="missing"):
            transcribe(journal, tmp_path / "missing")
        with pytest.raises(ValueError, match="unknown kind"):
            journal.create("a", "no-such", {})
        with pytest.raises(TypeError, match="TranslateBody"):
            journal.create("a", kinds.TRANSLATE, models.TranscribeBody(language=1))
        transcribe(journal, voice)
        transcribe(journal, models.File(voice, "other.wav", "audio/wave"), "b")
        assert len(journal.items()) == 2
    for name in ("one", "other"):
        fake.add(f"transcribe:{name}", "SUCCESS")
        fake.script("POST /transcribe", Reply.json({"task_id": name}))
    found = run(client, folder)
    assert {item.state for item in found} == {ItemState.SUCCEEDED}
    bodies = [request.body for request in fake.requests if request.method == "POST"]
    assert all(b"RIFF" in body for body in bodies)
    assert sum(b'filename="other.wav"' in body for body in bodies) == 1
    stand(client, folder, lambda journal: transcribe(journal, voice, "c"))
    voice.write_bytes(b"RIFX")
    (item,) = run(client, folder)
    assert item.state is ItemState.REFUSED
    assert isinstance(item.error, ConfigurationError)
    assert "has changed" in str(item.error)
    assert len(bodies) == creates(fake)
    with pytest.raises(ValueError, match="with other arguments"):
        stand(client, folder, lambda journal: transcribe(journal, voice))


def test_the_file_of_a_result_of_another_family(both: Both, folder: Path) -> None:
    """Its result says where it is; one that has no file is an error of its own."""
    fake = FakeCamb(KEY, timeline="SUCCESS")
    with fake.serve() as url:
        fake.add("tts:1", "SUCCESS", run_id=9)
        with CambClient(KEY, base_url=url) as camb:
            address = camb.tts.result_url(9)
        client = both.client(base_url=url)
        fake.script(
            "GET /dub-result", Reply.json({"video_url": address, "audio_url": address, "transcript": []}),
            *[Reply.json({"video_url": "", "audio_url": "", "transcript": []})] * 9,
        )  # fmt: skip
        body = models.DubBody(video_url="https://example.com/a.mp4", source_language=1, target_languages=[76])
        stand(client, folder, lambda journal: journal.create("a", kinds.DUB, body, to=folder / "a"))
        (item,) = run(client, folder)
        assert (item.state, item.error) == (ItemState.DOWNLOADED, None)
        assert item.path == folder / "a.flac"
        stand(client, folder, lambda journal: journal.create("b", "dub", body, to=folder / "b"))
        (item,) = run(client, folder)
        assert (item.state, type(item.error)) == (ItemState.SUCCEEDED, DownloadError)
        assert "has no file" in str(item.error)


def test_arguments_are_checked_before_anything_is_planned(both: Both, fake: FakeCamb, folder: Path) -> None:
    with both.of(fake).real.journal(folder.with_name("jobs.db")) as journal:
        for wrong in ({"text": ""}, {"voice_id": "5"}, {"language": "xx"}, {"voice": 5}):
            with pytest.raises((TypeError, ValueError)):
                journal.tts("a", to="a", **{"text": "Hi", **VOICE, **wrong})
        for key in ("", 5):
            with pytest.raises((TypeError, ValueError)):
                journal.tts(key, to="a", text="Hi", **VOICE)
        for options in ({"downloads": 0}, {"creates_per_second": 0}, {"timeout": -1}, {"schedule": "x"}):
            with pytest.raises((TypeError, ValueError)):
                journal.run(**options)
        assert journal.items() == []


def test_nothing_listens(both: Both, folder: Path) -> None:
    """Over a real network: what was never sent stays planned, and the run does not last for ever."""
    client = both.client(base_url="http://127.0.0.1:9")
    found = run(client, folder, lines(folder, 9))
    assert Counter(states(stand(client, folder)).values()) == {"planned": 9}
    assert {type(item.error) for item in found} == {ApiConnectionError}
