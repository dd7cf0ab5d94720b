"""Put a new file or directory in the place of an old one, whole.

Whoever reads the place at any moment finds the old or the new, never neither and never a mixture; nothing is left
beside it.
"""

import contextlib
import ctypes
import os
import secrets
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

_AT_FDCWD = -100  # Linux, fcntl.h: paths are relative to the working directory
_SCRATCH = ".camb_openapi-"  # what the name of a scratch folder begins with
_LEFTOVER_SECONDS = 3600  # no build takes so long: what is older was left by one that was killed
_EXCHANGE = 2  # RENAME_EXCHANGE in linux/fs.h, RENAME_SWAP in sys/stdio.h of macOS: the same number


def write_file(path: Path, content: bytes) -> None:
    """Write `path` by way of a file beside it, so that a reader sees all of it or the one before."""
    beside = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def swap_in(new: Path, place: Path) -> None:
    """Move the directory or file `new` to `place`; what was there is then at `new`, for the caller to throw away.

    Both have to be on one file system.
    """
    if not place.exists():
        try:
            new.rename(place)
        except OSError:  # Not there a moment ago: another build was quicker, and is now exchanged like any other.
            if not place.exists():
                raise
        else:
            return
    if not _exchange(new, place):
        _rename_twice(new, place)


def swap_in_all(new: Path, root: Path, names: list[str]) -> None:
    """Swap in all of `names` from below `new` to below `root` or, on an error, none of them.

    Ctrl-C has to wait meanwhile. Only a reader of several of them may find some old and some new.
    """
    done: list[str] = []
    with _interrupts_held():
        try:
            for name in names:
                swap_in(new / name, root / name)
                done.append(name)
        except OSError:
            for name in reversed(done):
                swap_in(new / name, root / name)
            raise


@contextlib.contextmanager
def _interrupts_held() -> Iterator[None]:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _exchange(first: Path, second: Path) -> bool:
    """Exchange two directory entries in one step; false where the system or the file system cannot."""
    exchange = _system_exchange()
    if exchange is None:
        return False
    return exchange(os.fsencode(first), os.fsencode(second)) == 0


def _system_exchange() -> Callable[[bytes, bytes], int] | None:
    if sys.platform not in ("linux", "darwin"):
        return None
    libc = ctypes.CDLL(None)
    if sys.platform == "darwin":
        swap = getattr(libc, "renamex_np", None)
        return swap and (lambda first, second: swap(first, second, _EXCHANGE))
    # Not in glibc before 2.28, nor in musl before 1.2.6
    rename = getattr(libc, "renameat2", None)
    return rename and (lambda first, second: rename(_AT_FDCWD, first, _AT_FDCWD, second, _EXCHANGE))


def _rename_twice(new: Path, place: Path) -> None:
    """The next best thing: the place is empty for the moment between two renames."""
    aside = new.with_name(f"{new.name}-{secrets.token_hex(4)}")
    place.rename(aside)
    try:
        new.rename(place)
    except BaseException:
        aside.rename(place)
        raise
    aside.rename(new)


@contextlib.contextmanager
def scratch_folder(parent: Path) -> Iterator[Path]:
    """A new folder in `parent`, gone afterwards, whatever happens."""
    parent.mkdir(parents=True, exist_ok=True)
    for leftover in parent.glob(f"{_SCRATCH}*"):
        with contextlib.suppress(OSError):
            if time.time() - leftover.stat().st_mtime > _LEFTOVER_SECONDS:
                shutil.rmtree(leftover)
    # Not tempfile: an interrupt between its making the folder and telling us the name would leave the folder.
    folder = parent / f"{_SCRATCH}{secrets.token_hex(8)}"
    try:
        folder.mkdir(mode=0o700)
        yield folder
    finally:
        _remove(folder)


def _remove(folder: Path) -> None:
    try:
        shutil.rmtree(folder, ignore_errors=True)
    except BaseException:  # The interrupt came just now: finish first.
        shutil.rmtree(folder, ignore_errors=True)
        raise
