"""The local server on a loopback port: the standard library's HTTP server in a thread."""

import socket
import struct
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from .._http.clock import Clock
from ._replies import Fault
from ._transport import Answerer


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 512

    def __init__(self, answer: Answerer, clock: Clock, port: int) -> None:
        self.answer = answer
        self.clock = clock
        self.stopping = threading.Event()
        self.connections: set[socket.socket] = set()
        self.resetting: set[socket.socket] = set()
        super().__init__(("127.0.0.1", port), _Handler)

    def shutdown_request(self, request: Any) -> None:
        """End a connection: in order, or, with linger 0 and no farewell, by a reset."""
        if request in self.resetting:
            request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_request(request)
        else:
            super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that go away are what some tests are about: no traceback for them."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    server_version = "FakeCamb"
    sys_version = ""
    disable_nagle_algorithm = True

    def setup(self) -> None:
        super().setup()
        self.server.connections.add(self.connection)

    def finish(self) -> None:
        self.server.connections.discard(self.connection)
        super().finish()

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002 (the name of the base class)
        """Requests are recorded, not printed."""

    def _body(self) -> bytes:
        """The body of the request: of a length that was said, or in chunks.

        Raises:
            ConnectionError: The client has gone before its end.
        """
        if self.headers.get("transfer-encoding", "").lower() != "chunked":
            return self._read(int(self.headers.get("content-length") or 0))
        chunks = []
        while size := int(self.rfile.readline().partition(b";")[0] or b"-1", 16):
            chunks.append(self._read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():  # Trailers.
            pass
        return b"".join(chunks)

    def _read(self, size: int) -> bytes:
        content = self.rfile.read(max(size, 0))
        if len(content) != size:
            raise ConnectionError("the client has gone")
        return content

    def answer(self) -> None:
        """Respond to one request of any method."""
        body = self._body()
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self.server.answer(self.command, self.path, headers, body)
        self.server.stopping.wait(reply.delay)
        if reply.fault is Fault.HANG:
            self.server.stopping.wait()
        if reply.fault in {Fault.HANG, Fault.RESET}:
            self.server.resetting.add(self.connection)
            self.close_connection = True
            return
        self.send_response(reply.status_code)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        length = ("transfer-encoding", "chunked") if reply.piece else ("content-length", str(len(reply.body)))
        self.send_header(*length)
        self.end_headers()
        for number, piece in enumerate(reply.pieces() if self.command != "HEAD" else ()):
            self.server.stopping.wait(reply.pause if number else 0)
            self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece) if reply.piece else piece)
        if reply.piece and reply.fault is None:
            self.wfile.write(b"0\r\n\r\n")
        if reply.fault is Fault.STALL:
            self.server.stopping.wait()
        if reply.fault is not None:
            self.close_connection = True

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = answer  # noqa: N815


@contextmanager
def serving(answer: Answerer, clock: Clock, port: int) -> Iterator[str]:
    """Serve while the context is open; gives ``http://127.0.0.1:<port>``."""
    with _Server(answer, clock, port) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), name="fake-camb", daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.stopping.set()
            server.shutdown()
            for connection in list(server.connections):
                with suppress(OSError):  # It may have ended by itself.
                    connection.shutdown(socket.SHUT_RDWR)
            thread.join()
