"""A store over TLS: ``rediss://``."""

import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest
import redis
import trustme

from camb_client._durable.stores import open_store

from .conftest import free_port, require_redis


@pytest.fixture
def secured(tmp_path: Path) -> object:
    require_redis()
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(tmp_path / "server.pem")
    port, pem = free_port(), str(tmp_path / "server.pem")
    command = [
        *("redis-server", "--port", "0", "--bind", "127.0.0.1", "--tls-port", f"{port}", "--save", ""),
        *("--tls-cert-file", pem, "--tls-key-file", pem, "--tls-ca-cert-file", str(tmp_path / "ca.pem")),
        *("--tls-auth-clients", "no", "--dir", str(tmp_path)),
    ]
    assert shutil.which("redis-server")
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                with socket.create_connection(("127.0.0.1", port), 1):
                    break
            except OSError:
                time.sleep(0.02)
        yield f"rediss://127.0.0.1:{port}/0", tmp_path / "ca.pem"
        process.terminate()


def test_a_store_over_tls(secured: tuple[str, Path]) -> None:
    url, authority = secured
    store = open_store(f"{url}?ssl_ca_certs={authority}", "app")
    store.check()
    store.add([("a", "state", 0.0)])
    assert dict(store.states()) == {"a": "state"}
    with pytest.raises(redis.ConnectionError, match="certificate verify failed"):
        open_store(url, "app").check()
