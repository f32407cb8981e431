"""The Bot API method that puts a picture or a file into a message that exists."""

import json
from typing import Any

from bot.sandbox.telegram.content import MEDIA, caption_content
from bot.sandbox.telegram.errors import Json, bad_request
from bot.sandbox.telegram.methods_edit import replace_content
from bot.sandbox.telegram.params import Params, get_field
from bot.sandbox.telegram.state import State
from bot.sandbox.telegram.uploads import document_content, photo_content

_KINDS = {"photo": photo_content, "document": document_content}
_CAPTION = ("caption", "parse_mode", "caption_entities", "show_caption_above_media")


def edit_message_media(state: State, params: Params) -> Json | bool:
    """Do editMessageMedia, of an upload or a file_id; a text becomes a media message by it, and loses its text."""
    media = _decoded(params)
    kind = get_field(media, "type", str, required=True)
    if kind not in _KINDS:
        raise bad_request(f'Can\'t parse InputMedia: type "{kind}" is unsupported')
    values = {name: media[name] for name in _CAPTION if name in media}
    inner = Params(values | {kind: get_field(media, "media", str, required=True)}, params.files)
    content = _KINDS[kind](state, inner) | caption_content(state, inner)
    dropped = ("text", "entities", "link_preview_options", "caption", "caption_entities", "show_caption_above_media", *MEDIA)
    return replace_content(state, params, dropped, content)


def _decoded(params: Params) -> dict[str, Any]:
    text = params.text("media")
    if not text:
        raise bad_request('Parameter "media" is required')
    try:
        media = json.loads(text)
    except ValueError as error:
        raise bad_request("Can't parse input media JSON object") from error
    if not isinstance(media, dict):
        raise bad_request("Can't parse InputMedia: expected an Object")
    return media


METHODS = {"editMessageMedia": edit_message_media}
"""Handlers by method name."""
