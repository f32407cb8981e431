"""What the simulated Telegram refuses beyond the everyday, and small parts of it by themselves."""

import struct
from typing import Any

import pytest

from bot.sandbox.telegram import Params
from bot.sandbox.telegram.markup import checked_link
from bot.sandbox.telegram.uploads import image_size
from bot.sandbox.telegram.webhook import chat_key, wait_before_retry
from tests.sandbox.telegram_support import ASHA, BORIS, GROUP, TOKEN, telegram_server

TEXT = {"chat_id": ASHA, "text": "x"}
BUTTON = {"text": "x", "callback_data": "1"}


@pytest.mark.parametrize(
    ("method", "params", "description"),
    [
        ("sendMessage", TEXT | {"text": "x" * 32769}, "text is too long"),
        ("sendMessage", TEXT | {"reply_parameters": 5}, "object expected as reply parameters"),
        ("sendMessage", TEXT | {"reply_parameters": {"quote": "x"}}, 'can\'t find field "message_id"'),
        ("sendMessage", TEXT | {"reply_parameters": {"message_id": 1, "quote": "zz"}}, "QUOTE_TEXT_INVALID"),
        ("sendMessage", TEXT | {"reply_to_message_id": 99}, "message to be replied not found"),
        ("sendMessage", TEXT | {"link_preview_options": [1]}, "object expected as link preview options"),
        ("sendMessage", TEXT | {"reply_markup": []}, "object expected as reply markup"),
        (
            "sendMessage",
            TEXT | {"reply_markup": {"inline_keyboard": [1]}},
            'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays',
        ),
        ("sendMessage", TEXT | {"reply_markup": {"keyboard": 1}}, 'field "keyboard" must be an Array of Arrays'),
        (
            "sendMessage",
            TEXT | {"reply_markup": {"keyboard": [[1]]}},
            "can't parse keyboard button: KeyboardButton must be a String or an Object",
        ),
        (
            "sendMessage",
            TEXT | {"reply_markup": {"inline_keyboard": [[BUTTON | {"style": "loud"}]]}},
            "can't parse inline keyboard button: invalid button style specified",
        ),
        (
            "editMessageText",
            TEXT | {"message_id": 1, "reply_markup": {"remove_keyboard": True}},
            "inline keyboard expected",
        ),
        ("editMessageText", {"text": "x", "inline_message_id": "A"}, "MESSAGE_ID_INVALID"),
        ("editMessageCaption", {"chat_id": ASHA, "message_id": 1}, "there is no caption in the message to edit"),
        ("deleteMessage", {"message_id": 1}, "chat identifier is not specified"),
        ("deleteMessages", {"chat_id": ASHA, "message_ids": list(range(101))}, "too many message identifiers specified"),
        ("deleteMessages", {"chat_id": ASHA, "message_ids": ["x"]}, "can't parse message identifier as a Number"),
        ("deleteMessages", {"chat_id": ASHA, "message_ids": "{"}, "can't parse message_ids JSON object"),
        ("sendDocument", {"chat_id": ASHA, "document": "BQAC"}, "wrong remote file identifier specified: Wrong string length"),
        ("getFile", {}, "file_id not specified"),
        ("getUpdates", {"allowed_updates": [1]}, "expected an Array of String"),
        ("answerInlineQuery", {"inline_query_id": "1"}, "query is too old and response timeout expired or query ID is invalid"),
    ],
)
async def test_a_wrong_call_is_refused(method: str, params: dict[str, Any], description: str) -> None:
    async with telegram_server() as server:
        assert (await server.call("sendMessage", **TEXT))["message_id"] == 1
        refusal = await server.call(method, **params)
        assert refusal == {"ok": False, "error_code": 400, "description": f"Bad Request: {description}"}


@pytest.mark.parametrize(
    ("change", "description"),
    [
        ({"results": "x"}, "can't parse results JSON object"),
        ({"results": [5]}, "can't parse inline query result: Inline query result must be an object"),
        ({"results": [{"type": "article"}]}, 'can\'t find field "id"'),
        ({"results": [{"type": "article", "id": "x" * 65}]}, "RESULT_ID_INVALID"),
        ({"results": [{"type": "photo", "id": str(number)} for number in range(51)]}, "too many inline query results specified"),
        ({"next_offset": "x" * 65}, "NEXT_OFFSET_INVALID"),
        (
            {"results": [{"type": "article", "id": "1", "title": "x", "input_message_content": {"message_text": "x" * 4097}}]},
            "MESSAGE_TOO_LONG",
        ),
    ],
)
async def test_a_wrong_inline_answer_is_refused(change: dict[str, Any], description: str) -> None:
    async with telegram_server() as server:
        query_id = server.telegram.inline_query(ASHA, "x")
        refusal = await server.call("answerInlineQuery", inline_query_id=query_id, **({"results": []} | change))
        assert refusal["description"] == f"Bad Request: {description}"


