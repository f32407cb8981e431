"""Structured logs with one way out: whatever a library or the bot logs passes a redaction before it is written."""

import base64
import itertools
import json
import logging
import os
import re
import sys
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Literal, TextIO
from urllib.parse import quote, quote_plus

import structlog
from pydantic import SecretStr
from structlog.typing import EventDict, Processor, WrappedLogger

REDACTED = "[redacted]"

# What these log below their cap holds secrets: whole updates, statements with their parameters, addresses with tokens.
_CAPS = {
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "sqlalchemy": logging.WARNING,
    "aiosqlite": logging.WARNING,
    "telegram": logging.INFO,
    "apscheduler": logging.WARNING,
}

# Shorter secrets are no secrets, and hiding them would blank ordinary words; the patterns still know where they stand.
_SHORTEST_SECRET = 6

_PATTERNS = (
    # The Bot API's paths, /bot<token>/method, percent-encoded or not (https://core.telegram.org/bots/api#making-requests).
    (re.compile(r"/bot[0-9]+(?::|%3A)[^/\s\"'?]+", re.IGNORECASE), f"/bot{REDACTED}"),
    (re.compile(r"(?<![0-9])[0-9]{6,20}(?::|%3A)[A-Za-z0-9_-]{30,}", re.IGNORECASE), REDACTED),
    # The provider's token in a query string, or as a key of a mapping that was turned into text.
    (re.compile(r"(token(?:=|%3D|['\"]\s*:\s*['\"]))[^\s&\"'\\]+", re.IGNORECASE), rf"\g<1>{REDACTED}"),
    # A password in an address: scheme://user:password@host.
    (re.compile(r"(://[^\s:/@\"']*:)[^\s/\"']+@"), rf"\g<1>{REDACTED}@"),
)
_SECRET_FIELD = re.compile(r"token|password|passwd|secret|authorization|api_key|cookie", re.IGNORECASE)
_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0))}
_MULTILINE = frozenset({"exception", "stack"})
_DEEPEST = 6


class Redactor:
    """Takes secrets out of text: the registered ones in every usual spelling, and whatever looks like a token."""

    def __init__(self, secrets: Iterable[SecretStr] = ()) -> None:
        # Longest first, so that a secret that begins with another one leaves no tail behind.
        spellings = {spelling for secret in secrets for spelling in _spellings(secret.get_secret_value())}
        ordered = sorted(spellings, key=len, reverse=True)
        self._registered = re.compile("|".join(map(re.escape, ordered)), re.IGNORECASE) if ordered else None

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    def __call__(self, text: str) -> str:
        """Return the text with every secret replaced by `REDACTED`."""
        if self._registered is not None:
            text = self._registered.sub(REDACTED, text)
        for pattern, replacement in _PATTERNS:
            text = pattern.sub(replacement, text)
        return text


