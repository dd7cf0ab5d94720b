"""Real parts: a Redis of the suite's own on a loopback port, and workers in processes of their own.

In CI the tests with Redis never skip: where ``redis-server`` is missing there, they fail.
"""

import importlib.util
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
import redis

from camb_client._durable.stores import Store, open_store

KEY = "key-0123456789abcdef"
ROOT = Path(__file__).parents[3]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


class RedisServer:
    """A redis-server on a port and in a folder of its own."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder, self.port, self._options = folder, free_port(), options
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        command = ["redis-server", "--port", f"{self.port}", "--bind", "127.0.0.1", "--dir", str(self.folder),
                   "--save", "", "--daemonize", "no", *self._options]  # fmt: skip
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 15
        while True:
            try:
                with redis.Redis.from_url(self.url) as client:
                    client.ping()
                    return
            except redis.RedisError:
                if time.monotonic() > deadline or self._process.poll() is not None:
                    raise
                time.sleep(0.02)

    def stop(self, *, kill: bool = False) -> None:
        assert self._process is not None
        if kill:
            self._process.kill()
        else:
            self._process.terminate()
        self._process.wait(timeout=20)


def require_redis() -> None:
    if shutil.which("redis-server") is None:
        if os.environ.get("CI"):
            pytest.fail("redis-server is missing, and in CI these tests never skip: .ci/run installs it")
        pytest.skip("redis-server is not installed here")


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    require_redis()
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    yield server
    server.stop()


@pytest.fixture
def redis_url(redis_server: RedisServer) -> str:
    """The server, empty."""
    with redis.Redis.from_url(redis_server.url) as client:
        client.flushall()
    return redis_server.url


@pytest.fixture(params=["redis", "sqlite"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Each kind of store."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'waits.db'}"
    return str(request.getfixturevalue("redis_url"))


@pytest.fixture
def store(store_url: str) -> Store:
    return open_store(store_url, "app")


class Studio:
    """An application of many processes: its broker, store, backend, workers, and the server it polls."""

    def __init__(self, folder: Path, api: str, **settings: Any) -> None:
        self.folder, self.book = folder, folder / "book"
        self.book.touch()
        self.settings = {"book": str(self.book), **settings}
        self.environment = {
            **os.environ,
            "STUDIO": json.dumps(self.settings),
            "CAMB_API_KEY": KEY,
            "CAMB_BASE_URL": api,
            "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "facade"), str(ROOT / "generated"))),
        }
        self.workers: list[subprocess.Popen[bytes]] = []
        self._gone: set[int] = set()

    def worker(
        self, *options: str, queues: str = "celery,camb", app: str = "tests.facade.celery.studio"
    ) -> subprocess.Popen[bytes]:
        """Start a worker; it is its own process group, so that it can be killed with its children."""
        number = len(self.workers)
        command = [
            *(sys.executable, "-m", "celery", "-A", app, "worker", "-n", f"w{number}@%h"),
            *("-l", "INFO", "-Q", queues, "--without-gossip", "--without-mingle", *(options or ("-c", "2"))),
        ]
        with (self.folder / f"worker-{number}.log").open("wb") as log:
            process = subprocess.Popen(
                command, cwd=self.folder, env=self.environment, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        self.workers.append(process)
        return process

    def log(self, number: int = 0) -> str:
        return (self.folder / f"worker-{number}.log").read_text(errors="replace")

    def logs(self) -> str:
        return "\n".join(f"== worker {number}\n{self.log(number)}" for number in range(len(self.workers)))

    def received(self) -> set[str]:
        """The calls that any worker has received: what a broker loses on the way is not ours."""
        return set(re.findall(r"Task [\w.]+\[([^\]]+)\] received", self.logs()))

    def lines(self, word: str) -> list[str]:
        """What the tasks of the application have written."""
        return [line for line in self.book.read_text().splitlines() if line.startswith(word)]

    def until(self, ready: Callable[[], object], seconds: float = 90.0) -> None:
        deadline = time.monotonic() + seconds
        while not ready():
            assert time.monotonic() < deadline, self.logs()[-6000:]
            time.sleep(0.05)

    def kill(self, worker: subprocess.Popen[bytes], number: int = signal.SIGKILL) -> None:
        """Send a signal to a worker and its children."""
        with suppress(ProcessLookupError):
            os.killpg(worker.pid, number)
        if number == signal.SIGKILL:
            self._gone.add(worker.pid)
            worker.wait(20)

    def supervise(self) -> None:
        """Do what runs workers elsewhere: start another one for each that has ended by itself, as some of Celery's do
        where they lose their broker.
        """
        for worker in list(self.workers):
            if worker.poll() is not None and worker.pid not in self._gone:
                self._gone.add(worker.pid)
                self.worker()

    def holder(self) -> tuple[subprocess.Popen[bytes], int]:
        """The worker whose child has the sweep's turn, and that child, once there is one."""
        found: list[tuple[subprocess.Popen[bytes], int]] = []

        def look() -> bool:
            with redis.Redis.from_url(self.settings["store"], decode_responses=True) as client:
                turn: Any = client.hgetall("camb:{studio}:sweep")
                if turn and float(turn["until"]) > time.time() * 1e6:
                    node, pid, _ = turn["owner"].split("/")
                    worker = self.workers[int(node.partition("@")[0].removeprefix("w"))]
                    if worker.poll() is None and Path(f"/proc/{pid}").exists():
                        found.append((worker, int(pid)))
            return bool(found)

        self.until(look)
        return found[0]

    @contextmanager
    def module(self) -> Iterator[Any]:
        """The application, as this process imports it."""
        own = {name: value for name, value in self.settings.items() if name != "seconds"}
        with mock.patch.dict(os.environ, {**self.environment, "STUDIO": json.dumps(own)}):
            os.environ.pop("CAMB_API_KEY")  # A web handler has none.
            spec = importlib.util.spec_from_file_location("studio_of_a_test", Path(__file__).with_name("studio.py"))
            assert spec is not None
            assert spec.loader is not None
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            try:
                yield module
            finally:
                module.app.close()

    def close(self) -> None:
        for worker in self.workers:
            self.kill(worker, signal.SIGCONT)
            self.kill(worker)


@pytest.fixture
def make_studio(tmp_path: Path) -> Iterator[Callable[..., Studio]]:
    made: list[Studio] = []

    def make(api: str, **settings: Any) -> Studio:
        made.append(Studio(tmp_path, api, **settings))
        return made[-1]

    yield make
    for studio in made:
        studio.close()


@pytest.fixture
def over_redis(redis_url: str) -> dict[str, str]:
    """Broker, result backend and store in one Redis."""
    base = redis_url.removesuffix("/0")
    return {"broker": f"{base}/0", "backend": f"{base}/1", "store": f"{base}/2"}