async def test_queries_of_one_kind_are_not_answered_as_the_other() -> None:
    async with telegram_server() as server:
        sent = await server.call("sendMessage", **TEXT, reply_markup={"inline_keyboard": [[BUTTON]]})
        callback, inline = server.telegram.tap(ASHA, ASHA, sent["message_id"], "1"), server.telegram.inline_query(ASHA, "")
        assert (await server.call("answerInlineQuery", inline_query_id=callback, results=[]))["error_code"] == 400
        assert (await server.call("answerCallbackQuery", callback_query_id=inline))["error_code"] == 400


async def test_service_messages_are_not_copied_and_rights_are_needed_to_pin() -> None:
    async with telegram_server() as server:
        sent = await server.call("sendMessage", **TEXT)
        await server.call("pinChatMessage", chat_id=ASHA, message_id=sent["message_id"])
        service = server.telegram.last_message(ASHA)["message_id"]
        refusal = await server.call("copyMessage", chat_id=BORIS, from_chat_id=ASHA, message_id=service)
        assert refusal["description"] == "Bad Request: the message can't be copied"
        server.telegram.add_group(GROUP, "Friends", [ASHA])
        in_group = await server.call("sendMessage", chat_id=GROUP, text="x")
        refusal = await server.call("pinChatMessage", chat_id=GROUP, message_id=in_group["message_id"])
        assert refusal["description"] == "Bad Request: not enough rights to manage pinned messages in the chat"
        server.telegram.send_text(ASHA, "/theirs", GROUP)
        others = server.telegram.last_message(GROUP)["message_id"]
        refusal = await server.call("deleteMessages", chat_id=GROUP, message_ids=[others])
        assert refusal["description"] == "Bad Request: message can't be deleted"


async def test_an_inline_message_that_was_deleted_cannot_be_edited() -> None:
    async with telegram_server() as server:
        query_id = server.telegram.inline_query(ASHA, "x")
        article = {
            "type": "article",
            "id": "1",
            "title": "x",
            "input_message_content": {"message_text": "x"},
            "reply_markup": {"inline_keyboard": [[BUTTON]]},
        }
        await server.call("answerInlineQuery", inline_query_id=query_id, results=[article])
        message = server.telegram.choose_inline_result(query_id, "1", ASHA)
        [inline_id] = server.telegram.inline_messages
        server.telegram.delete_message(ASHA, ASHA, message["message_id"])
        refusal = await server.call("editMessageText", inline_message_id=inline_id, text="y")
        assert refusal["description"] == "Bad Request: MESSAGE_ID_INVALID"


async def test_copies_of_files_may_get_another_caption() -> None:
    async with telegram_server() as server:
        sent = await server.bot.send_document(ASHA, b"abc", filename="a.txt", caption="old")
        params = {"chat_id": BORIS, "from_chat_id": ASHA, "message_id": sent.message_id}
        await server.call("copyMessage", **params)
        assert server.telegram.last_message(BORIS)["caption"] == "old"
        await server.call("copyMessage", **params, caption="new", show_caption_above_media=True)
        assert server.telegram.last_message(BORIS)["caption"] == "new"


async def test_uploads_that_are_empty_or_named_by_attachment() -> None:
    async with telegram_server() as server:
        path, data = f"/bot{TOKEN}/sendDocument", {"chat_id": str(ASHA), "document": "attach://some"}
        sent = await server.http.post(path, data=data, files={"some": ("a.txt", b"abc", "text/plain")})
        assert sent.json()["result"]["document"]["mime_type"] == "text/plain"
        empty = await server.http.post(path, data=data, files={"some": ("a.txt", b"")})
        assert empty.json()["description"] == "Bad Request: file must be non-empty"
        huge = await server.http.post(f"/bot{TOKEN}/sendPhoto", data={"chat_id": str(ASHA)}, files={"photo": b"x" * (10 * 1024 * 1024 + 1)})
        assert huge.json()["description"] == "Bad Request: file is too big for a photo"
        assert (await server.http.get(f"/file/bot{TOKEN}/documents/none.txt")).status_code == 404
        listed = await server.http.post(f"/bot{TOKEN}/getMe", content=b"[]", headers={"content-type": "application/json"})
        assert listed.json()["description"] == "Bad Request: JSON object expected in the request body"


