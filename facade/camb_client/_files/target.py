"""Where a download goes: a file that is put in its place when it is whole, or a file object of the caller's."""

import errno
import inspect
import io
import os
import stat
from contextlib import AbstractContextManager, ExitStack, suppress
from pathlib import Path
from typing import IO, Any, Self

# How the name of a folder ends, whether there is one or not.
_FOLDER = {"", os.curdir, os.pardir}


class Target(ExitStack):
    """A file that is written beside its name, and gets the name when it is whole.

    As a context manager it leaves nothing behind but what was kept. What is done on leaving is on the stack and calls
    no code of ours, so an interruption finds no line to fall between.

    Args:
        dest: Its name; a symbolic link stays, and the file that it names is written. Or a folder, which then has it
            under the name given to :meth:`keep`: one that exists, or any name with a final slash, which is made.
        overwrite: Whether a file of that name may be replaced. It keeps its mode, and its owner where that is allowed.

    Raises:
        FileExistsError: It may not.
        OSError: The name leads to no folder, or to something that is no regular file.
        TypeError: No path.
    """

    # Whether what was written can be dropped, to begin again.
    rewinds = True
    # An interruption may come between entering and the block, or even before there is a stack.
    __del__ = ExitStack.close
    _exit_callbacks: Any = ()

    def __init__(self, dest: "str | os.PathLike[str]", *, overwrite: bool) -> None:
        super().__init__()
        self._path, self._overwrite = Path(dest), overwrite
        is_dir = self._path.is_dir()
        self._is_folder = is_dir or os.path.basename(dest) in _FOLDER  # noqa: PTH119 (a Path has no final slash)
        if self._is_folder and not is_dir and os.path.lexists(self._path):
            raise NotADirectoryError(errno.ENOTDIR, "this is no folder", str(self._path))
        self._folder = self._path if self._is_folder else self._find(self._path).parent
        if not self._is_folder and not self._folder.is_dir():
            raise FileNotFoundError(f"there is no folder {str(self._folder)!r}: make it, or name another")
        self._part = self._folder / f".camb-{os.urandom(6).hex()}.part"

    def _find(self, path: Path) -> Path:
        """The file that a name leads to, if it may be written."""
        with suppress(FileNotFoundError):
            mode = path.stat().st_mode
            if not stat.S_ISREG(mode):
                raise OSError(f"{str(path)!r} is not a regular file: name another, or pass an open binary file")
            if not self._overwrite:
                raise FileExistsError(f"{str(path)!r} exists already: pass overwrite=True to replace it")
        return Path(os.path.realpath(path))

    def __enter__(self) -> Self:
        try:
            self._make_folder()
            self.callback(self._part.unlink, missing_ok=True)
            self._file = self.enter_context(self._part.open("xb"))
            # A part is nobody else's to read: what it replaces may be private.
            self._mode = stat.S_IMODE(self._part.stat().st_mode)
            with suppress(OSError):  # A file system without modes.
                self._part.chmod(0o600)
        except BaseException as problem:
            self.close()
            if isinstance(problem, OSError):
                problem.filename = str(self._path)  # The part's name would tell the caller nothing.
            raise
        return self

    def _make_folder(self) -> None:
        """Make what is missing of the folder; what stays empty is removed again."""
        missing = [folder for folder in (self._folder, *self._folder.parents) if not folder.exists()]
        for folder in reversed(missing):
            undo = ExitStack()
            undo.enter_context(suppress(OSError))  # It is not empty.
            undo.callback(folder.rmdir)
            self.callback(undo.close)
            folder.mkdir(exist_ok=True)

    def begin(self, offset: int) -> None:
        """Continue from there; what was written after it is dropped."""
        self._file.seek(offset)
        self._file.truncate()

    def write(self, piece: bytes) -> None:
        """Write the next piece."""
        self._file.write(piece)

    def keep(self, name: str) -> Path:
        """Put the file in its place; ``name`` is what it is called in a folder.

        Raises:
            FileExistsError: Another has come there meanwhile.
            OSError: What has come there is no regular file.
        """
        path = self._path / name if self._is_folder else self._path
        place = self._find(path)
        self._file.close()  # What it has not written yet may not fit on the disk.
        with suppress(FileNotFoundError):
            replaced = place.stat()
            self._mode = replaced.st_mode & 0o777
            with suppress(OSError, AttributeError):  # Not allowed, or Windows.
                os.chown(self._part, replaced.st_uid, replaced.st_gid)
        with suppress(OSError):
            self._part.chmod(self._mode)
        if self._overwrite:
            self._part.replace(place)
        else:
            self._take_name(place)
        return path

    def _take_name(self, place: Path) -> None:
        """Give the part a name that nothing has; a rename would replace what has come there meanwhile."""
        try:
            place.hardlink_to(self._part)
        except FileExistsError:
            raise
        except OSError:  # A file system without links: take the name first.
            try:
                place.open("xb").close()
                self._part.replace(place)
            except FileExistsError:
                raise
            except BaseException:
                place.unlink(missing_ok=True)
                raise


class FileObject(AbstractContextManager["FileObject"]):
    """An open binary file of the caller's. It is written as the bytes come, never rewound, and never closed.

    Raises:
        TypeError: It is a text file, or its ``write`` is a coroutine function.
        ValueError: It is closed, or not open for writing.
    """

    rewinds = False

    def __init__(self, file: IO[bytes]) -> None:
        if isinstance(file, io.TextIOBase) or hasattr(file, "encoding"):
            raise TypeError("dest is a text file: open it in binary mode, or pass its .buffer")
        if inspect.iscoroutinefunction(file.write):
            raise TypeError("dest is an async file: pass an ordinary binary file, which a thread writes")
        if not getattr(file, "writable", lambda: True)():
            raise ValueError("dest is not open for writing: open it with mode 'wb'")
        self._file = file

    def __exit__(self, *_: object) -> None:
        """It is the caller's to close."""

    def begin(self, offset: int) -> None:
        """Continue from there, which is where it is."""

    def write(self, piece: bytes) -> None:
        """Write the next piece, all of it: an unbuffered file may take it in parts."""
        while piece:
            count: int | None = self._file.write(piece)
            if count == 0 or (count is None and isinstance(self._file, io.RawIOBase)):
                raise BlockingIOError(errno.EAGAIN, "dest takes no more bytes now: make it blocking")
            piece = b"" if count is None else piece[count:]

    def keep(self, _: str) -> None:
        """Hand on what it has in its buffer: then it is known whether it could be written."""
        getattr(self._file, "flush", lambda: None)()


def open_target(dest: Any, *, overwrite: bool) -> Target | FileObject:
    """What a ``dest`` means: a path, an open binary file, or a target that was made already."""
    if isinstance(dest, Target):
        return dest
    if isinstance(dest, str | os.PathLike):
        return Target(dest, overwrite=overwrite)
    if hasattr(dest, "write"):
        return FileObject(dest)
    raise TypeError(f"dest must be a path or an open binary file, not {type(dest).__name__}")
