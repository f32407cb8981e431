"""The parameters of one Bot API call, whichever way they came (query, form, multipart or JSON)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.telegram.errors import ApiError, Json, bad_request

_TRUE = frozenset({"true", "yes", "1"})
_HIDDEN = frozenset({"secret_token", "certificate"})


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came in a multipart body."""

    name: str
    mime_type: str
    content: bytes = field(repr=False)


class Params:
    """Typed, lenient reading as the Bot API server does it: a number may be a string, an object a string of JSON."""

    def __init__(self, values: Mapping[str, Any], files: Mapping[str, Upload] | None = None) -> None:
        """Take decoded values by name and the uploaded files by field name."""
        self._values = {name: value for name, value in values.items() if value is not None}
        self.files = dict(files or {})

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def text(self, name: str) -> str:
        """Return the parameter as a string, empty when absent."""
        value = self._values.get(name, "")
        if isinstance(value, bool):
            return "true" if value else "false"
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

    def integer(self, name: str, default: int = 0) -> int:
        """Return the parameter as an integer, `default` when it is absent or no number."""
        text = self.text(name).strip()
        try:
            return int(text) if text else default
        except ValueError:
            return default

    def boolean(self, name: str) -> bool:
        """Return whether the parameter says yes."""
        return self.text(name).strip().lower() in _TRUE

    def json(self, name: str, what: str | None = None) -> Any:
        """Return the parameter decoded, None when absent; `what` names it in Telegram's complaint about bad JSON."""
        value = self._values.get(name)
        if not isinstance(value, str):
            return value
        if not value.strip():
            return None
        try:
            return json.loads(value)
        except ValueError as error:
            raise bad_request(f"Can't parse {what or name} JSON object") from error

    def array(self, name: str, what: str) -> list[Any]:
        """Return the parameter as a list; absent is empty. Raises ApiError where it is something else."""
        value = self.json(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise bad_request(f"Expected an Array of {what}")
        return value

    def strings(self, name: str) -> list[str] | None:
        """Return the parameter as a list of strings, None when absent."""
        if name not in self:
            return None
        value = self.array(name, "String")
        if not all(isinstance(item, str) for item in value):
            raise bad_request("Expected an Array of String")
        return value

    def for_ledger(self) -> Json:
        """Return what was sent, for people to read: JSON strings decoded, secrets hidden, files by name."""
        shown: Json = {}
        for name, value in self._values.items():
            shown[name] = "…" if name in _HIDDEN else self._decoded(value)
        for name, upload in self.files.items():
            shown[name] = f"file {upload.name} ({len(upload.content)} bytes)"
        return shown

    @staticmethod
    def _decoded(value: Any) -> Any:
        if isinstance(value, str) and value[:1] in {"{", "["}:
            try:
                return json.loads(value)
            except ValueError:
                return value
        return value


def get_field(value: Json, name: str, kind: type, *, required: bool = False) -> Any:
    """Return a field of a nested object, None when absent; raises ApiError in Telegram's words for a wrong type."""
    found = value.get(name)
    if found is None:
        if required:
            raise bad_request(f'Can\'t find field "{name}"')
        return None
    if kind is int and isinstance(found, str) and found.lstrip("-").isdigit():
        return int(found)
    if kind is str and isinstance(found, int) and not isinstance(found, bool):
        return str(found)
    if not isinstance(found, kind) or (kind is int and isinstance(found, bool)):
        raise _wrong_type(name, kind)
    return found


def _wrong_type(name: str, kind: type) -> ApiError:
    names = {int: "Number", str: "String", bool: "Boolean", list: "Array", dict: "Object"}
    return bad_request(f'Field "{name}" must be of type {names.get(kind, "Object")}')
