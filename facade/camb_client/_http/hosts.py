"""Which hosts are this machine, and which need no proxy: decided in one place, before anything is sent."""

import ipaddress
import socket
from collections.abc import Sequence
from contextlib import suppress
from urllib.parse import urlsplit

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def _address(host: str) -> _Address | None:
    """The IP address that a host is, as resolvers read it (``127.1`` too); ``None`` for a name."""
    with suppress(ValueError):
        address = ipaddress.ip_address(host)
        return getattr(address, "ipv4_mapped", None) or address
    with suppress(OSError, UnicodeError):
        return ipaddress.IPv4Address(socket.inet_aton(host))
    return None


def _plain(host: str) -> str:
    return host.lower().removesuffix(".").strip("[]")


def is_loopback(host: str) -> bool:
    """Whether a host is this machine: plain http is allowed to it, and no proxy ever gets what is meant for it."""
    host = _plain(host)
    address = _address(host)
    return host == "localhost" or host.endswith(".localhost") or (address is not None and address.is_loopback)


def no_proxy_for(host: str, port: int, entries: Sequence[str]) -> bool:
    """Whether entries of ``NO_PROXY`` name a host.

    Args:
        host: The host.
        port: Its port.
        entries: Names (with all below them), names after a dot (only those below), addresses of both families,
            networks (``10.0.0.0/8``), each with a port or without. What is none of these names nobody.
    """
    host = _plain(host)
    return any(_names(entry.strip().lower(), host, port) for entry in entries)


def _names(entry: str, host: str, port: int) -> bool:
    entry = entry.partition("://")[2] or entry
    address = _address(host)
    if address is not None and "/" in entry:
        with suppress(ValueError):
            return address in ipaddress.ip_network(entry, strict=False)
    with suppress(ValueError):
        entry = f"[{ipaddress.IPv6Address(entry)}]"
    try:
        parts = urlsplit(f"//{entry}")
        name, only = _plain(parts.hostname or ""), parts.port
    except ValueError:
        return False
    if not name or only not in {None, port}:
        return False
    if address is not None:
        return address == _address(name)
    name = name.removeprefix("*")
    return host.endswith(name) if name.startswith(".") else host == name or host.endswith(f".{name}")
