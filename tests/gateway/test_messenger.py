"""Screens on their way to Telegram, and what its usual refusals mean for them."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from telegram.error import BadRequest, TelegramError

from bot.gateway.limiter import Limiter, Priority
from bot.gateway.messenger import Messenger
from bot.screens.callbacks import Menu
from bot.screens.screen import Screen, button, html
from bot.services.letters import Letter
from storage.models import Content
from tests.gateway.support import Reply, Telegram, ok, refusal

SCREEN = Screen(html("<b>{x}</b> &amp; {x}", x="<1>"), [[button("Menu", Menu())]])
PLAIN = "<1> & <1>"
CHAT, MESSAGE = 7, 5

NOT_MODIFIED = refusal(400, "Bad Request: message is not modified: specified new message content is the same")
GONE = refusal(400, "Bad Request: message to edit not found")
MARKUP = refusal(400, "Bad Request: can't parse entities: Unsupported start tag")
BLOCKED = refusal(403, "Forbidden: bot was blocked by the user")
STALE = refusal(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
UNKNOWN = refusal(400, "Bad Request: something new")
BROKEN = Reply(502, b"<html>Bad Gateway</html>")
CUT = Reply(cut=True)


@pytest.fixture
async def messenger(telegram: Telegram) -> AsyncIterator[Messenger]:
    async with telegram.bot(Limiter()) as bot:
        yield Messenger(bot)


def markup(parameters: dict[str, str]) -> Any:
    return json.loads(parameters["reply_markup"])


async def test_a_screen_is_sent_as_html_with_its_buttons_and_without_previews(telegram: Telegram, messenger: Messenger) -> None:
    assert await messenger.send(CHAT, SCREEN, Priority.TAP) == 1
    [sent] = telegram.parameters("sendMessage")
    assert (sent["chat_id"], sent["text"], sent["parse_mode"]) == ("7", str(SCREEN.text), "HTML")
    assert markup(sent) == {"inline_keyboard": [[{"text": "Menu", "callback_data": "menu"}]]}
    assert json.loads(sent["link_preview_options"]) == {"is_disabled": True}
    assert "reply_parameters" not in sent
    assert sent["disable_notification"] == "false"


async def test_a_reply_is_sent_even_where_what_it_replies_to_is_gone(telegram: Telegram, messenger: Messenger) -> None:
    await messenger.send(CHAT, Screen(html("x")), Priority.CODE, reply_to=MESSAGE, silent=True)
    [sent] = telegram.parameters("sendMessage")
    assert json.loads(sent["reply_parameters"]) == {"message_id": MESSAGE, "allow_sending_without_reply": True}
    assert sent["disable_notification"] == "true"
    assert "reply_markup" not in sent


async def test_text_that_cannot_be_parsed_is_sent_plain_with_all_else_as_it_was(telegram: Telegram, messenger: Messenger) -> None:
    telegram.reply("sendMessage", MARKUP)
    await messenger.send(CHAT, SCREEN, Priority.CODE, reply_to=MESSAGE)
    first, second = telegram.parameters("sendMessage")
    assert second["text"] == PLAIN
    assert "parse_mode" not in second
    assert {name: value for name, value in first.items() if name not in {"text", "parse_mode"}} == {
        name: value for name, value in second.items() if name != "text"
    }


@pytest.mark.parametrize("reply", [BLOCKED, UNKNOWN, BROKEN, CUT])
async def test_a_message_that_was_not_sent_is_the_callers_business(telegram: Telegram, messenger: Messenger, reply: Reply) -> None:
    telegram.reply("sendMessage", reply)
    with pytest.raises(TelegramError):
        await messenger.send(CHAT, SCREEN, Priority.TAP)
    assert len(telegram.parameters("sendMessage")) == 1


@pytest.mark.parametrize(
    ("replies", "shown"), [([], True), ([NOT_MODIFIED], True), ([GONE], False), ([MARKUP], True), ([MARKUP, GONE], False)]
)
async def test_an_edit_tells_whether_the_message_shows_the_screen(
    telegram: Telegram, messenger: Messenger, replies: list[Reply], shown: bool
) -> None:
    telegram.reply("editMessageText", *replies)
    assert await messenger.edit(CHAT, MESSAGE, SCREEN, Priority.CARD) is shown
    calls = telegram.parameters("editMessageText")
    assert [call["text"] for call in calls] == [str(SCREEN.text), PLAIN][: len(calls)]
    assert len(calls) == (2 if MARKUP in replies else 1)
    assert all(call["message_id"] == "5" and markup(call)["inline_keyboard"] for call in calls)


@pytest.mark.parametrize("reply", [BLOCKED, UNKNOWN, BROKEN, CUT])
async def test_an_edit_that_failed_for_another_reason_raises(telegram: Telegram, messenger: Messenger, reply: Reply) -> None:
    telegram.reply("editMessageText", reply)
    with pytest.raises(TelegramError):
        await messenger.edit(CHAT, MESSAGE, SCREEN, Priority.CARD)


async def test_buttons_are_taken_off(telegram: Telegram, messenger: Messenger) -> None:
    await messenger.strip(CHAT, MESSAGE)
    [call] = telegram.parameters("editMessageReplyMarkup")
    assert call == {"chat_id": "7", "message_id": "5"}


@pytest.mark.parametrize("method", ["editMessageReplyMarkup", "answerCallbackQuery", "sendChatAction"])
@pytest.mark.parametrize("reply", [NOT_MODIFIED, GONE, BLOCKED, STALE, BROKEN, CUT])
async def test_what_does_not_matter_may_fail(telegram: Telegram, messenger: Messenger, method: str, reply: Reply) -> None:
    telegram.reply(method, reply)
    await act(messenger, method)
    assert len(telegram.parameters(method)) == 1


@pytest.mark.parametrize("method", ["editMessageReplyMarkup", "answerCallbackQuery", "sendChatAction"])
async def test_but_what_nobody_knows_is_a_bug(telegram: Telegram, messenger: Messenger, method: str) -> None:
    telegram.reply(method, UNKNOWN)
    with pytest.raises(BadRequest):
        await act(messenger, method)


async def act(messenger: Messenger, method: str) -> None:
    match method:
        case "editMessageReplyMarkup":
            await messenger.strip(CHAT, MESSAGE)
        case "answerCallbackQuery":
            await messenger.answer("1")
        case _:
            await messenger.typing(CHAT)


@pytest.mark.parametrize(
    ("reply", "deleted"), [(Reply(), True), (GONE, False), (BLOCKED, False), (UNKNOWN, False), (BROKEN, False), (CUT, False)]
)
async def test_a_deletion_tells_whether_the_message_is_surely_gone(
    telegram: Telegram, messenger: Messenger, reply: Reply, deleted: bool
) -> None:
    telegram.reply("deleteMessage", reply)
    assert await messenger.delete(CHAT, MESSAGE) is deleted
    assert telegram.parameters("deleteMessage") == [{"chat_id": "7", "message_id": "5"}]


async def test_a_broadcast_goes_out_as_it_was_written(telegram: Telegram, messenger: Messenger) -> None:
    entities = [{"type": "bold", "offset": 3, "length": 5}, {"type": "text_link", "offset": 0, "length": 2, "url": "https://example.org/"}]
    assert await messenger.send_letter(CHAT, Letter("🎉 Hello <b>", json.dumps(entities)), None, Priority.BROADCAST) == 1
    [sent] = telegram.parameters("sendMessage")
    assert sent["text"] == "🎉 Hello <b>"
    assert "parse_mode" not in sent
    assert json.loads(sent["entities"]) == entities
    await messenger.send_letter(CHAT, Letter("plain"), None, Priority.BROADCAST)
    assert telegram.parameters("sendMessage")[-1].get("entities", "[]") == "[]"


@pytest.mark.parametrize(("content", "method"), [(Content.PHOTO, "sendPhoto"), (Content.DOCUMENT, "sendDocument")])
async def test_a_picture_and_a_file_go_out_by_what_telegram_calls_them(
    telegram: Telegram, messenger: Messenger, content: Content, method: str
) -> None:
    entities = [{"type": "bold", "offset": 0, "length": 5}]
    letter = Letter("Hello", json.dumps(entities), content, "file-id")
    telegram.reply(method, ok({"message_id": 1, "date": 1700000000, "chat": {"id": CHAT, "type": "private"}}))
    assert await messenger.send_letter(CHAT, letter, SCREEN.keyboard, Priority.BROADCAST) == 1
    [sent] = telegram.parameters(method)
    assert (sent[content.value], sent["caption"], json.loads(sent["caption_entities"])) == ("file-id", "Hello", entities)
    assert "Menu" in sent["reply_markup"]


ERASED = [
    (None, True),
    (refusal(400, "Bad Request: message to delete not found"), True),
    (refusal(400, "Bad Request: message can't be deleted for everyone"), False),
    (BLOCKED, False),
    (UNKNOWN, None),
    (BROKEN, None),
]


@pytest.mark.parametrize(("answer", "erased"), ERASED)
async def test_what_is_gone_already_counts_as_erased(
    telegram: Telegram, messenger: Messenger, answer: Reply | None, erased: bool | None
) -> None:
    telegram.reply("deleteMessage", answer or ok(True))
    if erased is None:
        with pytest.raises(TelegramError):
            await messenger.erase(CHAT, MESSAGE)
    else:
        assert await messenger.erase(CHAT, MESSAGE) is erased


@pytest.mark.parametrize("answer", [None, GONE, NOT_MODIFIED])
async def test_buttons_are_changed_below_whatever_is_there(telegram: Telegram, messenger: Messenger, answer: Reply | None) -> None:
    if answer is not None:
        telegram.reply("editMessageReplyMarkup", answer)
    assert SCREEN.keyboard is not None
    await messenger.edit_keyboard(CHAT, MESSAGE, SCREEN.keyboard, Priority.TAP)
    [sent] = telegram.parameters("editMessageReplyMarkup")
    assert (sent["chat_id"], sent["message_id"]) == ("7", "5")
    telegram.reply("editMessageReplyMarkup", BLOCKED)
    with pytest.raises(TelegramError):
        await messenger.edit_keyboard(CHAT, MESSAGE, SCREEN.keyboard, Priority.TAP)


async def test_a_message_follows_its_group_to_the_supergroup(telegram: Telegram, messenger: Messenger) -> None:
    telegram.reply("sendMessage", refusal(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=-1009))
    assert await messenger.send(-9, SCREEN, Priority.TAP) == 1
    assert [sent["chat_id"] for sent in telegram.parameters("sendMessage")] == ["-9", "-1009"]
