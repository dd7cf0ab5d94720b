"""Configuration: the API key and the base URL, checked before anything is sent.

Rule of this file: a value that cannot work is refused here, with the name of the variable and never with
its value; and the key is wrapped so that no repr, log line or traceback shows it.
"""

import json
import os
import re
from typing import Any
from urllib.parse import quote, urlsplit

from .._polling.errors import ConfigurationError

KEY_VARIABLE = "CAMB_API_KEY"

# Both stand in openapi/camb.yaml too (servers, securitySchemes); a test holds them equal.
DEFAULT_BASE_URL = "https://client.camb.ai/apis"
KEY_HEADER = "x-api-key"

_LOOPBACK = re.compile(r"(.+\.)?localhost|127(\.[0-9]{1,3}){3}|::1")


class ApiKey:
    """The key, unreadable by accident, and able to black itself out of a text."""

    __slots__ = ("_pattern", "_value")

    def __init__(self, value: str) -> None:
        self._value = value
        # As it is, as JSON would escape it, as a URL would. A short key is taken out only where it stands
        # alone: "k" would black out half of any sentence.
        escaped = json.dumps(value)[1:-1]
        forms = sorted({value, escaped, escaped.replace("/", "\\/"), quote(value, safe="")}, key=len, reverse=True)
        pattern = "|".join(map(re.escape, forms))
        self._pattern = re.compile(pattern if len(value) >= 8 else rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE)

    def headers(self) -> dict[str, str]:
        """The header that carries the key."""
        return {KEY_HEADER: self._value}

    def redact(self, value: Any) -> Any:
        """The same text, or the same tree of JSON values, with ``[key]`` where the key was."""
        if isinstance(value, str):
            return self._pattern.sub("[key]", value)
        if isinstance(value, list):
            return [self.redact(item) for item in value]
        if isinstance(value, dict):
            return {self.redact(name): self.redact(item) for name, item in value.items()}
        return value

    def __repr__(self) -> str:
        """Never the key."""
        return "ApiKey([key])"


def _setting(name: str, variable: str, value: str | None) -> tuple[str, str]:
    """What to call a setting, and its value: the argument, else what the environment has, else ""."""
    return (variable, os.environ.get(variable, "")) if value is None else (name, value)


def api_key(value: str | None) -> ApiKey:
    """The key given, else that of the environment.

    Raises:
        ConfigurationError: No key, or one that cannot stand in a header.
    """
    name, value = _setting("api_key", KEY_VARIABLE, value)
    if re.fullmatch(r"[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?", value):
        return ApiKey(value)
    problem = "has characters, or blanks around it, that cannot stand in an HTTP header" if value else "is missing"
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
    if parts.scheme == "http" and not allow_insecure_http and not _LOOPBACK.fullmatch(host):
        return "is plain http, which shows the API key to the network: use https, or pass allow_insecure_http=True"
    return None