def configure_logging(
    level: str,
    fmt: Literal["console", "json"],
    secrets: Iterable[SecretStr] = (),
    *,
    stream: TextIO | None = None,
) -> None:
    """Send the logs of the whole process, structlog's and the standard library's, redacted to one stream.

    `level` is a name like "INFO"; `stream` is standard error unless given. Warnings and exceptions that nobody
    caught take the same way. May be called again: the last call counts.
    """
    target = sys.stderr if stream is None else stream
    threshold = logging.getLevelNamesMapping()[level]
    handler = _Handler(target)
    handler.addFilter(_is_within_caps)
    handler.setFormatter(_Formatter(fmt, Redactor(secrets), target))
    logging.basicConfig(level=threshold, handlers=[handler], force=True)
    for name, cap in _CAPS.items():
        logging.getLogger(name).setLevel(max(cap, threshold))
    logging.captureWarnings(capture=True)
    structlog.configure(
        # Nothing here can fail: a call that logs never raises; what can fail happens in the formatter, which may not.
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    sys.excepthook = _log_uncaught
    threading.excepthook = _log_uncaught_in_thread
    sys.unraisablehook = _log_unraisable


class _Handler(logging.StreamHandler[TextIO]):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name.
        """Say that a line was lost; unlike logging's own report, without what the line would have said."""
        kind = sys.exc_info()[0]
        with suppress(Exception):  # Where standard error is gone too there is nobody left to tell.
            sys.stderr.write(f"A log line of {record.name} could not be written ({kind.__name__ if kind else 'unknown'}).\n")


class _Formatter(structlog.stdlib.ProcessorFormatter):
    def __init__(self, fmt: Literal["console", "json"], redact: Redactor, stream: TextIO) -> None:
        super().__init__(processors=_processors(fmt, redact, stream), foreign_pre_chain=[structlog.stdlib.ExtraAdder()])
        self._redact = redact
        self._encoding = getattr(stream, "encoding", None) or "utf-8"

    def format(self, record: logging.LogRecord) -> str:
        """Render, then redact once more what the renderer put together; never raises."""
        try:
            line = self._redact(super().format(record))
        except Exception as error:  # noqa: BLE001 - a bad log record must not take the bot down, whatever is wrong with it.
            line = json.dumps(
                {
                    "timestamp": _timestamp(record),
                    "level": record.levelname.lower(),
                    "logger": self._redact(record.name),
                    "event": f"A log record could not be formatted ({type(error).__name__}).",
                }
            )
        return line.encode(self._encoding, "backslashreplace").decode(self._encoding)


def _processors(fmt: Literal["console", "json"], redact: Redactor, stream: TextIO) -> list[Processor]:
    renderer: Processor
    if fmt == "json":
        renderer = structlog.processors.JSONRenderer(ensure_ascii=False)
    else:
        renderer = structlog.dev.ConsoleRenderer(
            colors=stream.isatty() and not os.environ.get("NO_COLOR"),
            # The default shows local variables where rich is installed, and those hold secrets.
            exception_formatter=structlog.dev.plain_traceback,
            sort_keys=False,
        )
    return [
        _head,
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        _Cleaner(redact, escape=fmt == "console"),
        renderer,
    ]


def _head(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Put time, level and source first, and drop what is meant for other renderers."""
    record: logging.LogRecord = event.pop("_record")
    event.pop("_from_structlog")
    event.pop("color_message", None)
    head = {"timestamp": _timestamp(record), "level": record.levelname.lower(), "logger": record.name}
    return head | {"event": ""} | dict(event)


def _timestamp(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


class _Cleaner:
    """A processor that leaves only plain, redacted values; `escape` keeps each on its line."""

    def __init__(self, redact: Redactor, *, escape: bool) -> None:
        self._redact = redact
        self._escape = escape

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        return {self._text(str(name)): self._field(str(name), value, 0) for name, value in event.items()}

    def _field(self, name: str, value: Any, depth: int) -> Any:
        if _SECRET_FIELD.search(name) and not isinstance(value, bool | int | float | None):
            return REDACTED
        if name in _MULTILINE and value is not None:
            # Whatever else carries such a name has to be text, or the console's renderer would lose the line.
            return "\n".join(map(self._text, _described(value).split("\n")))
        return self._plain(value, depth)

    def _plain(self, value: Any, depth: int) -> Any:
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, Mapping) and depth < _DEEPEST:
            return {self._text(str(key)): self._field(str(key), item, depth + 1) for key, item in value.items()}
        if isinstance(value, list | tuple | set | frozenset) and depth < _DEEPEST:
            return [self._plain(item, depth + 1) for item in value]
        return self._text(_described(value))

    def _text(self, value: str) -> str:
        clean = self._redact(value)
        return clean.translate(_CONTROLS) if self._escape else clean


def _described(value: object) -> str:
    try:
        if isinstance(value, bytes | bytearray):
            # Decoded rather than as a repr, whose escapes would hide a secret of other than ASCII letters.
            return value.decode("utf-8", "backslashreplace")
        return repr(value) if isinstance(value, BaseException) else str(value)
    except Exception as error:  # noqa: BLE001 - an object that cannot describe itself is still worth the rest of the line.
        return f"<{type(value).__name__} without a description: {type(error).__name__}>"


def _spellings(secret: str) -> set[str]:
    """Return the ways in which a secret may stand in a log line."""
    if secret.count(":") == 1 and secret.partition(":")[0].isdigit():
        # In a bot's token only what follows the colon is secret; it may be logged without its id.
        return _spellings_of(secret) | _spellings_of(secret.partition(":")[2])
    return _spellings_of(secret)


def _spellings_of(secret: str) -> set[str]:
    if len(secret) < _SHORTEST_SECRET:
        return set()
    raw = secret.encode("utf-8", "surrogatepass")
    texts = {secret, quote(raw, safe=""), quote(raw), quote_plus(raw), repr(secret)[1:-1], json.dumps(secret)[1:-1]}
    for encode, offset in itertools.product((base64.b64encode, base64.urlsafe_b64encode), range(3)):
        # Inside a longer text the same bytes have three spellings; only characters made of the secret alone count.
        encoded = encode(bytes(offset) + raw).decode()
        texts.add(encoded[(0, 2, 3)[offset] : (offset + len(raw)) * 8 // 6])
    return texts


def _is_within_caps(record: logging.LogRecord) -> bool:
    # Levels are kept here as well as on the loggers, because anyone may set a logger's level later.
    return record.levelno >= _CAPS.get(record.name.partition(".")[0], logging.NOTSET)


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    logging.getLogger("bot").critical("The program stops: nobody caught this.", exc_info=(kind, error, trace))


def _log_uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None:
        _log_uncaught(args.exc_type, args.exc_value, args.exc_traceback)


def _log_unraisable(args: "sys.UnraisableHookArgs") -> None:
    logging.getLogger("bot").error("Nobody could be told of this error.", exc_info=args.exc_value)
