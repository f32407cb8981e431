"""Every answer and update of the simulated Telegram against the Bot API specification."""

from typing import Any

import pytest

from bot.sandbox.telegram.world import METHODS
from tests.sandbox.telegram_spec import answer_problems, needs_spec, spec, update_problems
from tests.sandbox.telegram_support import ASHA, BORIS, GROUP, TOKEN, Server, telegram_server

pytestmark = needs_spec
USER = {"id": 5, "is_bot": False, "first_name": "A"}
CHAT = {"id": 5, "type": "private", "first_name": "A"}
MESSAGE = {"message_id": 1, "from": USER, "chat": CHAT, "date": 1, "text": "x"}
RICH = (
    '<b>B</b><i>I</i><u>U</u><s>S</s><tg-spoiler>T</tg-spoiler><code>C</code><pre><code class="language-py">P</code></pre>'
    '<blockquote expandable>Q</blockquote><a href="https://a.example/">L</a><a href="tg://user?id=501">M</a>'
    '<a href="tg://user?id=999">?</a><tg-emoji emoji-id="5">E</tg-emoji><tg-time unix="5" format="r">D</tg-time> '
    "/help @asha_k #tag $USD a@b.com https://b.example/ +91 98765 43210"
)
BUTTONS = {
    "inline_keyboard": [
        [{"text": "a", "callback_data": "1", "style": "danger"}, {"text": "b", "url": "https://a.example/"}],
        [{"text": "c", "copy_text": {"text": "1"}}, {"text": "d", "switch_inline_query_current_chat": "x"}],
    ]
}


async def talk(server: Server) -> None:
    """Call every method once with success, and cause every kind of update."""
    tg, call = server.telegram, server.call
    tg.add_group(GROUP, "Friends", [ASHA, BORIS], bot_is_admin=True)
    question = tg.send_text(ASHA, "/start @asha_k +91 98765 43210", GROUP)
    card = await call("sendMessage", chat_id=GROUP, text=RICH, parse_mode="HTML", reply_markup=BUTTONS)
    assert {entity["type"] for entity in card["entities"]} >= {"date_time", "pre", "text_mention", "bot_command"}
    place = {"chat_id": GROUP, "message_id": card["message_id"]}
    tg.send_text(BORIS, "answer", GROUP, reply_to=card["message_id"])
    tg.edit_text(ASHA, question["message_id"], "edited", GROUP)
    elsewhere = {"message_id": card["message_id"], "chat_id": GROUP}
    assert "external_reply" in await call("sendMessage", chat_id=ASHA, text="x", reply_parameters=elsewhere)
    quoting = {"message_id": card["message_id"], "quote": "BIU"}
    await call("sendMessage", chat_id=GROUP, text="x", reply_parameters=quoting, link_preview_options={"is_disabled": True})
    await call("sendChatAction", chat_id=GROUP, action="typing")
    await call("answerCallbackQuery", callback_query_id=tg.tap(ASHA, GROUP, card["message_id"], "1"))
    await call("editMessageReplyMarkup", **place)
    await call("editMessageText", **place, text="x", reply_markup=BUTTONS)
    await call("copyMessage", chat_id=BORIS, from_chat_id=GROUP, message_id=card["message_id"])
    await call("pinChatMessage", **place)
    await call("getChat", chat_id=GROUP)
    await call("unpinChatMessage", **place)
    for user in (ASHA, tg.bot["id"]):
        await call("getChatMember", chat_id=GROUP, user_id=user)
    await call("deleteMessages", chat_id=GROUP, message_ids=[card["message_id"]])
    tg.forge_callback(ASHA, GROUP, card["message_id"], "1")
    await call("deleteMessage", chat_id=GROUP, message_id=question["message_id"])
    tg.migrate_group(GROUP, -1001234567890)
    await call("leaveChat", chat_id=-1001234567890)
    await talk_about_files(server)
    await talk_about_the_bot(server)
    tg.block(BORIS)
    tg.unblock(BORIS)
    await talk_inline(server)


async def talk_about_files(server: Server) -> None:
    pixel = b"GIF89a\x01\x00\x01\x00"
    path = f"/bot{TOKEN}/"
    photo = await server.http.post(
        path + "sendPhoto", data={"chat_id": str(ASHA), "caption": "<b>x</b>", "parse_mode": "HTML"}, files={"photo": pixel}
    )
    sent = photo.json()["result"]
    await server.call("editMessageCaption", chat_id=ASHA, message_id=sent["message_id"], caption="y")
    await server.http.post(path + "sendDocument", data={"chat_id": str(ASHA)}, files={"document": ("a.csv", b"1,2")})
    media = {"type": "photo", "media": sent["photo"][0]["file_id"], "caption": "<i>z</i>", "parse_mode": "HTML"}
    await server.call("editMessageMedia", chat_id=ASHA, message_id=sent["message_id"], media=media, reply_markup=BUTTONS)
    await server.call("getFile", file_id=sent["photo"][0]["file_id"])


