"""Where requests go: through which proxy, and which certificates are trusted, as the environment says."""

import errno
import importlib.util
import os
import ssl
from abc import abstractmethod
from pathlib import Path
from typing import Generic, TypeVar
from urllib.request import getproxies

import httpx

from .._polling.errors import ConfigurationError
from .hosts import is_loopback, no_proxy_for

_Transport = TypeVar("_Transport", httpx.BaseTransport, httpx.AsyncBaseTransport)

# Idle connections are kept so long, in seconds.
KEEPALIVE = 5.0


class Proxies:
    """The proxies of the environment.

    Raises:
        ConfigurationError: One that cannot be used; the message names the variable, and never its value, which may
            hold a password.
    """

    def __init__(self) -> None:
        self._exempt = [entry.strip() for entry in getproxies().get("no", "").split(",")]
        schemes = () if "*" in self._exempt else ("http", "https", "all")
        found = {scheme: _proxy(scheme) for scheme in schemes}
        self.by_scheme = {scheme: proxy for scheme, proxy in found.items() if proxy is not None}

    def of(self, url: httpx.URL) -> httpx.Proxy | None:
        """The proxy for an address; none for this machine, where it would get the key in clear."""
        if not self.by_scheme or is_loopback(url.host):
            return None
        port = url.port or (443 if url.scheme == "https" else 80)
        if no_proxy_for(url.host, port, self._exempt):
            return None
        return self.by_scheme.get(url.scheme) or self.by_scheme.get("all")


def _variable(scheme: str) -> str:
    """The variable that names the proxy of a scheme, as it is written in the environment."""
    name = f"{scheme}_proxy"
    spellings = [name, *(spelling for spelling in os.environ if spelling.lower() == name)]
    return next((spelling for spelling in spellings if os.environ.get(spelling)), f"the system's proxy for {scheme}")


def _proxy(scheme: str) -> httpx.Proxy | None:
    value = getproxies().get(scheme)
    if not value:
        return None
    try:
        proxy = httpx.Proxy(value if "://" in value else f"http://{value}")
        usable = bool(proxy.url.host) and (proxy.url.port or 1) < 1 << 16 and value.isprintable() and " " not in value
    except (ValueError, httpx.InvalidURL):
        usable = False
    del value  # Tracebacks that show local variables must not show it.
    if not usable:
        raise ConfigurationError(f"{_variable(scheme)} is no proxy address: use http://HOST:PORT, or unset it")
    return proxy


def tls_context() -> ssl.SSLContext:
    """Which certificates are trusted: those of the environment, else those that httpx brings.

    Raises:
        ConfigurationError: ``SSL_CERT_FILE``, ``SSL_CERT_DIR`` or ``SSLKEYLOGFILE`` cannot be used.
    """
    variable = "SSL_CERT_FILE" if os.environ.get("SSL_CERT_FILE") else "SSL_CERT_DIR"
    value = os.environ.get(variable, "")
    is_file = variable == "SSL_CERT_FILE"
    # A folder that is missing is silently taken by ssl, as is a file by old versions of httpx.
    places = [Path(place) for place in ([value] if is_file else value.split(os.pathsep))]
    try:
        if value and not any(place.exists() and place.is_dir() is not is_file for place in places):
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        return httpx.create_ssl_context()
    except OSError as broken:
        # Only what is said of the file of keys names a file.
        variable = "SSLKEYLOGFILE" if broken.filename == os.environ.get("SSLKEYLOGFILE", "") else variable
        if not os.environ.get(variable):
            raise
        said = f"{variable} cannot be used: {broken.strerror or broken}: correct it, or unset it"
        raise ConfigurationError(said) from broken


class Routes(Generic[_Transport]):
    """A transport for each proxy, and one for what needs none; they share the TLS context."""

    def __init__(self) -> None:
        self.proxies, self.tls = Proxies(), tls_context()
        for scheme, proxy in self.proxies.by_scheme.items():
            if problem := self._problem(proxy.url.scheme):
                raise ConfigurationError(f"{_variable(scheme)} {problem}")
        proxies = (None, *self.proxies.by_scheme.values())
        self._transports: dict[httpx.Proxy | None, _Transport] = {proxy: self._make(proxy) for proxy in proxies}

    def _problem(self, scheme: str) -> str | None:
        """Why a proxy of that scheme cannot be used."""
        missing = scheme.startswith("socks") and importlib.util.find_spec("socksio") is None
        return "names a SOCKS proxy, which needs: pip install 'httpx[socks]'" if missing else None

    @abstractmethod
    def _make(self, proxy: httpx.Proxy | None) -> _Transport: ...

    def _of(self, request: httpx.Request) -> _Transport:
        return self._transports[self.proxies.of(request.url)]
