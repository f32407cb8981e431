"""Bot API methods that answer callback and inline queries."""

import re
from datetime import timedelta
from typing import Any

from bot.sandbox.telegram.entities import TEXT_LIMIT, format_text
from bot.sandbox.telegram.errors import Json, bad_request
from bot.sandbox.telegram.keyboards import check_markup
from bot.sandbox.telegram.params import Params, get_field
from bot.sandbox.telegram.records import CachedAnswer
from bot.sandbox.telegram.state import State
from bot.sandbox.telegram.utf16 import utf16_length

ANSWER_LIMIT = 200
RESULTS_LIMIT = 50
_NEXT_OFFSET_BYTES = 64
_RESULT_ID_BYTES = 64
_CACHE_SECONDS = 300
_START_PARAMETER = re.compile(r"[A-Za-z0-9_-]{1,64}")


def answer_callback_query(state: State, params: Params) -> bool:
    """Do answerCallbackQuery: once for each query, and only for a while."""
    query_id = params.text("callback_query_id")
    query = state.open_query(query_id)
    if query.chat_id is None:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    text = params.text("text")
    if len(text) > ANSWER_LIMIT:
        raise bad_request("MESSAGE_TOO_LONG")
    query.answer = {
        "text": text or None,
        "show_alert": params.boolean("show_alert"),
        "url": params.text("url") or None,
    }
    state.publish(
        "answered",
        {
            "chat_id": query.chat_id,
            "user_id": query.user_id,
            "callback_query_id": query_id,
            "message_id": query.message_id,
            **query.answer,
        },
    )
    return True


def answer_inline_query(state: State, params: Params) -> bool:
    """Do answerInlineQuery with up to 50 results, of which articles with text can be chosen."""
    query_id = params.text("inline_query_id")
    query = state.open_query(query_id)
    if query.chat_id is not None:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    results = [_checked_result(result) for result in params.array("results", "inline query results")]
    if len(results) > RESULTS_LIMIT:
        raise bad_request("Too many inline query results specified")
    if len({result["id"] for result in results}) < len(results):
        raise bad_request("RESULT_ID_DUPLICATE")
    next_offset = params.text("next_offset")
    if len(next_offset.encode()) > _NEXT_OFFSET_BYTES:
        raise bad_request("NEXT_OFFSET_INVALID")
    button = _checked_button(params.json("button", "inline query results button"))
    query.answer = {"results": results, "next_offset": next_offset, "button": button}
    seconds = params.integer("cache_time", _CACHE_SECONDS)
    if seconds > 0:
        whose = query.user_id if params.boolean("is_personal") else None
        cached = CachedAnswer(query.answer, state.clock() + timedelta(seconds=seconds))
        state.inline_cache[whose, query.query, query.offset] = cached
    publish_results(state, query_id)
    return True


def publish_results(state: State, query_id: str) -> None:
    """Show the pages what was answered to an inline query."""
    query = state.queries[query_id]
    told = {"user_id": query.user_id, "inline_query_id": query_id, "query": query.query, "offset": query.offset}
    state.publish("inline_results", {**told, **(query.answer or {})})


def cached_answer(state: State, user_id: int, text: str, offset: str) -> Json | None:
    """Return an answer that Telegram still keeps, for this user or for everybody; None where the bot has to be asked."""
    for whose in (user_id, None):
        cached = state.inline_cache.get((whose, text, offset))
        if cached is not None and state.clock() < cached.until:
            return cached.answer
    return None


def _checked_button(button: Any) -> Json | None:
    """Return the button above the results; raises ApiError unless it has a text and leads to exactly one thing."""
    if not button:
        return None
    if not isinstance(button, dict):
        raise bad_request("Can't parse inline query results button: Object expected")
    get_field(button, "text", str, required=True)
    parameter = get_field(button, "start_parameter", str)
    if parameter is None and "web_app" not in button:
        raise bad_request("exactly one of the fields start_parameter and web_app must be specified")
    if parameter is not None and not _START_PARAMETER.fullmatch(parameter):
        raise bad_request("START_PARAM_INVALID")
    return dict(button)


def _checked_result(result: Any) -> Json:
    if not isinstance(result, dict):
        raise bad_request("Can't parse inline query result: Inline query result must be an object")
    for name in ("type", "id"):
        get_field(result, name, str, required=True)
    if not 1 <= len(result["id"].encode()) <= _RESULT_ID_BYTES:
        raise bad_request("RESULT_ID_INVALID")
    checked = dict(result)
    if "reply_markup" in result:
        checked["reply_markup"] = check_markup(result["reply_markup"], inline_only=True)
    content = result.get("input_message_content")
    if result["type"] == "article":
        get_field(result, "title", str, required=True)
        inline_text(content)
    return checked


def inline_text(content: Any) -> tuple[str, list[Json]]:
    """Return text and entities of an InputTextMessageContent; raises ApiError for anything else."""
    if not isinstance(content, dict) or not content.get("message_text"):
        raise bad_request("Message text is empty")
    text, entities = format_text(content["message_text"], content.get("parse_mode") or "", content.get("entities"))
    if utf16_length(text) > TEXT_LIMIT:
        raise bad_request("MESSAGE_TOO_LONG")
    return text, entities


METHODS = {"answerCallbackQuery": answer_callback_query, "answerInlineQuery": answer_inline_query}
"""Handlers by method name."""
