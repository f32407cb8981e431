from typing import Any

import pytest
import telegram as ptb
from telegram.error import BadRequest

from tests.sandbox.telegram_support import ASHA, BORIS, BUY, telegram_server

MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)
TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"


def keyboard(*rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"inline_keyboard": list(rows)}


async def test_the_library_gets_back_what_it_sent() -> None:
    async with telegram_server() as server:
        markup = ptb.InlineKeyboardMarkup(
            [
                [ptb.InlineKeyboardButton("Buy", callback_data="buy:1", style="success")],
                [ptb.InlineKeyboardButton("Copy", copy_text=ptb.CopyTextButton("+919876543210"))],
                [ptb.InlineKeyboardButton("Site", url="https://otpbuddy.example/")],
            ]
        )
        sent = await server.bot.send_message(
            ASHA, "<b>Number</b> <code>+91</code>", parse_mode="HTML", reply_markup=markup, protect_content=True
        )
        assert sent.text == "Number +91"
        assert [(entity.type, entity.offset, entity.length) for entity in sent.entities] == [
            ("bold", 0, 6),
            ("code", 7, 3),
        ]
        assert sent.reply_markup == markup
        assert sent.has_protected_content
        assert sent.chat.id == ASHA
        assert sent.from_user is not None
        assert sent.from_user.is_bot


async def test_an_edit_replaces_text_and_keyboard_and_is_dated() -> None:
    async with telegram_server() as server:
        sent = await server.send(reply_markup=BUY)
        server.clock.forward(30)
        edited = await server.call("editMessageText", chat_id=ASHA, message_id=sent["message_id"], text="Bye")
        assert edited["text"] == "Bye"
        assert edited["edit_date"] == sent["date"] + 30
        assert "reply_markup" not in edited
        assert [event.kind for event in server.telegram.chats[ASHA].history] == ["sent", "edited"]


async def test_an_edit_that_changes_nothing_is_refused() -> None:
    async with telegram_server() as server:
        sent = await server.send("<b>Hi</b>", parse_mode="HTML", reply_markup=BUY)
        same = {"chat_id": ASHA, "message_id": sent["message_id"], "reply_markup": BUY}
        refusal = await server.call("editMessageText", text="<b>Hi</b>", parse_mode="HTML", **same)
        assert refusal["description"] == MODIFIED
        assert (await server.call("editMessageText", text="Hi", **same))["text"] == "Hi"
        assert (await server.call("editMessageReplyMarkup", **same))["description"] == MODIFIED
        removed = await server.call("editMessageReplyMarkup", chat_id=ASHA, message_id=sent["message_id"])
        assert "reply_markup" not in removed


