"""Taking a token out of text that the provider wrote."""

import base64
import html
import json
import re
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

from pydantic import SecretStr

REDACTED = "[redacted]"
_PARAMETER = re.compile(r"(?i)\b(token(?:=|%3d|&#61;))[^\s&\"'<>]+")
_SHORTEST_BASE64 = 6  # Shorter runs of letters occur in any text.


class Redactor:
    """Replaces a token in text, whether raw, quoted by Python or JSON, URL-encoded, HTML-escaped, in hexadecimal or base64."""

    def __init__(self, token: SecretStr) -> None:
        self._token = token

    def __call__(self, text: str) -> str:
        """Give `text` without the token and without the value of any `token=` parameter."""
        for form in sorted(set(_forms(self._token.get_secret_value())), key=len, reverse=True):
            text = re.sub(re.escape(form), REDACTED, text, flags=re.IGNORECASE)
        return _PARAMETER.sub(rf"\g<1>{REDACTED}", text)


def _forms(token: str) -> Iterator[str]:
    if not token:
        return
    yield from (token, quote(token, safe="", errors="replace"), quote_plus(token, errors="replace"), html.escape(token))
    yield from (repr(token)[1:-1], json.dumps(token)[1:-1], json.dumps(token, ensure_ascii=False)[1:-1].replace("/", "\\/"))
    raw = token.encode(errors="replace")
    yield raw.hex()
    for offset in range(3):
        # Base64 looks different at each of three alignments, and its ends depend on the neighbours: only the middle,
        # which depends on the token alone, can be searched for.
        encoded = base64.b64encode(b"\0" * offset + raw)
        middle = encoded[(0, 2, 3)[offset] : (len(raw) + offset) * 8 // 6].decode()
        if len(middle) >= _SHORTEST_BASE64:
            yield middle
            yield middle.translate(str.maketrans("+/", "-_"))
