"""Bot API methods that change messages that exist: edit, delete, pin."""

import copy
from datetime import timedelta
from typing import Any

from bot.sandbox.telegram.content import MEDIA, caption_content, text_content
from bot.sandbox.telegram.errors import Json, bad_request
from bot.sandbox.telegram.keyboards import reply_markup
from bot.sandbox.telegram.params import Params
from bot.sandbox.telegram.records import ChatRecord
from bot.sandbox.telegram.state import State, visible_to_bot

DELETE_WITHIN = timedelta(hours=48)
_MANY = 100


def _message_to_edit(state: State, params: Params) -> tuple[ChatRecord, Json, bool]:
    """Return chat, a copy of the message, and whether it is addressed as an inline message."""
    if not params.text("chat_id") and not params.integer("message_id"):
        inline_id = params.text("inline_message_id")
        if not inline_id:
            raise bad_request("Message identifier is not specified")
        if inline_id not in state.inline_messages:
            raise bad_request("MESSAGE_ID_INVALID")
        chat_id, message_id = state.inline_messages[inline_id]
        chat = state.chats[chat_id]
        if message_id not in chat.messages:
            raise bad_request("MESSAGE_ID_INVALID")
        return chat, copy.deepcopy(chat.messages[message_id]), True
    chat = state.writable_chat(params.text("chat_id"))
    message = chat.messages.get(params.integer("message_id"))
    if message is None:
        raise bad_request("message to edit not found")
    if message["from"]["id"] != state.bot["id"]:
        raise bad_request("message can't be edited")
    return chat, copy.deepcopy(message), False


def replace_content(state: State, params: Params, drop: tuple[str, ...], content: Json) -> Json | bool:
    """Change the message that the parameters address: take some fields off, put others on, and set its keyboard."""
    markup = reply_markup(params, inline_only=True)
    chat, old, inline = _message_to_edit(state, params)
    new = {name: value for name, value in old.items() if name not in {*drop, "reply_markup"}} | content
    if markup is not None:
        new["reply_markup"] = markup
    if new == old:
        raise bad_request(
            "message is not modified: specified new message content and reply markup are exactly the same as a "
            "current content and reply markup of the message"
        )
    new["edit_date"] = int(state.clock().timestamp())
    stored = state.replace_message(chat, new)
    return True if inline else visible_to_bot(stored)


def edit_message_text(state: State, params: Params) -> Json | bool:
    """Do editMessageText."""
    content = text_content(state, params)
    _, old, _ = _message_to_edit(state, params)
    if "text" not in old:
        raise bad_request("there is no text in the message to edit")
    return replace_content(state, params, ("text", "entities", "link_preview_options"), content)


def edit_message_caption(state: State, params: Params) -> Json | bool:
    """Do editMessageCaption."""
    content = caption_content(state, params)
    _, old, _ = _message_to_edit(state, params)
    if not any(name in old for name in MEDIA):
        raise bad_request("there is no caption in the message to edit")
    return replace_content(state, params, ("caption", "caption_entities", "show_caption_above_media"), content)


def edit_message_reply_markup(state: State, params: Params) -> Json | bool:
    """Do editMessageReplyMarkup."""
    return replace_content(state, params, (), {})


def _may_delete(state: State, chat: ChatRecord, message: Json) -> bool:
    """Apply the rules of https://core.telegram.org/bots/api#deletemessage."""
    if chat.bot_status == "administrator":
        return True
    if chat.type != "private" and message["from"]["id"] != state.bot["id"]:
        return False
    return bool(state.clock().timestamp() - message["date"] < DELETE_WITHIN.total_seconds())


def delete_message(state: State, params: Params) -> bool:
    """Do deleteMessage."""
    if not params.text("chat_id"):
        raise bad_request("Chat identifier is not specified")
    message_id = params.integer("message_id")
    if message_id == 0:
        raise bad_request("Message identifier is not specified")
    chat = state.writable_chat(params.text("chat_id"))
    if message_id not in chat.messages:
        raise bad_request("message to delete not found")
    if not _may_delete(state, chat, chat.messages[message_id]):
        raise bad_request("message can't be deleted")
    state.remove_messages(chat, [message_id])
    return True


def delete_messages(state: State, params: Params) -> bool:
    """deleteMessages; those that can't be found are skipped."""
    wanted = params.array("message_ids", "message identifiers")
    if not wanted:
        raise bad_request("Message identifiers are not specified")
    if len(wanted) > _MANY:
        raise bad_request("Too many message identifiers specified")
    chat = state.writable_chat(params.text("chat_id"))
    found = [number for number in dict.fromkeys(map(_identifier, wanted)) if number in chat.messages]
    if not all(_may_delete(state, chat, chat.messages[number]) for number in found):
        raise bad_request("message can't be deleted")
    state.remove_messages(chat, found)
    return True


def _identifier(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError) as error:
        raise bad_request("Can't parse message identifier as a Number") from error


def pin_chat_message(state: State, params: Params) -> bool:
    """pinChatMessage; the notice of the pinning is a service message."""
    chat = state.writable_chat(params.text("chat_id"))
    message = chat.messages.get(params.integer("message_id"))
    if message is None:
        raise bad_request("message to pin not found")
    if chat.type != "private" and chat.bot_status != "administrator":
        raise bad_request("not enough rights to manage pinned messages in the chat")
    chat.pinned = [pinned for pinned in chat.pinned if pinned != message["message_id"]] + [message["message_id"]]
    shown = visible_to_bot({name: value for name, value in message.items() if name != "reply_to_message"})
    state.push("message", state.store_message(chat, state.bot, {"pinned_message": shown}))
    return True


def unpin_chat_message(state: State, params: Params) -> bool:
    """unpinChatMessage; without message_id the most recent one."""
    chat = state.writable_chat(params.text("chat_id"))
    message_id = params.integer("message_id") or (chat.pinned[-1] if chat.pinned else 0)
    if message_id not in chat.pinned:
        raise bad_request("Message to unpin not found")
    chat.pinned.remove(message_id)
    state.changed.fire()
    return True


METHODS = {
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "pinChatMessage": pin_chat_message,
    "unpinChatMessage": unpin_chat_message,
}
"""Handlers by method name."""