@pytest.mark.parametrize(
    ("method", "params", "description"),
    [
        ("sendMessage", {"text": "x"}, "chat_id is empty"),
        ("sendMessage", {"chat_id": 77, "text": "x"}, "chat not found"),
        ("sendMessage", {"chat_id": "@nobody", "text": "x"}, "chat not found"),
        ("sendMessage", {"chat_id": ASHA}, "message text is empty"),
        ("sendMessage", {"chat_id": ASHA, "text": " \n "}, "text must be non-empty"),
        ("sendMessage", {"chat_id": ASHA, "text": "x" * 4097}, "message is too long"),
        ("sendMessage", {"chat_id": ASHA, "text": "😀" * 2049}, "message is too long"),
        ("sendMessage", {"chat_id": ASHA, "text": "*x*", "parse_mode": "MarkdownV2"}, "unsupported parse_mode"),
        (
            "sendMessage",
            {"chat_id": ASHA, "text": "x", "reply_parameters": {"message_id": 999}},
            "message to be replied not found",
        ),
        (
            "sendMessage",
            {"chat_id": ASHA, "text": "x", "reply_markup": "{"},
            "can't parse reply keyboard markup JSON object",
        ),
        ("editMessageText", {"chat_id": ASHA, "message_id": 999, "text": "x"}, "message to edit not found"),
        ("editMessageText", {"text": "x"}, "message identifier is not specified"),
        ("deleteMessage", {"chat_id": ASHA, "message_id": 999}, "message to delete not found"),
        ("deleteMessage", {"chat_id": ASHA}, "message identifier is not specified"),
        ("deleteMessages", {"chat_id": ASHA, "message_ids": []}, "message identifiers are not specified"),
        ("copyMessage", {"chat_id": ASHA, "from_chat_id": ASHA, "message_id": 9}, "message to copy not found"),
        ("pinChatMessage", {"chat_id": ASHA, "message_id": 9}, "message to pin not found"),
        ("unpinChatMessage", {"chat_id": ASHA}, "message to unpin not found"),
        ("sendChatAction", {"chat_id": ASHA, "action": "dancing"}, "wrong parameter action in request"),
        ("sendPhoto", {"chat_id": ASHA}, "there is no photo in the request"),
        ("sendDocument", {"chat_id": ASHA, "document": "http://x.y/z"}, "failed to get HTTP URL content"),
        ("getFile", {"file_id": "none"}, "invalid file_id"),
        ("setMyCommands", {"commands": [{"command": "Bad name", "description": "x"}]}, "BOT_COMMAND_INVALID"),
    ],
)
async def test_a_wrong_call_is_refused_in_telegrams_words(method: str, params: dict[str, Any], description: str) -> None:
    async with telegram_server() as server:
        refusal = await server.call(method, **params)
        assert refusal == {"ok": False, "error_code": 400, "description": f"Bad Request: {description}"}
        call = server.telegram.ledger[-1]
        assert (call.method, call.ok, call.error_code) == (method, False, 400)


@pytest.mark.parametrize(
    ("button", "description"),
    [
        ({"text": "x", "callback_data": "д" * 33}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "copy_text": {"text": ""}}, "BUTTON_COPY_TEXT_INVALID"),
        ({"text": "x", "copy_text": {"text": "1" * 257}}, "BUTTON_COPY_TEXT_INVALID"),
        ({"text": "x", "url": "javascript:alert(1)"}, "BUTTON_URL_INVALID"),
        (
            {"text": "x"},
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        ({"callback_data": "x"}, "can't parse inline keyboard button: Can't find field \"text\""),
        ("x", "can't parse inline keyboard button: InlineKeyboardButton must be an Object"),
    ],
)
async def test_a_wrong_button_is_refused(button: Any, description: str) -> None:
    async with telegram_server() as server:
        refusal = await server.call("sendMessage", chat_id=ASHA, text="x", reply_markup=keyboard([button]))
        assert refusal["description"] == f"Bad Request: {description}"


async def test_limits_of_buttons_are_reached_but_not_passed() -> None:
    async with telegram_server() as server:
        await server.send(reply_markup=keyboard([{"text": "x", "callback_data": "д" * 32}]))
        await server.send(reply_markup=keyboard([{"text": "x", "copy_text": {"text": "1" * 256}}]))
        rows = [[{"text": "x", "callback_data": str(number)}] for number in range(101)]
        await server.send(reply_markup=keyboard(*rows[:100]))
        refusal = await server.call("sendMessage", chat_id=ASHA, text="x", reply_markup=keyboard(*rows))
        assert refusal["description"] == "Bad Request: reply markup is too long"


async def test_reply_keyboards_are_kept_for_the_page_but_are_no_part_of_the_message() -> None:
    async with telegram_server() as server:
        markup = {"keyboard": [["Balance", {"text": "Buy"}]], "resize_keyboard": True}
        sent = await server.send(reply_markup=markup)
        assert "reply_markup" not in sent
        kept = server.telegram.last_message(ASHA)["reply_markup"]
        assert kept == {"keyboard": [[{"text": "Balance"}, {"text": "Buy"}]], "resize_keyboard": True}
        await server.send(reply_markup={"remove_keyboard": True})
        assert server.telegram.last_message(ASHA)["reply_markup"] == {"remove_keyboard": True}


