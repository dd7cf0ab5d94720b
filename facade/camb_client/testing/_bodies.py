"""The bodies of create calls: JSON, and forms with files; and the 422 that one deserves, by the model of its kind."""

import functools
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin
from urllib.parse import parse_qsl, unquote, unquote_to_bytes

import attrs

from .._api import fits
from ._examples import example
from ._replies import Reply

_JSON, _FORM, _SHORT_FORM = "application/json", "multipart/form-data", "application/x-www-form-urlencoded"


@attrs.frozen
class Upload:
    """A file that came with a create call.

    Attributes:
        file_name: As the client named it.
        content_type: As the client said, or "".
        content: Its bytes. Left out of the repr.
    """

    file_name: str
    content_type: str
    content: bytes = attrs.field(repr=False)

    @property
    def size(self) -> int:
        """How many bytes it has."""
        return len(self.content)


@attrs.frozen
class CreateBody:
    """What a task was made of.

    Attributes:
        fields: The fields that came. Those of a form are read as the API description types them: ``"76"`` is 76.
        files: The files that came with a form, by field.
    """

    fields: dict[str, Any]
    files: dict[str, Upload] = attrs.field(factory=dict)


# The texts that a form may have for a truth value, as pydantic reads them.
_TRUTHS = {
    **dict.fromkeys(("1", "on", "t", "true", "y", "yes"), True),
    **dict.fromkeys(("0", "off", "f", "false", "n", "no"), False),
}
# Its place, what is wrong, and of which sort that is.
Problem = tuple[list[str], str, str]


def invalid(*problems: Problem) -> Reply:
    """A 422 in FastAPI's form."""
    detail = [{"loc": place, "msg": message, "type": sort} for place, message, sort in problems]
    return Reply.json({"detail": detail}, status_code=422)


def read_object(body: bytes) -> dict[str, Any] | None:
    """A body, if it is a JSON object."""
    try:
        read = json.loads(body)
    except (RecursionError, ValueError):
        return None
    return read if isinstance(read, dict) else None


def read_body(models: Mapping[str, type[Any]], content_type: str, content: bytes) -> CreateBody | Reply:
    """The body of a create call, or the 422 that says what is wrong with it.

    Args:
        models: What the kind takes, by content type.
        content_type: As the request has it.
        content: The bytes of the body.
    """
    sort = content_type.partition(";")[0].strip().lower()
    forms = [form for form in (_FORM, _SHORT_FORM) if form in models]
    if sort in (_FORM, _SHORT_FORM) and forms:
        model = models[forms[0]]
        read = _multipart(content_type, content) if sort == _FORM else _urlencoded(content)
        body = None if read is None else _typed(model, read)
    elif _JSON in models and sort not in (_FORM, _SHORT_FORM):
        model, fields = models[_JSON], read_object(content)
        body = None if fields is None else CreateBody(fields)
    else:  # FastAPI takes the body for none at all.
        model, body = next(iter(models.values())), CreateBody({})
    if body is None:
        return invalid((["body"], "Input should be a valid dictionary", "dict_type"))
    problems = [*_problems(model, body)]
    return invalid(*problems) if problems else body


def _problems(model: type[Any], body: CreateBody) -> Iterator[Problem]:
    """What is wrong with the fields: first those that are missing, and if none is, those of another type."""
    given = {**body.fields, **{name: _file(_field(model, name)[1]) for name in body.files}}
    missing: list[str] = []
    while True:
        try:
            made = model.from_dict(given)
            break
        except KeyError as lack:
            name = str(lack.args[0])
            if name in given:  # It is the field of something in a field.
                yield ["body"], f"Field required: {name}", "missing"
                return
            missing.append(name)
            hint = _field(model, name)[1]
            given[name] = _file(hint) if _is_file(hint) else example(hint, name)
        except (AttributeError, TypeError, ValueError) as wrong:
            yield ["body"], f"Value error, {wrong}", "value_error"
            return
    for name in missing:
        yield ["body", name], "Field required", "missing"
    for name, value in given.items() if not missing else ():
        attribute, hint = _field(model, name)
        if _is_file(hint):
            taken = name in body.files or str in _options(hint)
            found = None if taken else "expected UploadFile, received a text"
        else:
            read = getattr(made, attribute, None)
            found = _wrong(read, hint, name) or (_wrong(value, hint, name) if _is_named(value, read) else None)
        if found:
            yield ["body", name], f"Value error, {found}", "value_error"


def _field(model: type[Any], name: str) -> tuple[str, Any]:
    """A field, as the API calls it: the attribute that it is in Python, and its type. Of any type if there is none."""

    def bare(name: str) -> str:  # Python has ``media_file`` for ``mediaFile``, and ``input_`` for ``input``.
        return re.sub(r"\W|_", "", name).lower()

    fields = fits.fields_of(model).items()
    return next(((attribute, hint) for attribute, hint in fields if bare(attribute) == bare(name)), (name, Any))


