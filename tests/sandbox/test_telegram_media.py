"""editMessageMedia: a text or a picture becomes another picture or a file."""

import json
from typing import Any

import pytest
from telegram import InputMediaDocument, InputMediaPhoto

from tests.sandbox.telegram_support import ASHA, BUY, TOKEN, Server, telegram_server

PIXEL = b"GIF89a\x01\x00\x01\x00"
OTHER = b"GIF89a\x02\x00\x03\x00"


async def edit(server: Server, message_id: int, media: Any, **files: bytes) -> dict[str, Any]:
    """Edit as a client does that sends its uploads beside a description of them; returns the whole answer."""
    data = {"chat_id": str(ASHA), "message_id": str(message_id), "media": media if isinstance(media, str) else json.dumps(media)}
    answer: dict[str, Any] = (await server.http.post(f"/bot{TOKEN}/editMessageMedia", data=data, files=files or None)).json()
    return answer


async def test_a_text_becomes_a_picture_with_a_caption_and_loses_its_text() -> None:
    async with telegram_server() as server:
        sent = await server.send("<b>Menu</b>", parse_mode="HTML", reply_markup=BUY)
        media = InputMediaPhoto(PIXEL, caption="<i>x</i>", parse_mode="HTML")
        await server.bot.edit_message_media(media, ASHA, sent["message_id"])
        shown = server.telegram.last_message(ASHA)
        assert shown["message_id"] == sent["message_id"]
        assert (shown["photo"][0]["width"], shown["caption"], shown["caption_entities"][0]["type"]) == (1, "x", "italic")
        assert not {"text", "entities", "reply_markup"} & set(shown)


async def test_a_picture_becomes_another_one_or_a_file_and_keeps_nothing_of_the_old_caption() -> None:
    async with telegram_server() as server:
        sent = await server.bot.send_photo(ASHA, PIXEL, caption="<b>old</b>", parse_mode="HTML")
        await server.bot.edit_message_media(InputMediaPhoto(OTHER), ASHA, sent.message_id)
        shown = server.telegram.last_message(ASHA)
        assert (shown["photo"][0]["width"], shown["photo"][0]["height"]) == (2, 3)
        assert not {"caption", "caption_entities"} & set(shown)
        await server.bot.edit_message_media(InputMediaDocument(b"1,2", filename="a.csv"), ASHA, sent.message_id)
        shown = server.telegram.last_message(ASHA)
        assert shown["document"]["file_name"] == "a.csv"
        assert "photo" not in shown


async def test_a_file_that_telegram_has_is_used_again_and_the_same_again_is_no_change() -> None:
    async with telegram_server() as server:
        sent = await server.bot.send_photo(ASHA, PIXEL, caption="x")
        same = {"type": "photo", "media": sent.photo[0].file_id, "caption": "x"}
        refused = await edit(server, sent.message_id, same)
        assert refused["description"].startswith("Bad Request: message is not modified")
        assert (await edit(server, sent.message_id, same | {"caption": "y"}))["result"]["caption"] == "y"


async def test_a_picture_has_no_text_to_edit() -> None:
    async with telegram_server() as server:
        sent = await server.bot.send_photo(ASHA, PIXEL)
        refused = await server.call("editMessageText", chat_id=ASHA, message_id=sent.message_id, text="x")
        assert refused["description"] == "Bad Request: there is no text in the message to edit"


@pytest.mark.parametrize(
    ("media", "description"),
    [
        ("", 'parameter "media" is required'),
        ("{", "can't parse input media JSON object"),
        ("[]", "can't parse InputMedia: expected an Object"),
        ({"type": "audio", "media": "x"}, 'can\'t parse InputMedia: type "audio" is unsupported'),
        ({"media": "x"}, 'can\'t find field "type"'),
        ({"type": "photo"}, 'can\'t find field "media"'),
        ({"type": "photo", "media": "attach://missing"}, "wrong remote file identifier specified: Wrong string length"),
        ({"type": "photo", "media": "attach://text"}, "IMAGE_PROCESS_FAILED"),
        ({"type": "photo", "media": "attach://pixel", "caption": "x" * 1025}, "message caption is too long"),
        ({"type": "photo", "media": "attach://pixel", "caption": "<b>", "parse_mode": "HTML"}, "can't parse entities"),
    ],
)
async def test_what_is_no_media_is_refused(media: Any, description: str) -> None:
    async with telegram_server() as server:
        sent = await server.send()
        refused = await edit(server, sent["message_id"], media, pixel=PIXEL, text=b"words")
        assert refused["description"].startswith(f"Bad Request: {description}")
        assert server.telegram.last_message(ASHA)["text"] == "Hello"


async def test_only_the_bots_own_messages_become_pictures() -> None:
    async with telegram_server() as server:
        theirs = server.telegram.send_text(ASHA, "mine")
        for message_id, words in ((theirs["message_id"], "message can't be edited"), (999, "message to edit not found")):
            refused = await edit(server, message_id, {"type": "photo", "media": "attach://pixel"}, pixel=PIXEL)
            assert refused["description"] == f"Bad Request: {words}"