async def talk_about_the_bot(server: Server) -> None:
    call = server.call
    await call("setMyCommands", commands=[{"command": "buy", "description": "Buy"}])
    for name in ("Commands", "Name", "Description", "ShortDescription"):
        await call(f"getMy{name}")
    await call("setMyName", name="x")
    await call("setMyDescription", description="x")
    await call("setMyShortDescription", short_description="x")
    await call("deleteMyCommands")
    await call("setChatMenuButton", menu_button={"type": "commands"})
    await call("getChatMenuButton", chat_id=ASHA)
    await call("getUpdates", limit=1)
    await call("setWebhook", url="http://127.0.0.1:9/", allowed_updates=["message"])
    await server.telegram.until(lambda telegram: telegram.webhook.last_error)
    await call("getWebhookInfo")
    await call("deleteWebhook")
    await call("getUpdates", limit=1, allowed_updates=[])
    for name in ("getMe", "logOut", "close"):
        await call(name)


async def talk_inline(server: Server) -> None:
    tg = server.telegram
    query_id = tg.inline_query(ASHA, "x")
    content = {"message_text": "x"}
    article = {"type": "article", "id": "1", "title": "x", "input_message_content": content, "reply_markup": BUTTONS}
    await server.call("answerInlineQuery", inline_query_id=query_id, results=[article])
    tg.choose_inline_result(query_id, "1", ASHA)


async def test_every_method_and_update_keeps_to_the_specification() -> None:
    async with telegram_server() as server:
        await talk(server)
        updates = []
        while new := await server.updates():
            updates += new
        assert set(METHODS) | {"getUpdates"} == set(server.checked.answers)
        failed = [call for call in server.telegram.ledger if not call.ok]
        assert failed == []
        kinds = {kind for update in updates for kind in update} - {"update_id"}
        assert kinds == {
            "message",
            "edited_message",
            "callback_query",
            "inline_query",
            "chosen_inline_result",
            "my_chat_member",
        }
        assert [problem for update in updates for problem in update_problems(update)] == []


async def test_methods_are_called_as_the_specification_calls_them() -> None:
    assert set(METHODS) <= set(spec()["methods"])


@pytest.mark.parametrize(
    "update",
    [
        {"update_id": 1},
        {"update_id": "1", "message": MESSAGE},
        {"update_id": 1, "message": MESSAGE, "edited_message": MESSAGE},
        {"update_id": 1, "message": MESSAGE | {"colour": "red"}},
        {"update_id": 1, "message": MESSAGE | {"message_id": True}},
        {"update_id": 1, "message": {name: value for name, value in MESSAGE.items() if name != "chat"}},
        {"update_id": 1, "message": MESSAGE | {"entities": [{"type": "bold", "offset": 0}]}},
        {"update_id": 1, "message": MESSAGE | {"entities": {}}},
        {"update_id": 1, "message": MESSAGE | {"reply_markup": {"inline_keyboard": [[{"callback_data": "1"}]]}}},
        {"update_id": 1, "message": MESSAGE | {"reply_markup": {"remove_keyboard": True}}},
        {"update_id": 1, "message": []},
        {
            "update_id": 1,
            "my_chat_member": {
                "chat": CHAT,
                "from": USER,
                "date": 1,
                "old_chat_member": {"status": "member", "user": USER},
                "new_chat_member": {"status": "kicked", "user": USER},
            },
        },
    ],
)
def test_the_check_finds_what_breaks_the_specification(update: dict[str, Any]) -> None:
    assert update_problems({"update_id": 1, "message": MESSAGE}) == []
    assert update_problems(update) != []


@pytest.mark.parametrize(
    "answer",
    [
        {"ok": True, "result": {"id": 1}},
        {"ok": False, "error_code": "400", "description": "x"},
        {"ok": False, "error_code": 400},
        {"ok": False, "error_code": 400, "description": "x", "hint": "y"},
        {"ok": False, "error_code": 429, "description": "x", "parameters": {"retry_after": "5"}},
    ],
)
def test_the_check_finds_answers_that_break_the_specification(answer: dict[str, Any]) -> None:
    assert answer_problems("getMe", {"ok": True, "result": USER}) == []
    assert answer_problems("getMe", answer) != []
