"""Which addresses may be asked: a policy is a function, so that a test brings its own and nothing else relaxes it."""

from __future__ import annotations

import functools
import ipaddress
import re
from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import urlsplit

Address = IPv4Address | IPv6Address
Policy = Callable[[Address, int], bool]  # address, port → may it be asked

# What the registries call global, or Python's own list lacks, and leads inside all the same.
_INWARD = tuple(
    map(
        ipaddress.ip_network,
        (
            "100.64.0.0/10",  # carriers' own; some clouds tell their secrets at 100.100.100.200
            "192.0.0.0/24",
            "192.88.99.0/24",  # relays into IPv6
            "64:ff9b::/96",  # an IPv4 address behind a translator
            "64:ff9b:1::/48",
            "2001::/23",  # tunnels and identifiers
            "2002::/16",  # an IPv4 address in an IPv6 one
            "3fff::/20",
            "5f00::/16",
            "fec0::/10",
        ),
    )
)


def public_only(address: Address, _port: int) -> bool:
    """Return whether an address lies in the open internet: no private, local, reserved or translated one."""
    if isinstance(address, IPv6Address) and (address.ipv4_mapped is not None or int(address) >> 32 == 0):
        return False  # ::ffff:127.0.0.1 and ::127.0.0.1; no honest name leads there
    if address.is_multicast or address.is_reserved or not address.is_global:
        return False
    return not any(address in network for network in _INWARD if network.version == address.version)


def fault_of(url: str) -> str:
    """Return what makes an address unfit to be asked, in English for logs; empty when nothing does."""
    if len(url) > 2000:
        return "longer than 2,000 characters"
    if any(char.isspace() or not char.isprintable() or char == "\\" for char in url):
        return "it holds blanks, control characters or backslashes"
    found = _PARTS.match(url)
    if found is None:
        return "it has to begin with http:// or https://"
    if "@" in found[1]:
        return "it carries an account"
    if found[1].lstrip(".")[:1] in ("", ":"):
        return "it has no host"
    return ""


_PARTS = re.compile(r"https?://([^/?#]*)", re.IGNORECASE)


@functools.lru_cache(10_000)
def host_of(url: str) -> str:
    """Return the host of an address or of a bare name: lower case, in ASCII, without www."""
    try:
        host = (urlsplit(url if "//" in url else f"//{url}").hostname or "").rstrip(".")
        if not host.isascii():
            host = host.encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        return ""
    return host.removeprefix("www.")


def same_site(host: str, other: str) -> bool:
    """Return whether one host is the other, or lies under it."""
    return bool(host and other) and (lies_under(host, (other,)) or lies_under(other, (host,)))


def lies_under(host: str, names: Iterable[str]) -> bool:
    """Return whether a host is one of these, or lies under one."""
    return any(host == name or host.endswith(f".{name}") for name in names)
