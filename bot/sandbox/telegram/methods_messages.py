"""Bot API methods that send, edit, copy, delete and pin messages."""

import copy
from datetime import timedelta
from typing import Any

from bot.sandbox.telegram.entities import CAPTION_LIMIT, TEXT_LIMIT, format_text, formatted
from bot.sandbox.telegram.errors import Json, bad_request
from bot.sandbox.telegram.html import utf16_length
from bot.sandbox.telegram.keyboards import reply_markup
from bot.sandbox.telegram.params import Params, get_field
from bot.sandbox.telegram.records import ChatRecord
from bot.sandbox.telegram.state import State, visible_to_bot
from bot.sandbox.telegram.uploads import document_content, photo_content

DELETE_WITHIN = timedelta(hours=48)
_MANY = 100
_ACTIONS = frozenset(
    [
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
    ]
)
_MEDIA = ("photo", "document")


def send_message(state: State, params: Params) -> Json:
    """Do sendMessage."""
    return _send(state, params, _text_content(params))


def send_photo(state: State, params: Params) -> Json:
    """Do sendPhoto, of an upload or a file_id."""
    content = photo_content(state, params)
    return _send(state, params, content | _caption_content(params))


def send_document(state: State, params: Params) -> Json:
    """Do sendDocument, of an upload or a file_id."""
    content = document_content(state, params)
    return _send(state, params, content | _caption_content(params))


def copy_message(state: State, params: Params) -> Json:
    """Do copyMessage."""
    source = state.find_chat(params.text("from_chat_id"))
    original = source.messages.get(params.integer("message_id"))
    if original is None:
        raise bad_request("message to copy not found")
    kept = ("text", "entities", "caption", "caption_entities", "link_preview_options", *_MEDIA)
    content = {name: copy.deepcopy(original[name]) for name in kept if name in original}
    if not content:
        raise bad_request("message can't be copied")
    if "caption" in params and any(name in content for name in _MEDIA):
        content = {name: content[name] for name in _MEDIA if name in content} | _caption_content(params)
    return {"message_id": _send(state, params, content)["message_id"]}


def _send(state: State, params: Params, content: Json) -> Json:
    markup = reply_markup(params)
    chat = state.writable_chat(params.text("chat_id"))
    reply = _reply_content(state, chat, params)
    state.check_limits(chat)
    if params.boolean("protect_content"):
        content["has_protected_content"] = True
    if markup is not None:
        content["reply_markup"] = markup
    return visible_to_bot(state.store_message(chat, state.bot, reply | content))


def _text_content(params: Params) -> Json:
    if not params.text("text"):
        raise bad_request("message text is empty")
    text, entities = formatted(params, "text", "entities")
    if not text:
        raise bad_request("text must be non-empty")
    if utf16_length(text) > TEXT_LIMIT:
        raise bad_request("message is too long")
    content: Json = {"text": text}
    if entities:
        content["entities"] = entities
    preview = params.json("link_preview_options", "link preview options")
    if preview:
        if not isinstance(preview, dict):
            raise bad_request("Object expected as link preview options")
        content["link_preview_options"] = preview
    return content


def _caption_content(params: Params) -> Json:
    text, entities = formatted(params, "caption", "caption_entities")
    if utf16_length(text) > CAPTION_LIMIT:
        raise bad_request("message caption is too long")
    content: Json = {"caption": text} if text else {}
    if entities:
        content["caption_entities"] = entities
    if params.boolean("show_caption_above_media"):
        content["show_caption_above_media"] = True
    return content


def _reply_content(state: State, chat: ChatRecord, params: Params) -> Json:
    reply = params.json("reply_parameters", "reply parameters")
    if reply is None:
        legacy = params.integer("reply_to_message_id")
        reply = {"message_id": legacy} if legacy else {}
    if not isinstance(reply, dict):
        raise bad_request("Object expected as reply parameters")
    if not reply:
        return {}
    message_id = get_field(reply, "message_id", int, required=True)
    elsewhere = reply.get("chat_id")
    source = chat if elsewhere in {None, "", chat.id, str(chat.id)} else state.find_chat(str(elsewhere))
    original = source.messages.get(message_id)
    if original is None:
        may_be_missing = reply.get("allow_sending_without_reply") or params.boolean("allow_sending_without_reply")
        if may_be_missing and source is chat:
            return {}
        raise bad_request("message to be replied not found")
    if source is not chat:
        origin = {"type": "user", "sender_user": original["from"], "date": original["date"]}
        return {"external_reply": {"origin": origin, "chat": state.chat_json(source), "message_id": message_id}}
    shown = visible_to_bot({name: value for name, value in original.items() if name != "reply_to_message"})
    return {"reply_to_message": shown} | _quote_content(reply, original)


def _quote_content(reply: Json, original: Json) -> Json:
    quote = get_field(reply, "quote", str)
    if not quote:
        return {}
    text, _ = format_text(quote, reply.get("quote_parse_mode") or "", reply.get("quote_entities"))
    whole = original.get("text") or original.get("caption") or ""
    position = whole.find(text)
    if position < 0:
        raise bad_request("QUOTE_TEXT_INVALID")
    return {"quote": {"text": text, "position": utf16_length(whole[:position]), "is_manual": True}}


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


def _replace(state: State, params: Params, drop: tuple[str, ...], content: Json) -> Json | bool:
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
    content = _text_content(params)
    _, old, _ = _message_to_edit(state, params)
    if "text" not in old:
        raise bad_request("there is no text in the message to edit")
    return _replace(state, params, ("text", "entities", "link_preview_options"), content)


def edit_message_caption(state: State, params: Params) -> Json | bool:
    """Do editMessageCaption."""
    content = _caption_content(params)
    _, old, _ = _message_to_edit(state, params)
    if not any(name in old for name in _MEDIA):
        raise bad_request("there is no caption in the message to edit")
    return _replace(state, params, ("caption", "caption_entities", "show_caption_above_media"), content)


def edit_message_reply_markup(state: State, params: Params) -> Json | bool:
    """Do editMessageReplyMarkup."""
    return _replace(state, params, (), {})


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
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "pinChatMessage": pin_chat_message,
    "unpinChatMessage": unpin_chat_message,
    "sendChatAction": send_chat_action,
}
"""Handlers by method name."""
