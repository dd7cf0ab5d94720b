"""The API key and the base URL, checked before anything is sent, and the key kept out of every text.

A value that cannot work is refused with the name of its variable, and never with the value.
"""

import html.entities
import json
import os
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from .._polling.errors import ConfigurationError
from .hosts import is_loopback

KEY_VARIABLE = "CAMB_API_KEY"

# Both stand in openapi/camb.yaml too (servers, securitySchemes); a test holds them equal.
DEFAULT_BASE_URL = "https://client.camb.ai/apis"
KEY_HEADER = "x-api-key"

# What a key must be, and what is wrong where it is not; the first that fits.
_KEY = re.compile(r"[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?")
_KEY_PROBLEMS = {
    r"""(["'`]).*\1""": "is in quotes, which are no part of a key: take them away",
    r"\s*": "is missing",
    r"\ufeff.*": "begins with a byte order mark: save its file as UTF-8 without one",
    r".*[\r\n]": "ends with a line break: take it away",
    r"[^\r\n]*[\r\n].*": "has a line break in it: it must be one line",
    r"\s.*|.*\s": "has blanks around it: take them away",
    r".*[^\x00-\x7f].*": "has characters that are not ASCII, so it cannot stand in an HTTP header",
}


class ApiKey:
    """The key, unreadable by accident, and able to redact itself out of a text."""

    __slots__ = ("__weakref__", "_escaped", "_pattern", "_value")

    def __init__(self, value: str) -> None:
        self._value = value
        self._pattern = _pattern(re.escape(value), value)
        self._escaped: re.Pattern[str] | None = None

    def headers(self) -> dict[str, str]:
        """The header that carries the key."""
        return {KEY_HEADER: self._value}

    def may_be_in(self, body: bytes | bytearray) -> bool:
        """Whether a body of text, in whatever encoding, may hold the key, in whatever form."""
        text = body.decode("latin-1").lower()
        return self._value.lower() in text or _ESCAPES.search(text) is not None

    def redact(self, value: Any) -> Any:
        """The same text, or the same tree of JSON values, with ``[key]`` where the key was."""
        return map_texts(self._redact_text, value)

    def _redact_text(self, text: str) -> str:
        if not _ESCAPES.search(text):
            return self._pattern.sub("[key]", text)
        if self._escaped is None:
            self._escaped = _pattern("".join(map(_any_form, self._value)), self._value)
        return self._escaped.sub("[key]", text)

    def __repr__(self) -> str:
        """Never the key."""
        return "ApiKey([key])"