async def test_a_reply_shows_the_original_without_what_that_replied_to() -> None:
    async with telegram_server() as server:
        first = await server.send("card")
        second = await server.send("code", reply_parameters={"message_id": first["message_id"]})
        third = await server.send("more", reply_parameters={"message_id": second["message_id"], "quote": "ode"})
        assert second["reply_to_message"]["message_id"] == first["message_id"]
        assert "reply_to_message" not in third["reply_to_message"]
        assert third["quote"] == {"text": "ode", "position": 1, "is_manual": True}
        lost = {"message_id": 999, "allow_sending_without_reply": True}
        assert "reply_to_message" not in await server.send("alone", reply_parameters=lost)


async def test_the_bot_deletes_messages_of_both_sides_within_two_days() -> None:
    async with telegram_server() as server:
        theirs = server.telegram.send_text(ASHA, "my secret")
        mine = await server.send()
        assert await server.bot.delete_message(ASHA, theirs["message_id"])
        assert await server.call("deleteMessages", chat_id=ASHA, message_ids=[mine["message_id"], 999]) is True
        assert server.telegram.messages(ASHA) == []
        old = await server.send()
        server.clock.forward(48 * 3600)
        refusal = await server.call("deleteMessage", chat_id=ASHA, message_id=old["message_id"])
        assert refusal["description"] == "Bad Request: message can't be deleted"


async def test_a_callback_is_answered_once_and_in_time() -> None:
    async with telegram_server() as server:
        card = await server.send(reply_markup=BUY)
        query_id = server.telegram.tap_button(ASHA, ASHA, card["message_id"], "Buy")
        [update] = await server.updates()
        assert update["callback_query"]["data"] == "buy:1"
        assert update["callback_query"]["message"]["reply_markup"] == BUY
        long = await server.call("answerCallbackQuery", callback_query_id=query_id, text="x" * 201)
        assert long["description"] == "Bad Request: MESSAGE_TOO_LONG"
        assert await server.bot.answer_callback_query(query_id, text="x" * 200, show_alert=True)
        with pytest.raises(BadRequest, match=r"(?i)query is too old"):
            await server.bot.answer_callback_query(query_id)
        late = server.telegram.tap(ASHA, ASHA, card["message_id"], "buy:1")
        server.clock.forward(16)
        assert (await server.call("answerCallbackQuery", callback_query_id=late))["description"] == TOO_OLD
        assert (await server.call("answerCallbackQuery", callback_query_id="12"))["description"] == TOO_OLD


async def test_a_forged_callback_is_well_formed_even_for_a_deleted_message() -> None:
    async with telegram_server() as server:
        card = await server.send(reply_markup=BUY)
        with pytest.raises(ValueError, match="no button with the data"):
            server.telegram.tap(ASHA, ASHA, card["message_id"], "buy:2")
        with pytest.raises(ValueError, match="no callback data"):
            server.telegram.tap_button(ASHA, ASHA, card["message_id"], "Copy")
        server.telegram.forge_callback(BORIS, ASHA, card["message_id"], "admin:\x00")
        server.telegram.delete_message(ASHA, ASHA, card["message_id"])
        server.telegram.forge_callback(BORIS, ASHA, card["message_id"], "buy:2")
        first, second = await server.updates()
        assert first["callback_query"]["from"]["id"] == BORIS
        assert second["callback_query"]["message"]["date"] == 0


async def test_a_message_removed_by_the_user_is_gone_for_edits() -> None:
    async with telegram_server() as server:
        sent = await server.send()
        server.telegram.delete_message(ASHA, ASHA, sent["message_id"])
        refusal = await server.call("editMessageText", chat_id=ASHA, message_id=sent["message_id"], text="x")
        assert refusal["description"] == "Bad Request: message to edit not found"
        assert [event.kind for event in server.telegram.chats[ASHA].history] == ["sent", "deleted"]
