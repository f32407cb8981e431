"""Parts of a message that several methods share: text, caption, and what it replies to."""

from bot.sandbox.telegram.entities import CAPTION_LIMIT, TEXT_LIMIT, format_text
from bot.sandbox.telegram.errors import Json, bad_request
from bot.sandbox.telegram.params import Params, get_field
from bot.sandbox.telegram.records import ChatRecord
from bot.sandbox.telegram.state import State, visible_to_bot
from bot.sandbox.telegram.utf16 import utf16_length

MEDIA = ("photo", "document")
_RAW_BYTES_LIMIT = 1 << 15


def formatted(state: State, params: Params, text_name: str, entities_name: str) -> tuple[str, list[Json]]:
    """Return the text and entities that a call's parameters ask for; raises ApiError in Telegram's words.

    A mention becomes one only when Telegram knows the user.
    """
    text = params.text(text_name)
    if len(text.encode(errors="surrogatepass")) > _RAW_BYTES_LIMIT:
        raise bad_request("Text is too long")
    text, entities = format_text(text, params.text("parse_mode"), params.json(entities_name))
    known = []
    for entity in entities:
        person = state.users.get(entity["user"]["id"]) if entity["type"] == "text_mention" else None
        if person is not None:
            known.append(entity | {"user": person.as_user()})
        elif entity["type"] != "text_mention":
            known.append(entity)
    return text, known


def text_content(state: State, params: Params) -> Json:
    """Return text, entities and preview options of a message; raises ApiError for what Telegram refuses."""
    if not params.text("text"):
        raise bad_request("message text is empty")
    text, entities = formatted(state, params, "text", "entities")
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


def caption_content(state: State, params: Params) -> Json:
    """Return caption and its entities, nothing when there is none; raises ApiError for what Telegram refuses."""
    text, entities = formatted(state, params, "caption", "caption_entities")
    if utf16_length(text) > CAPTION_LIMIT:
        raise bad_request("message caption is too long")
    content: Json = {"caption": text} if text else {}
    if entities:
        content["caption_entities"] = entities
    if params.boolean("show_caption_above_media"):
        content["show_caption_above_media"] = True
    return content


def reply_content(state: State, chat: ChatRecord, params: Params) -> Json:
    """Return what a message says of the one it replies to; raises ApiError when that one is gone."""
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
