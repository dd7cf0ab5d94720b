"""One owner at a time: a lock that the system takes back when its owner dies, however it dies."""

import os
import sys
from contextlib import suppress
from pathlib import Path

from .._polling.errors import ConfigurationError

if sys.platform == "win32":
    import msvcrt

    # A lock on Windows keeps others from reading what is locked, so it lies beyond the number of the owner.
    _BEYOND = 1 << 20

    def _take(file: int) -> None:
        os.lseek(file, _BEYOND, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        os.lseek(file, 0, os.SEEK_SET)

else:
    import fcntl

    def _take(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


class Lock:
    """The lock, taken. It stands in a file of its own, as to lock the database would disturb SQLite's own locks.

    Args:
        path: Its file, in which the owner's process id stands.
        subject: What it is about, for the message.

    Raises:
        ConfigurationError: Another has it.
    """

    def __init__(self, path: Path, subject: str) -> None:
        self._path = path
        while True:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                _take(self._file)
            except OSError:
                with suppress(OSError):
                    owner = os.read(self._file, 20).decode("ascii", "replace").strip()
                os.close(self._file)
                raise ConfigurationError(
                    f"{subject!r} is in use by process {owner or 'unknown'}: wait until that ends, or end it"
                ) from None
            # Its last owner may have removed it between the two.
            with suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(self._file), path.stat()):
                    break
            os.close(self._file)
        os.ftruncate(self._file, 0)
        os.write(self._file, f"{os.getpid()}\n".encode())

    def release(self) -> None:
        """Give it back, and leave nothing behind."""
        with suppress(OSError):  # Windows removes no file that is open: then it stays.
            self._path.unlink()
        os.close(self._file)
