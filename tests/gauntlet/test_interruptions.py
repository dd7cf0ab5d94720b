"""Interruptions: a cancellation at every turn of the event loop, and Ctrl-C at every line of ours.

Whatever is interrupted, nothing is left: no connection in use, no task, no thread, no part of a file; the client works
on, and a task that was created is named from the moment its response was read. ``make test`` takes every tenth step,
``make test-all`` every one.
"""

import ast
import asyncio
import gc
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import camb_client
from camb_client import AsyncCambClient, CambClient
from camb_client.testing import use_clock
from tests.gauntlet.conftest import descriptors, settles
from tests.gauntlet.driver import NEW, SkippingClock, in_use
from tests.gauntlet.matrix import ADDRESS, FLAC, KEY, PATH, file, said, status
from tests.gauntlet.server import Behaviour, Room, Server, Steps

OURS = str(Path(camb_client.__file__).parent)
CREATED = b'"task_id"'


def respond(path: str, times: int) -> Steps:
    """A task is pending at its first poll, and each create makes another."""
    kind, _, name = path[1:].partition("/")
    if kind == "tts" and not name:
        return said(200, {"task_id": f"paid-{times}"})
    return {"tts": status() if times == 1 else status("SUCCESS", run_id=7), "tts-result": ADDRESS}.get(kind) or file()


@pytest.fixture(scope="module")
def room(server: Server) -> Iterator[Room]:
    with server.room(Behaviour(respond=respond)) as made:
        yield made


class Arrival:
    """Whether the response of a create has come to this process, and which task it names."""

    def __init__(self) -> None:
        self.task: str | None = None

    def see(self, data: bytes) -> bytes:
        if CREATED in data:
            self.task = "tts:" + data.partition(CREATED)[2].split(b'"')[1].decode()
        return data


@pytest.fixture
def arrival(monkeypatch: pytest.MonkeyPatch) -> Arrival:
    seen, receive = Arrival(), socket.socket.recv
    monkeypatch.setattr(socket.socket, "recv", lambda *arguments: seen.see(receive(*arguments)))
    return seen


# --- what is interrupted: with the client, a number of this time, and a folder ---


def _batch(camb: Any, number: int, _: Path) -> Any:
    return camb.wait_all([f"tts:a{number}", f"tts:b{number}"], schedule=0.001)


SYNC: dict[str, Callable[[CambClient, int, Path], object]] = {
    "status": lambda camb, number, _: camb.status(f"tts:{number}"),
    "wait": lambda camb, number, _: camb.wait(f"tts:{number}"),
    "create": lambda camb, *_: camb.tts.create(**NEW),
    "create_and_wait": lambda camb, *_: camb.tts.create_and_wait(**NEW),
    "batch": _batch,
    "download": lambda camb, _, folder: camb.tts.download(7, folder),
    "fetch": lambda camb, _, folder: camb.fetch(ADDRESSED[0], folder),
    "stream": lambda camb, *_: _streamed(camb),
}
ADDRESSED = [""]


def _streamed(camb: CambClient) -> bytes:
    with camb.tts.stream(**NEW) as audio:
        return b"".join(audio)


async def _streamed_async(camb: AsyncCambClient) -> bytes:
    async with camb.tts.stream(**NEW) as audio:
        return b"".join([piece async for piece in audio])


async def _left_early(camb: AsyncCambClient, number: int) -> None:
    async with camb.as_completed([f"tts:a{number}", f"tts:b{number}"], schedule=0.001) as outcomes:
        async for _ in outcomes:
            return


ASYNC: dict[str, Callable[[AsyncCambClient, int, Path], Any]] = {
    **SYNC,  # type: ignore[dict-item]
    "as_completed": lambda camb, number, _: _left_early(camb, number),
    "stream": lambda camb, *_: _streamed_async(camb),
}


def _is_clean(folder: Path) -> bool:
    """Whether there is no file, or a whole one; it is taken away."""
    for path in folder.iterdir():
        if path.suffix != ".flac" or path.read_bytes() != FLAC:
            return False
        path.unlink()
    return True


# --- Ctrl-C, at every line ---


@cache
def _blocks(file: str) -> tuple[dict[int, int], set[int]]:
    """The first and the last line of each ``with``, and the lines of each ``try``."""
    nodes = list(ast.walk(ast.parse(Path(file).read_text(encoding="utf-8"))))
    blocks = {node.lineno: node.end_lineno or 0 for node in nodes if isinstance(node, ast.With)}
    return blocks, {node.lineno for node in nodes if isinstance(node, ast.Try)}


class Tracer:
    """Counts the lines of ours that this thread runs, and raises KeyboardInterrupt at one of them.

    Python handles no signal where it does nothing, at a ``try:``, nor where it leaves a ``with`` (that is a line again)
    before ``__exit__`` is called (https://github.com/python/cpython/issues/74174), so these do not count. Garbage is
    collected afterwards, as what a ``__del__`` raises is raised to nobody.
    """

    def __init__(self, at: int = -1) -> None:
        self.count, self.at, self.place = 0, at, ""
        self._last: dict[FrameType, int] = {}

    def _call(self, frame: FrameType, event: str, _: Any) -> Any:
        return self._line if frame.f_code.co_filename.startswith(OURS) else None

    def _line(self, frame: FrameType, event: str, _: Any) -> Any:
        if event == "line":
            line, file = frame.f_lineno, frame.f_code.co_filename
            blocks, tries = _blocks(file)
            is_safe = line in tries or line < self._last.get(frame, 0) <= blocks.get(line, 0)
            self._last[frame] = line
            self.count += not is_safe
            if self.count == self.at and not is_safe:
                self.place = f"{file[len(OURS) + 1 :]}:{line}"
                self._last.clear()
                sys.settrace(None)
                raise KeyboardInterrupt
        return self._line

    def run(self, work: Callable[[], object]) -> BaseException | None:
        before = sys.gettrace()
        gc.disable()
        sys.settrace(self._call)
        try:
            work()
        except KeyboardInterrupt as interruption:
            return interruption
        finally:
            sys.settrace(before)
            gc.enable()
            self._last.clear()
        return None