def map_texts(change: Callable[[str], str], value: Any) -> Any:
    """The same text, or the same tree of JSON values, with each text changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [map_texts(change, item) for item in value]
    if isinstance(value, dict):
        return {change(name): map_texts(change, item) for name, item in value.items()}
    return value


# What stands in every other form of a text: an escape, or a zero of UTF-16 and UTF-32.
_ESCAPES = re.compile(r"[\\%&\0]")


def _pattern(forms: str, value: str) -> re.Pattern[str]:
    """Of a short key only where it stands alone: "k" would be found in half of any sentence."""
    return re.compile(forms if len(value) >= 8 else rf"(?<!\w)(?:{forms})(?!\w)", re.IGNORECASE)


def _any_form(character: str) -> str:
    """A pattern for a character, as it is or as JSON, Python, URLs and HTML escape it, once or twice over."""
    code = ord(character)
    names = [name for name, of in html.entities.html5.items() if of == character and name.endswith(";")]
    entity = "|".join((f"#x0{{0,6}}{code:x};", f"#0{{0,6}}{code};", *names))
    backslashed = rf"\\{{0,4}}(?:{re.escape(character)}|u00{code:02x}|x{code:02x})"
    return rf"(?:{backslashed}|%(?:25){{0,2}}{code:02x}|&(?:amp;){{0,2}}(?:{entity}))"


def redact_address(url: str, text: str) -> str:
    """A text without what makes an address one that fetches without a key: its query, and the values in it."""
    query = urlsplit(url).query
    for secret in sorted({query, *(value for _, value in parse_qsl(query) if len(value) >= 8)}, key=len, reverse=True):
        for form in _forms(secret) if secret else ():
            text = text.replace(form, "[query]")
    return text


def _forms(text: str) -> Iterable[str]:
    plain = (text, unquote(text), quote(text, safe=""), quote(text))
    return {form for one in plain for form in (one, html.escape(one), json.dumps(one)[1:-1], repr(one)[1:-1],
                                               one.replace("&", r"\u0026"), one.replace("/", r"\/"))}  # fmt: skip


# What every request says of itself; a client's own headers cannot.
_TAKEN = {"accept", "accept-encoding", "connection", "content-length", "content-type", "host", "transfer-encoding"}


def check_headers(headers: object) -> dict[str, str]:
    """Headers of the caller's own, for every request to the API.

    Raises:
        ConfigurationError: One that the client sends itself, or that cannot stand in a request.
        TypeError: No mapping of strings to strings.
    """
    if headers is None:
        return {}
    if not isinstance(headers, Mapping) or not all(isinstance(it, str) for pair in headers.items() for it in pair):
        raise TypeError("headers must be a mapping of strings to strings")
    for name, value in headers.items():
        if name.lower() in _TAKEN | {KEY_HEADER}:
            raise ConfigurationError(f"headers: {name!r} is sent by the client itself: leave it out")
        if not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name):
            raise ConfigurationError(f"headers: {name!r} cannot be the name of a header")
        if not re.fullmatch(r"([\x21-\x7e]([\t\x20-\x7e]*[\x21-\x7e])?)?", value):
            raise ConfigurationError(f"headers: the value of {name!r} cannot stand in a header: use printable ASCII")
    return dict(headers)


def _setting(name: str, variable: str, value: str | None) -> tuple[str, str]:
    """What to call a setting, and its value: the argument, else what the environment has, else ""."""
    return (variable, os.environ.get(variable, "")) if value is None else (name, value)


def api_key(value: str | None) -> ApiKey:
    """The key given, else that of the environment.

    Raises:
        ConfigurationError: No key, or one that cannot stand in a header.
    """
    name, value = _setting("api_key", KEY_VARIABLE, value)
    problem = next((said for form, said in _KEY_PROBLEMS.items() if re.fullmatch(form, value, re.DOTALL)), None)
    if problem is None and _KEY.fullmatch(value):
        return ApiKey(value)
    problem = problem or "has characters that cannot stand in an HTTP header"
    del value  # Tracebacks that show local variables must not show it.
    raise ConfigurationError(f"{name} {problem}: set {KEY_VARIABLE}, or pass api_key=")


def base_url(value: str | None, *, allow_insecure_http: bool) -> str:
    """The base URL given, else that of the environment, else the API's own; without a final slash.

    Raises:
        ConfigurationError: Not an absolute http(s) URL, one with credentials, a query or a fragment, or
            plain http to a host that is not this machine.
    """
    name, url = _setting("base_url", "CAMB_BASE_URL", value)
    url = DEFAULT_BASE_URL if value is None and not url else url
    problem = _url_problem(url, allow_insecure_http)
    if problem is not None:
        raise ConfigurationError(f"{name} {problem}")
    return url.rstrip("/")


def _url_problem(value: str, allow_insecure_http: bool) -> str | None:
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port  # Reading the port checks it.
    except ValueError:
        return "is not a URL"
    if parts.scheme not in {"http", "https"} or not host or not re.fullmatch(r"[\x21-\x7e]+", value):
        return f"must be an absolute http or https URL, such as {DEFAULT_BASE_URL}"
    if "@" in parts.netloc or "?" in value or "#" in value:
        return "must have no credentials, query or fragment"
    if parts.scheme == "http" and not allow_insecure_http and not is_loopback(host):
        return "is plain http, which shows the API key to the network: use https, or pass allow_insecure_http=True"
    return None