async def test_people_that_cannot_be() -> None:
    async with telegram_server() as server:
        tg = server.telegram
        for wrong in (0, -5, tg.bot["id"]):
            with pytest.raises(ValueError, match="id of a user"):
                tg.add_user(wrong, "x")
        with pytest.raises(ValueError, match="id of such a group"):
            tg.add_group(-5, "x", [ASHA], supergroup=True)
        with pytest.raises(ValueError, match="no user 99"):
            tg.add_group(GROUP, "x", [99])
        with pytest.raises(ValueError, match="can't be upgraded"):
            tg.migrate_group(ASHA, -1001234567890)
        assert tg.add_user(ASHA, "Asha K.")["first_name"] == "Asha K."
        tg.unblock(ASHA)
        tg.send_text(ASHA, "hello")
        own = await server.call("sendMessage", **TEXT, reply_markup={"inline_keyboard": [[BUTTON]]})
        with pytest.raises(ValueError, match="no button 'Buy', only"):
            tg.tap_button(ASHA, ASHA, own["message_id"], "Buy")
        with pytest.raises(ValueError, match="one's own texts"):
            tg.edit_text(ASHA, own["message_id"], "x")


@pytest.mark.parametrize(
    ("content", "size"),
    [
        (b"GIF89a" + struct.pack("<HH", 7, 5), (7, 5)),
        (b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x11\x08" + struct.pack(">HH", 5, 7), (7, 5)),
        (b"\xff\xd8\xff\xe0\x00\x04ab", (0, 0)),
        (b"\xff\xd8\x00", (0, 0)),
        (b"\x89PNG\r\n\x1a\n", (0, 0)),
        (b"%PDF", (0, 0)),
    ],
)
def test_sizes_of_pictures(content: bytes, size: tuple[int, int]) -> None:
    assert image_size(content) == size


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://a.example", "https://a.example/"),
        ("https://a.example?x=1", "https://a.example?x=1"),
        ("tg://resolve?domain=x", "tg://resolve?domain=x"),
        ("a.example/x", "http://a.example/x"),
        ("nothing", ""),
        ("two words.example", ""),
    ],
)
def test_links_are_completed(url: str, kept: str) -> None:
    assert checked_link(url) == kept


def test_waits_before_a_retry_grow_to_half_a_minute() -> None:
    assert [wait_before_retry(failures) for failures in (1, 2, 3, 8, 99)] == [0.5, 1.0, 2.0, 30.0, 30.0]


@pytest.mark.parametrize(
    ("update", "key"),
    [
        ({"update_id": 1, "message": {"chat": {"id": 5}, "from": {"id": 6}}}, "5"),
        ({"update_id": 1, "callback_query": {"from": {"id": 6}, "message": {"chat": {"id": 5}}}}, "5"),
        ({"update_id": 1, "inline_query": {"from": {"id": 6}}}, "6"),
        ({"update_id": 1, "poll": {"id": "9"}}, "poll"),
        ({"update_id": 1}, "1"),
    ],
)
def test_updates_are_ordered_by_chat_or_user(update: dict[str, Any], key: str) -> None:
    assert chat_key(update) == key


def test_parameters_are_read_leniently_and_shown_without_secrets() -> None:
    params = Params({"a": True, "b": "x", "c": {"d": 1}, "secret_token": "s", "e": "[1]", "f": "{", "g": " ", "n": None})
    assert (params.text("a"), params.text("c"), params.text("none")) == ("true", '{"d": 1}', "")
    assert (params.integer("b", 7), params.integer("none", 3)) == (7, 3)
    assert params.boolean("a")
    assert params.json("g") is None
    assert "n" not in params
    assert params.for_ledger() == {"a": True, "b": "x", "c": {"d": 1}, "secret_token": "…", "e": [1], "f": "{", "g": " "}