@pytest.mark.parametrize("use", SYNC)
def test_ctrl_c_at_any_line(
    use: str, room: Room, arrival: Arrival, tmp_path: Path, steps: Callable[[Sequence[int]], Sequence[int]]
) -> None:
    ADDRESSED[0] = room.url + PATH.decode()
    wrong: list[str] = []
    with closing(CambClient(KEY, base_url=room.url, timeout=5)) as camb:
        use_clock(camb, SkippingClock())
        numbers = iter(range(1_000_000))
        for _ in range(2):  # At first it imports.
            every = Tracer()
            every.run(lambda: SYNC[use](camb, next(numbers), tmp_path))
            assert _is_clean(tmp_path)
        threads, opened = set(threading.enumerate()), descriptors()
        for at in steps(range(1, every.count + 1)):
            arrival.task, tracer = None, Tracer(at)
            interruption = tracer.run(lambda: SYNC[use](camb, next(numbers), tmp_path))
            if interruption is None:
                wrong += [f"{tracer.place}: went on"] if tracer.place else []
                continue
            notes = " ".join(getattr(interruption, "__notes__", ()))
            if arrival.task and arrival.task not in notes:
                wrong.append(f"{tracer.place}: {arrival.task} is not in {notes!r}")
            del interruption
            if not _is_clean(tmp_path):
                wrong.append(f"{tracer.place}: {list(tmp_path.iterdir())}")
            if not settles(lambda: set(threading.enumerate()) <= threads):
                wrong.append(f"{tracer.place}: {threading.enumerate()}")
            if in_use(camb) and gc.collect() and in_use(camb):  # httpx has responses in circles.
                wrong.append(f"{tracer.place}: {in_use(camb)} connections are in use")
            assert camb.status("tts:check").status
        assert not wrong, "\n" + "\n".join(wrong)
        gc.collect()
        assert settles(lambda: descriptors() <= opened + 2)


# --- cancellation, at every turn ---


class Loop(asyncio.SelectorEventLoop):
    """An event loop that cancels a task as a turn begins."""

    task: "asyncio.Task[object] | None" = None
    at = turns = 0

    def _run_once(self) -> None:
        if self.task is not None and not self.task.done():
            if self.turns == self.at:
                self.task.cancel()
            self.turns += 1
        super()._run_once()  # type: ignore[misc]


@pytest.mark.parametrize("use", ASYNC)
def test_cancellation_at_any_turn(
    transport: Any,
    use: str,
    room: Room,
    arrival: Arrival,
    tmp_path: Path,
    steps: Callable[[Sequence[int]], Sequence[int]],
) -> None:
    ADDRESSED[0] = room.url + PATH.decode()
    wrong: list[str] = []
    numbers = iter(range(1_000_000))

    async def interrupted(loop: Loop, camb: AsyncCambClient, at: int) -> tuple[bool, str]:
        notes = ""

        async def work() -> None:
            nonlocal notes
            try:
                await ASYNC[use](camb, next(numbers), tmp_path)
            except asyncio.CancelledError as cancelled:
                notes = " ".join(getattr(cancelled, "__notes__", ()))
                raise

        loop.at, loop.turns = at, 0
        loop.task = asyncio.create_task(work())
        try:
            await loop.task
        except asyncio.CancelledError:
            return True, notes
        finally:
            loop.task = None
        return False, notes

    async def sweep() -> None:
        loop: Any = asyncio.get_running_loop()
        async with AsyncCambClient(KEY, base_url=room.url, timeout=5, transport=transport) as camb:
            use_clock(camb, SkippingClock())
            for _ in range(2):
                await interrupted(loop, camb, -1)
                assert _is_clean(tmp_path)
            opened, turns = descriptors(), loop.turns
            for at in range(2 * turns):
                arrival.task = None
                was_cancelled, notes = await interrupted(loop, camb, at)
                if was_cancelled and arrival.task and arrival.task not in notes:
                    wrong.append(f"turn {at}: {arrival.task} is not in {notes!r}")
                await asyncio.sleep(0)
                if (tasks := asyncio.all_tasks()) != {asyncio.current_task()}:
                    wrong.append(f"turn {at}: {tasks}")
                if not _is_clean(tmp_path):
                    wrong.append(f"turn {at}: files are left")
                if in_use(camb):
                    wrong.append(f"turn {at}: {in_use(camb)} connections are in use")
                assert (await camb.status("tts:check")).status
            assert not wrong, "\n" + "\n".join(wrong)
            # In a thread, as the loop has ends to close as well.
            assert await asyncio.to_thread(settles, lambda: descriptors() <= opened + 2)
            print(use, turns)

    with asyncio.Runner(loop_factory=Loop) as runner:
        runner.run(sweep())
    gc.collect()
