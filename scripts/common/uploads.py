"""Files in bodies: `format: binary`, as the generator reads it and as FastAPI wrote it before 0.129."""

from typing import Any

from .documents import At, Document, children, copied, operations
from .refs import behind

_OCTETS = "application/octet-stream"


def uploads_as_binary(document: Document) -> Document:
    """A copy in which a file is `format: binary`, also where it was a string with a `contentMediaType`.

    A file is a string whose content is neither text nor JSON nor encoded as text, in a body that is no JSON itself.
    """
    result = copied(document)
    seen: set[int] = set()
    for _, _, operation in operations(result):
        for body in (operation.get("requestBody"), *children(operation.get("responses")).values()):
            for name, media in children(children(behind(result, At(body, ())).value).get("content")).items():
                if not _is_text(str(name)):
                    _mark(result, children(media).get("schema"), seen)
    return result


def _mark(document: Document, schema: Any, seen: set[int]) -> None:
    schema = behind(document, At(schema, ())).value  # The schema itself, to be changed in place.
    if not isinstance(schema, dict) or id(schema) in seen:
        return
    seen.add(id(schema))
    if _is_file(schema):
        schema.setdefault("type", "string")
        schema["format"] = "binary"
        if schema["contentMediaType"] == _OCTETS:
            del schema["contentMediaType"]
    for key in ("properties", "items", "additionalProperties", "anyOf", "oneOf", "allOf", "prefixItems"):
        inner = schema.get(key)
        for one in [inner] if key in ("items", "additionalProperties") else children(inner).values():
            _mark(document, one, seen)


def _is_file(schema: dict[str, Any]) -> bool:
    types = schema.get("type", "string")
    return (
        isinstance(schema.get("contentMediaType"), str)
        and not _is_text(schema["contentMediaType"])
        and "contentEncoding" not in schema
        and "format" not in schema
        and ("string" in types if isinstance(types, list) else types == "string")
    )


def _is_text(media_type: str) -> bool:
    kind, _, subtype = media_type.partition(";")[0].strip().lower().partition("/")
    return kind == "text" or subtype in ("json", "xml", "x-www-form-urlencoded") or subtype.endswith(("+json", "+xml"))
