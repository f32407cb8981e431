"""Checks of reply markup, with Telegram's errors (tdlib/telegram-bot-api, `Client::get_reply_markup`)."""

from typing import Any

from bot.sandbox.telegram.errors import ApiError, Json, bad_request
from bot.sandbox.telegram.params import Params, get_field

CALLBACK_DATA_BYTES = 64
COPY_TEXT_LIMIT = 256
BUTTONS_LIMIT = 100
_STYLES = frozenset({"danger", "success", "primary"})
_OTHER_ACTIONS = (
    "callback_game",
    "pay",
    "switch_inline_query",
    "switch_inline_query_chosen_chat",
    "switch_inline_query_current_chat",
    "login_url",
    "web_app",
)


def reply_markup(params: Params, *, inline_only: bool = False) -> Json | None:
    """Return the markup of a call as Telegram keeps it, None for none; raises ApiError for a wrong one."""
    return check_markup(params.json("reply_markup", "reply keyboard markup"), inline_only=inline_only)


def check_markup(value: Any, *, inline_only: bool = False) -> Json | None:
    """Return decoded markup as Telegram keeps it, None for none or an empty keyboard."""
    if value is None:
        return None
    if not isinstance(value, dict):
        raise bad_request("Object expected as reply markup")
    if value.get("inline_keyboard") is not None:
        rows = _rows(value["inline_keyboard"], 'Field "inline_keyboard" of the InlineKeyboardMarkup', _inline_button)
        return {"inline_keyboard": rows} if rows else None
    if inline_only and value:
        raise bad_request("Inline keyboard expected")
    if value.get("keyboard") is not None:
        rows = _rows(value["keyboard"], 'Field "keyboard"', _reply_button)
        return {**value, "keyboard": rows} if rows else None
    if value.get("remove_keyboard") or value.get("force_reply"):
        return dict(value)
    return None


def _rows(value: Any, what: str, check: Any) -> list[list[Json]]:
    if not isinstance(value, list) or not all(isinstance(row, list) for row in value):
        raise bad_request(f"{what} must be an Array of Arrays")
    rows = [[button for button in map(check, row) if button["text"]] for row in value]
    if sum(map(len, rows)) > BUTTONS_LIMIT:
        raise bad_request("reply markup is too long")
    return [row for row in rows if row]


def _reply_button(value: Any) -> Json:
    if isinstance(value, str):
        return {"text": value}
    if not isinstance(value, dict):
        raise bad_request("Can't parse keyboard button: KeyboardButton must be a String or an Object")
    get_field(value, "text", str, required=True)
    return dict(value)


def _inline_button(value: Any) -> Json:
    try:
        return _checked_inline_button(value)
    except ApiError as error:
        if error.reason.startswith("BUTTON_"):
            raise
        raise bad_request(f"Can't parse inline keyboard button: {error.reason}") from error


def _checked_inline_button(value: Any) -> Json:
    if not isinstance(value, dict):
        raise bad_request("InlineKeyboardButton must be an Object")
    button: Json = {"text": get_field(value, "text", str, required=True)}
    if value.get("icon_custom_emoji_id"):
        button["icon_custom_emoji_id"] = str(value["icon_custom_emoji_id"])
    if value.get("style"):
        if value["style"] not in _STYLES:
            raise bad_request("invalid button style specified")
        button["style"] = value["style"]
    return {**button, **_action(value)}


def _action(value: Json) -> Json:
    """Return the one thing that the button does; Telegram takes the first that it knows in this order."""
    url = get_field(value, "url", str)
    if url:
        if not url.startswith(("http://", "https://", "tg://", "ton://")):
            raise bad_request("BUTTON_URL_INVALID")
        return {"url": url}
    data = get_field(value, "callback_data", str)
    if data:
        if len(data.encode()) > CALLBACK_DATA_BYTES:
            raise bad_request("BUTTON_DATA_INVALID")
        return {"callback_data": data}
    for name in _OTHER_ACTIONS:
        if name in value:
            return {name: value[name]}
    if "copy_text" in value:
        text = get_field(get_field(value, "copy_text", dict, required=True), "text", str, required=True)
        if not 1 <= len(text) <= COPY_TEXT_LIMIT:
            raise bad_request("BUTTON_COPY_TEXT_INVALID")
        return {"copy_text": {"text": text}}
    raise bad_request("Text buttons are unallowed in the inline keyboard")
