"""Bot API methods that put something into a chat."""

import copy

from bot.sandbox.telegram.content import MEDIA, caption_content, reply_content, text_content
from bot.sandbox.telegram.errors import Json, bad_request
from bot.sandbox.telegram.keyboards import reply_markup
from bot.sandbox.telegram.params import Params
from bot.sandbox.telegram.state import State, visible_to_bot
from bot.sandbox.telegram.uploads import document_content, photo_content

_ACTIONS = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)


def send_message(state: State, params: Params) -> Json:
    """Do sendMessage."""
    return _send(state, params, text_content(state, params))


def send_photo(state: State, params: Params) -> Json:
    """Do sendPhoto, of an upload or a file_id."""
    content = photo_content(state, params)
    return _send(state, params, content | caption_content(state, params))


def send_document(state: State, params: Params) -> Json:
    """Do sendDocument, of an upload or a file_id."""
    content = document_content(state, params)
    return _send(state, params, content | caption_content(state, params))


def copy_message(state: State, params: Params) -> Json:
    """Do copyMessage."""
    source = state.find_chat(params.text("from_chat_id"))
    original = source.messages.get(params.integer("message_id"))
    if original is None:
        raise bad_request("message to copy not found")
    kept = ("text", "entities", "caption", "caption_entities", "link_preview_options", *MEDIA)
    content = {name: copy.deepcopy(original[name]) for name in kept if name in original}
    if not content:
        raise bad_request("The message can't be copied")
    if "caption" in params and any(name in content for name in MEDIA):
        content = {name: content[name] for name in MEDIA if name in content} | caption_content(state, params)
    return {"message_id": _send(state, params, content)["message_id"]}


def _send(state: State, params: Params, content: Json) -> Json:
    markup = reply_markup(params)
    chat = state.writable_chat(params.text("chat_id"))
    reply = reply_content(state, chat, params)
    state.check_limits(chat)
    if params.boolean("protect_content"):
        content["has_protected_content"] = True
    if markup is not None:
        content["reply_markup"] = markup
    return visible_to_bot(state.store_message(chat, state.bot, reply | content))


def send_chat_action(state: State, params: Params) -> bool:
    """Do sendChatAction."""
    action = params.text("action")
    if action not in _ACTIONS:
        raise bad_request("Wrong parameter action in request")
    chat = state.writable_chat(params.text("chat_id"))
    state.publish("action", {"chat_id": chat.id, "action": action})
    return True


METHODS = {
    "sendMessage": send_message,
    "sendPhoto": send_photo,
    "sendDocument": send_document,
    "copyMessage": copy_message,
    "sendChatAction": send_chat_action,
}
"""Handlers by method name."""
