"""What became of a request that failed: the library's errors sorted by what the caller has to do next.

The library hides two different things behind `TimedOut` and `NetworkError`: a request that never left, and one that may have been carried
out. Its `__cause__`, an exception of the HTTP client, tells which. The texts are Telegram's own descriptions, in lower case; they are not
documented as stable, so what no text matches is `OTHER` and never something harmless.
"""

from enum import Enum, auto

from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TelegramError

from bot.gateway.limiter import NotSentError


class Outcome(Enum):
    """What a failed request means."""

    UNSENT = auto()
    """It never left; sending it again cannot do anything twice."""
    UNCLEAR = auto()
    """It may have been carried out: no answer, a broken one, or an error of Telegram's servers."""
    LIMITED = auto()
    """It was refused for now; it may be sent again after the pause (`RetryAfter.retry_after`)."""
    UNREACHABLE = auto()
    """The chat cannot be written to: the bot was blocked or removed, or the account or chat is gone."""
    MIGRATED = auto()
    """The group became a supergroup with another id (`ChatMigrated.new_chat_id`)."""
    NOT_MODIFIED = auto()
    """The message already looks like that; nothing is left to do."""
    GONE = auto()
    """The message to edit, delete or reply to is not there or cannot be changed any more."""
    STALE_QUERY = auto()
    """The callback or inline query is too old to be answered; its effect stands."""
    BAD_MARKUP = auto()
    """The text's formatting is wrong; the plain text may be sent."""
    TOO_LONG = auto()
    """The text or caption is over the limit (4096 and 1024 characters)."""
    OTHER = auto()
    """None of these: a bug of ours or something new at Telegram's."""


_KINDS = ((RetryAfter, Outcome.LIMITED), (ChatMigrated, Outcome.MIGRATED), (NotSentError, Outcome.UNSENT))

# Causes that the HTTP client raises before it has written anything. The client itself may not be imported here, so they are known by name.
_NEVER_LEFT = frozenset({"ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError", "UnsupportedProtocol", "InvalidURL"})

_DESCRIPTIONS = (
    (Outcome.NOT_MODIFIED, ("message is not modified",)),
    (Outcome.STALE_QUERY, ("query is too old", "query id is invalid", "query_id_invalid")),
    (
        Outcome.GONE,
        (
            "message to edit not found",
            "message to delete not found",
            "message to be replied not found",
            "message to reply not found",
            "replied message not found",
            "message can't be edited",
            # A picture cannot become a text.
            "there is no text in the message to edit",
            "message can't be deleted",
            "message_id_invalid",
            "message_edit_time_expired",
        ),
    ),
    (
        Outcome.UNREACHABLE,
        (
            "chat not found",
            "user not found",
            "user is deactivated",
            "peer_id_invalid",
            "group chat was deactivated",
            "bot was kicked",
            "bot was blocked",
            "can't initiate conversation",
            "have no rights to send a message",
            "not enough rights to send",
            "chat_write_forbidden",
            "chat_restricted",
        ),
    ),
    (Outcome.BAD_MARKUP, ("can't parse entities", "can't parse message text", "can't parse caption", "entity_bounds_invalid")),
    (Outcome.LIMITED, ("too many requests",)),
    (Outcome.TOO_LONG, ("message is too long", "message_too_long", "caption is too long", "media_caption_too_long")),
)


def classify(error: TelegramError) -> Outcome:
    """Tell what became of the request that raised this error."""
    for kind, outcome in _KINDS:
        if isinstance(error, kind):
            return outcome
    if isinstance(error, NetworkError | Forbidden) and error.__cause__ is not None:
        return _by_cause(error.__cause__)
    if isinstance(error, Forbidden):
        return Outcome.UNREACHABLE
    if isinstance(error, NetworkError):
        return _by_description(error)
    # Nothing but an answer that is no JSON is raised as the bare base class, and such an answer came after the request.
    return Outcome.UNCLEAR if type(error) is TelegramError else Outcome.OTHER


def _by_cause(cause: BaseException) -> Outcome:
    """Judge a failure of the HTTP client, or an error status followed by something that is not Telegram's (a proxy's page, say)."""
    names = {kind.__name__ for kind in type(cause).__mro__}
    return Outcome.UNSENT if names & _NEVER_LEFT else Outcome.UNCLEAR


def _by_description(error: NetworkError) -> Outcome:
    """Judge a refusal by its text; a status without a class of its own is a refusal only where it says so (429 without a time)."""
    text = error.message.lower()
    for outcome, descriptions in _DESCRIPTIONS:
        if any(description in text for description in descriptions):
            return outcome
    return Outcome.OTHER if isinstance(error, BadRequest) else Outcome.UNCLEAR
