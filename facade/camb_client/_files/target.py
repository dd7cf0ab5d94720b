"""The file that a download becomes: written beside its target, and put in its place when it is complete.

Rule of this file: the disk, and nothing else. Under the target's name there is the whole file or what was there
before, at any moment.
"""

import os
from pathlib import Path
from typing import Self


class Target:
    """A file to be written. As a context manager it leaves nothing behind but what was kept.

    Args:
        dest: Its name; or a folder, which then has it under the name given to :meth:`keep`.
        overwrite: Whether a file of that name may be replaced.

    Raises:
        FileExistsError: It may not.
        FileNotFoundError: There is no such folder.
        TypeError: No path.
    """

    def __init__(self, dest: "str | os.PathLike[str]", *, overwrite: bool) -> None:
        self._path, self._overwrite = Path(dest), overwrite
        self._is_folder = self._path.is_dir()
        folder = self._path if self._is_folder else self._path.parent
        if not self._is_folder:
            self._refuse(self._path)
        if not folder.is_dir():
            raise FileNotFoundError(f"there is no folder {str(folder)!r}")
        self._part = folder / f".camb-{os.urandom(6).hex()}.part"

    def _refuse(self, path: Path) -> None:
        if not self._overwrite and os.path.lexists(path):
            raise FileExistsError(f"{str(path)!r} is there already: pass overwrite=True to replace it")

    def __enter__(self) -> Self:
        self._file = self._part.open("xb")
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._file.close()  # What it has not written yet may not fit on the disk.
        finally:
            self._part.unlink(missing_ok=True)

    def begin(self, offset: int) -> None:
        """Go on from there; what was written after it is dropped."""
        self._file.seek(offset)
        self._file.truncate()

    def write(self, piece: bytes) -> None:
        """Write the next piece."""
        self._file.write(piece)

    def keep(self, name: str) -> Path:
        """Put the file in its place; ``name`` is what it is called in a folder.

        Raises:
            FileExistsError: Another has come there meanwhile.
        """
        path = self._path / name if self._is_folder else self._path
        self._file.close()
        if self._overwrite:
            return self._part.replace(path)
        self._refuse(path)
        try:
            path.hardlink_to(self._part)  # Unlike a rename, it takes no name that is taken.
        except FileExistsError:
            raise
        except OSError:  # A file system without links: take the name first.
            path.open("xb").close()
            self._part.replace(path)
        return path