def _options(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)


@functools.cache
def _is_file(hint: Any) -> bool:
    return hint is fits.File or any(map(_is_file, get_args(hint)))


def _file(hint: Any) -> Any:
    """What stands for the files of a field: one, or a list of them."""
    return [io.BytesIO()] if any(get_origin(option) is Sequence for option in _options(hint)) else io.BytesIO()


def _wrong(value: Any, hint: Any, where: str) -> str | None:
    """What is wrong with a value: its type, or that it is not one of those that the API description lists."""
    return fits.problem(value, hint, where) or _unlisted(value, hint)


def _unlisted(value: Any, hint: Any) -> str | None:
    """The same of a value whose type is right: one of the options has to take it."""
    found = None
    for option in _options(hint):
        if fits.problem(value, option, ""):
            continue
        origin, inner, problem = get_origin(option), get_args(option), None
        if origin is list:
            problem = next((it for one in value if (it := _unlisted(one, inner[0]))), None)
        elif origin is Literal and value not in inner:
            problem = f"{value!r} is not one of those that are listed, such as {inner[0]!r}"
        if problem is None:
            return None
        found = found or problem
    return found


def _is_named(value: Any, read: Any) -> bool:
    """Whether a value is a name that was read as its number. The client sends the number: the API takes no name."""
    pairs = zip(value, read, strict=False) if isinstance(value, list) and isinstance(read, list) else [(value, read)]
    return any(isinstance(one, str) and isinstance(other, int) for one, other in pairs)


def _typed(model: type[Any], parts: list[tuple[str, str | Upload]]) -> CreateBody:
    """The parts of a form: the files, and the fields as their types read a text."""
    body = CreateBody({})
    texts: dict[str, list[str]] = {}
    for name, value in parts:
        if isinstance(value, Upload):
            body.files[name] = value
        else:
            texts.setdefault(name, []).append(value)
    for name, values in texts.items():
        hint = _field(model, name)[1]
        options = _options(hint)
        if str in options or Any in options or _is_file(hint):
            body.fields[name] = values[-1]
            continue
        read = [_TRUTHS[it.lower()] if bool in options and it.lower() in _TRUTHS else _read(it) for it in values]
        many = any(get_origin(option) is list for option in options) and not isinstance(read[0], list)
        body.fields[name] = read if many else read[-1]
    return body


def _read(text: str) -> Any:
    """A number, a truth value, an object or a list, as JSON writes it; or the text itself."""
    try:
        return json.loads(text)
    except (RecursionError, ValueError):
        return text


def _urlencoded(content: bytes) -> list[tuple[str, str | Upload]]:
    return [*parse_qsl(content.decode(errors="replace"), keep_blank_values=True)]


def _multipart(content_type: str, content: bytes) -> list[tuple[str, str | Upload]] | None:
    """The parts of a form, by RFC 7578; ``None`` for what is none, or has no end."""
    boundary = re.search(r'boundary=("?)([^";]+)\1', content_type)
    if boundary is None:
        return None
    _, *pieces = (b"\r\n" + content).split(b"\r\n--" + boundary[2].encode())
    if not pieces or not pieces[-1].startswith(b"--"):
        return None
    return [part for piece in pieces[:-1] if (part := _part(piece)) is not None]


def _unquoted(text: str) -> str:
    """A name as it was before it was quoted: browsers percent-encode what cannot stand there, others have a backslash.

    Any other percent sign or backslash is one of the name.
    """
    text = re.sub(r'\\([\\"])', r"\1", text)
    return re.sub("%(?:22|[01][0-9A-F])", lambda found: unquote(found[0]), text)


def _part(piece: bytes) -> tuple[str, str | Upload] | None:
    head, _, content = piece.partition(b"\r\n\r\n")
    lines = (line.partition(":") for line in head.decode(errors="replace").split("\r\n"))
    headers = {name.strip().lower(): value.strip() for name, _, value in lines}
    disposition = headers.get("content-disposition", "")
    quoted = re.findall(r'\b(name|filename)="((?:\\.|[^"\\])*)"', disposition)
    names = {name: _unquoted(value) for name, value in quoted}
    if extended := re.search(r"\bfilename\*=utf-8''([^;\s]+)", disposition, re.IGNORECASE):
        names["filename"] = unquote_to_bytes(extended[1]).decode(errors="replace")
    if "name" not in names:
        return None
    if "filename" in names:
        return names["name"], Upload(names["filename"], headers.get("content-type", ""), content)
    return names["name"], content.decode(errors="replace")
