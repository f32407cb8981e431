"""Which addresses may carry secrets."""

import ipaddress
import re
from urllib.parse import urlsplit

_ADDRESS = re.compile(r"[\x21-\x7e]+")


def is_safe_address(address: str) -> bool:
    """Tell whether an address may carry secrets: https, or http that never leaves this machine."""
    if not _ADDRESS.fullmatch(address) or "\\" in address:
        return False
    parts = urlsplit(address)
    host = parts.hostname
    if not host or "@" in parts.netloc or parts.query or parts.fragment or parts.port == 0:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
