"""The input of ``batch``: CSV with a header, or JSON Lines, read as it is written, each fault by its own line."""

import csv
import hashlib
import io
import json
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path, PurePath
from typing import Any, BinaryIO, NoReturn

import attrs

from ._stdin import encoding_of

# What a line says of itself, beside the arguments of its create.
_OWN = ("key", "file")
# A device on Windows, whatever its suffix.
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?")
_LONGEST_NAME = 200


def _whole(text: str) -> int | str:
    return int(text) if re.fullmatch(r"\s*[+-]?[0-9]{1,18}\s*", text) else text


def _decimal(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


# What a cell of CSV stands for; a text stands for itself. A cell that is wrong stays a text, and is refused as one.
_CELLS: dict[str, Callable[[str], Any]] = {
    **dict.fromkeys(
        ("voice_id", "language", "source_language", "target_language", "gender", "age", "folder_id"), _whole
    ),
    "duration": _decimal,
    **dict.fromkeys(("text", "prompt", "key", "file"), str),
}

# What a text cannot stand for.
_NUMBERS = {**dict.fromkeys(("voice_id", "age", "folder_id"), "an int"), "duration": "a number"}


def _cell(name: str, text: str) -> Any:
    """What a cell stands for: lists, objects, true and false are written as in JSON."""
    if name not in _CELLS and re.fullmatch(r"true|false|[\[{].*[\]}]", text.strip(), re.DOTALL):
        with suppress(ValueError):
            return json.loads(text)
    return _CELLS.get(name, str)(text)


class LineError(ValueError):
    """What is wrong with a line.

    Args:
        number: Its number in the file, from 1; 0 is the file as a whole.
        said: What is wrong.
    """

    def __init__(self, number: int, said: str) -> None:
        super().__init__(said)
        self.number = number


@attrs.frozen
class Line:
    """One line.

    Attributes:
        number: Where it begins in the file, from 1, the header counted.
        key: Its key: its own, or what its arguments make.
        file: The name of its file under the folder; by default its number.
        is_named: Whether it says that name itself.
        arguments: Those of its create.
    """

    number: int
    key: str
    file: str
    is_named: bool
    arguments: dict[str, Any]


class Lines:
    """The lines of a file.

    Args:
        path: The file.
        columns: The arguments that there are.
        defaults: What a line has that does not say it.
    """

    def __init__(self, path: Path, columns: tuple[str, ...], defaults: Mapping[str, Any]) -> None:
        self._path, self._columns = path, columns
        self._defaults = {name: value for name, value in defaults.items() if value is not None}
        self._same: Counter[str] = Counter()
        self._keys: dict[str, int] = {}
        self._whole: dict[str, int] = {}
        self._stems: dict[str, int] = {}
        self._bare: dict[str, int] = {}
        self._folders: dict[str, int] = {}

    def read(self, wrong: Callable[[LineError], object]) -> Iterator[Line]:
        """Each line that is well; what is wrong with the others is told."""
        try:
            with self._opened() as file:
                for number, given in self._records(file, wrong):
                    try:
                        yield self._line(number, given)
                    except LineError as fault:
                        wrong(fault)
        except LineError as fault:
            wrong(fault)
        except UnicodeError:
            wrong(LineError(0, "is not UTF-8, nor UTF-16 with a byte order mark: save it as UTF-8"))

    def _opened(self) -> io.TextIOWrapper:
        try:
            file: BinaryIO = self._path.open("rb")
            if not file.seekable():  # A pipe, as <(...) is.
                with file:
                    file = io.BytesIO(file.read())
            begin = file.read(4)
            file.seek(0)
        except OSError as problem:
            raise LineError(0, f"cannot be read: {problem.strerror}") from problem
        return io.TextIOWrapper(file, encoding=encoding_of(begin), newline="")

    def _records(
        self, file: io.TextIOWrapper, wrong: Callable[[LineError], object]
    ) -> Iterator[tuple[int, dict[str, Any]]]:
        begin = file.read(4096)
        file.seek(0)
        is_json = self._path.suffix.lower() in {".jsonl", ".ndjson"} or begin.lstrip().startswith("{")
        return self._objects(file, wrong) if is_json else self._rows(file, begin, wrong)

    def _objects(
        self, file: io.TextIOWrapper, wrong: Callable[[LineError], object]
    ) -> Iterator[tuple[int, dict[str, Any]]]:
        for number, text in enumerate(file, 1):
            if not text.strip():
                continue
            try:
                found = json.loads(text, object_pairs_hook=once, parse_constant=_refuse)
                self._check_columns(found)
                json.dumps(found, ensure_ascii=False).encode()
            except json.JSONDecodeError as problem:
                wrong(LineError(number, f"is no JSON: {problem.msg} at character {problem.pos + 1}"))
                continue
            except UnicodeEncodeError:
                wrong(
                    LineError(number, "has half a character (a surrogate, \\ud800 to \\udfff, without its other half)")
                )
                continue
            except (ValueError, RecursionError) as problem:
                wrong(LineError(number, str(problem)))
                continue
            yield number, {name: value for name, value in found.items() if value is not None}

    def _rows(
        self, file: io.TextIOWrapper, begin: str, wrong: Callable[[LineError], object]
    ) -> Iterator[tuple[int, dict[str, Any]]]:
        first = begin.partition("\n")[0]
        # Spreadsheets of many countries write semicolons.
        rows = csv.reader(file, delimiter=max(",;\t", key=first.count), strict=True)
        header: list[str] | None = None
        number = 1
        while True:
            try:
                row = next(rows, None)
            except csv.Error as problem:
                wrong(LineError(number, f"is no CSV: {problem}"))
                return
            if row is None:
                break
            if not any(cell.strip() for cell in row):
                number = rows.line_num + 1
                continue
            if header is None:
                header = [cell.strip().lower() for cell in row]
                try:
                    self._check_columns(once([(name, None) for name in header]))
                except ValueError as problem:
                    wrong(LineError(number, str(problem)))
                    return
            elif len(row) != len(header):
                wrong(LineError(number, f"has {len(row)} cells, and the header has {len(header)}"))
            else:
                cells = {name: cell for name, cell in zip(header, row, strict=True) if cell.strip()}
                yield number, {name: _cell(name, cell) for name, cell in cells.items()}
            number = rows.line_num + 1
        if header is None:
            wrong(LineError(0, "is empty: it begins with a header, such as text,voice_id,language"))

    def _check_columns(self, names: object) -> None:
        if not isinstance(names, dict):
            raise ValueError('is no object: write {"text": "Good morning."}')  # noqa: TRY004 (the line is at fault)
        known = (*self._columns, *_OWN)
        if unknown := [name for name in names if name not in known]:
            raise ValueError(f"there is no column {', '.join(map(repr, unknown))}; there are {', '.join(known)}")

    def _line(self, number: int, given: dict[str, Any]) -> Line:
        arguments = {name: given[name] for name in self._columns if name in given}
        arguments = {**self._defaults, **arguments}
        for name, what in _NUMBERS.items():
            if isinstance(value := arguments.get(name), str):
                raise LineError(number, f"{name} must be {what}, not {value[:40]!r}")
        key, file = given.get("key"), given.get("file")
        if not isinstance(key, str | None) or not isinstance(file, str | None):
            raise LineError(number, "key and file must be texts")
        if key is None:
            digest = hashlib.sha256(json.dumps(arguments, sort_keys=True).encode()).hexdigest()[:12]
            self._same[digest] += 1
            key = f"{digest}-{self._same[digest]}"
        if (other := self._keys.setdefault(key, number)) != number:
            raise LineError(number, f"has the key {key!r}, as line {other} has: give it another")
        name = str(number) if file is None else _checked(number, file)
        self._take(number, name)
        return Line(number, key, name, file is not None, arguments)

    def _take(self, number: int, file: str) -> None:
        """Refuse a file that another line has."""
        if (other := self.taken(file)) is not None:
            raise LineError(number, f"has the file {file!r}, as line {other} has: give it another")
        name, stem, suffix = _parts(file)
        folders = [str(folder) for folder in PurePath(name).parents[:-1]] if "/" in file else []
        # A name without a suffix gets one, and is none of a folder then.
        if found := [self._whole[one] for one in folders if one in self._whole and _parts(one)[2]]:
            raise LineError(number, f"cannot have the file {file!r}: its folder is the file of line {found[0]}")
        if suffix and name in self._folders:
            raise LineError(
                number, f"cannot have the file {file!r}: that is a folder of a file of line {self._folders[name]}"
            )
        self._folders.update(dict.fromkeys(folders, number))
        self._whole[name] = (self._stems if suffix else self._bare)[stem] = number

    def taken(self, file: str) -> int | None:
        """Which line has that file already; a name without a suffix may become any with one."""
        name, stem, suffix = _parts(file)
        return self._whole.get(name) or (self._bare if suffix else self._stems).get(stem)

    def __contains__(self, key: str) -> bool:
        """Whether a line has that key."""
        return key in self._keys

    def number(self, key: str) -> int | None:
        """Which line has it."""
        return self._keys.get(key)


def _parts(file: str) -> tuple[str, str, str]:
    """A name as every file system compares it: the whole, and without its suffix, which may be none."""
    name = unicodedata.normalize("NFC", os.path.normpath(file)).casefold()
    suffix = re.search(r"\.[a-z0-9]{1,8}$", name)
    return name, name[: suffix.start()] if suffix else name, suffix[0] if suffix else ""


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON, or the header of a table, in which each name stands once: the last of two would win.

    Raises:
        ValueError: One stands in it twice.
    """
    if len(found := dict(pairs)) != len(pairs):
        names = Counter(name for name, _ in pairs)
        raise ValueError(f"{max(names, key=lambda name: names[name])!r} stands in it twice")
    return found


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number")


def _checked(number: int, file: str) -> str:
    """The name of a file that stays under the folder, on any system.

    Raises:
        LineError: It would not, or cannot be the name of one.
    """
    parts = re.split(r"[/\\]", file)
    why = ""
    if re.search("[\0-\x1f\x7f]", file):
        why = "it has control characters"
    elif not parts[-1].strip(". "):
        why = "it names no file"
    elif not parts[0]:
        why = "it is absolute"
    elif re.match("[A-Za-z]:", file):
        why = "it begins with the letter of a drive"
    elif ".." in parts:
        why = "it leads out of the folder"
    elif any(_RESERVED.fullmatch(part.strip()) for part in parts):
        why = "it is the name of a device on Windows"
    elif "\\" in file:
        why = "it has a backslash: separate folders by /"
    elif any(len(os.fsencode(part)) > _LONGEST_NAME for part in parts):
        why = f"a part of it is longer than {_LONGEST_NAME} bytes"
    if why:
        raise LineError(number, f"cannot have the file {file[:80]!r}: {why}")
    return file
