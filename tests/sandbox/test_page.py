"""The chat page in a real browser: what a person sees and does, with the bot's side played over the Bot API."""

import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest

from bot.sandbox.server import Sandbox
from tests.sandbox.page_support import expect, needs_browser, open_chat

ALICE = 1001

pytestmark = needs_browser
Api = Callable[..., Awaitable[Any]]


@pytest.fixture
async def api(sandbox: Sandbox) -> AsyncIterator[Api]:
    """Call the Bot API as the bot does."""
    token = sandbox.telegram.bot_token.get_secret_value()
    async with httpx.AsyncClient(base_url=f"{sandbox.telegram_base_url}{token}/", trust_env=False) as client:

        async def call(method: str, **params: Any) -> Any:
            answer = (await client.post(method, json=params)).json()
            assert answer["ok"], answer
            return answer["result"]

        yield call


@pytest.fixture
async def page(sandbox: Sandbox) -> AsyncIterator[Any]:
    """Alice's chat after she has pressed Start."""
    async with open_chat(sandbox) as opened:
        await opened.get_by_test_id("start").click()
        await opened.get_by_test_id("message").wait_for()
        yield opened


def _keyboard(*buttons: dict[str, Any]) -> dict[str, Any]:
    return {"inline_keyboard": [[button] for button in buttons]}


async def _query(sandbox: Sandbox) -> str:
    """Wait for a tap and return its callback query's id."""
    return await sandbox.telegram.until(
        lambda telegram: next((query_id for query_id, query in telegram.queries.items() if query.answer is None), None)
    )


async def test_start_sends_the_command_and_the_composer_the_words(sandbox: Sandbox, page: Any) -> None:
    await page.get_by_test_id("composer").fill("hello <b>there</b>")
    await page.get_by_test_id("send").click()
    await page.get_by_test_id("message").nth(1).wait_for()
    texts = [message["text"] for message in sandbox.telegram.messages(ALICE)]
    assert texts == ["/start", "hello <b>there</b>"]
    assert "hello <b>there</b>" in await page.get_by_test_id("message").nth(1).inner_text()


async def test_a_tapped_button_spins_until_its_answer_and_two_clicks_are_two_taps(sandbox: Sandbox, page: Any, api: Api) -> None:
    await api("sendMessage", chat_id=ALICE, text="Buy?", reply_markup=_keyboard({"text": "Buy", "callback_data": "b:1"}))
    button = page.locator('[data-testid="kb"][data-label="Buy"]')
    await button.dblclick()
    await sandbox.telegram.until(lambda telegram: len(telegram.queries) == 2)
    assert await button.get_attribute("aria-busy") == "true"
    first, second = sandbox.telegram.queries
    await api("answerCallbackQuery", callback_query_id=first, text="Bought")
    await expect(page.get_by_test_id("toast")).to_have_text("Bought")
    assert await button.get_attribute("aria-busy") == "true"
    await api("answerCallbackQuery", callback_query_id=second)
    await expect(button).to_have_attribute("aria-busy", "false")


async def test_an_alert_waits_for_its_ok(sandbox: Sandbox, page: Any, api: Api) -> None:
    await api("sendMessage", chat_id=ALICE, text="?", reply_markup=_keyboard({"text": "Ask", "callback_data": "a"}))
    await page.locator('[data-label="Ask"]').click()
    await api("answerCallbackQuery", callback_query_id=await _query(sandbox), text="Not enough money", show_alert=True)
    alert = page.get_by_test_id("alert")
    await expect(alert).to_contain_text("Not enough money")
    await page.keyboard.press("Enter")
    await expect(alert).to_have_count(0)


async def test_a_copy_button_copies_and_says_so(page: Any, api: Api) -> None:
    button = {"text": "Copy it", "copy_text": {"text": "+919163001234"}}
    await api("sendMessage", chat_id=ALICE, text="Number", reply_markup=_keyboard(button))
    await page.locator('[data-label="Copy it"]').click()
    await expect(page.get_by_test_id("toast")).to_have_text("Copied")
    assert await page.evaluate("navigator.clipboard.readText()") == "+919163001234"


async def test_an_edit_a_deletion_and_a_reply_are_followed(page: Any, api: Api) -> None:
    card = await api("sendMessage", chat_id=ALICE, text="Waiting", reply_markup=_keyboard({"text": "X", "callback_data": "x"}))
    code = await api("sendMessage", chat_id=ALICE, text="Code 1", reply_parameters={"message_id": card["message_id"]})
    quoted = page.locator(f'[data-message-id="{code["message_id"]}"] .reply')
    await expect(quoted).to_contain_text("Waiting")
    await api("editMessageText", chat_id=ALICE, message_id=card["message_id"], text="Finished")
    row = page.locator(f'[data-message-id="{card["message_id"]}"]')
    await expect(row).to_contain_text("Finished")
    await expect(row).to_contain_text("edited")
    await expect(row.get_by_test_id("kb")).to_have_count(0)
    await api("deleteMessage", chat_id=ALICE, message_id=card["message_id"])
    await expect(row).to_have_count(0)


async def test_formatting_is_shown_and_markup_in_text_is_text(page: Any, api: Api) -> None:
    text = (
        "<b>bold</b> <code>12-34</code> <tg-spoiler>hidden</tg-spoiler> &lt;img src=x onerror=alert(1)&gt; 😀 "
        '<a href="https://example.com/a">link</a> <blockquote expandable>1\n2\n3\n4</blockquote>'
    )
    sent = await api("sendMessage", chat_id=ALICE, text=text, parse_mode="HTML")
    row = page.locator(f'[data-message-id="{sent["message_id"]}"]')
    await expect(row.locator("b")).to_have_text("bold")
    await expect(row.locator("img")).to_have_count(0)
    await expect(row).to_contain_text("<img src=x onerror=alert(1)> 😀 link")
    await expect(row.locator(".spoiler-text")).to_be_hidden()
    await row.locator(".spoiler").click()
    await expect(row.locator(".spoiler-text")).to_be_visible()
    await row.locator("button.code").click()
    assert await page.evaluate("navigator.clipboard.readText()") == "12-34"
    await row.locator(".link").click()
    await expect(page.get_by_test_id("confirm")).to_contain_text("https://example.com/a")


async def test_a_countdown_runs_by_itself(page: Any, api: Api) -> None:
    unix = int(time.time()) + 600
    text = f'Left: <tg-time unix="{unix}" format="r">ten minutes</tg-time>'
    await api("sendMessage", chat_id=ALICE, text=text, parse_mode="HTML")
    countdown = page.locator("time[data-relative]")
    await expect(countdown).to_have_text(re.compile(r"^in (10 min 0|9 min \d+) s$"))
    before = await countdown.inner_text()
    await expect(countdown).not_to_have_text(before)


async def test_a_client_of_another_language_is_greeted_and_counts_down_in_it(sandbox: Sandbox, page: Any, api: Api) -> None:
    await api("setMyDescription", description="Buys numbers")
    await api("setMyDescription", description="Покупает номера", language_code="ru")
    sandbox.telegram.add_user(1005, "Иван", language_code="ru-RU")
    sandbox.telegram.add_user(1006, "Asha", language_code="hi")
    await page.goto(f"{sandbox.url}/#1006")
    await page.reload()
    await expect(page.locator(".start-text")).to_have_text("Buys numbers")
    await page.goto(f"{sandbox.url}/#1005")
    await expect(page.locator(".start-text")).to_have_text("Покупает номера")
    left = f'<tg-time unix="{int(time.time()) + 600}" format="r">ten minutes</tg-time>'
    for user_id, words in ((1005, r"^через (10 мин 0|9 мин \d+) с"), (1006, r"(10 मि॰ 0|9 मि॰ \d+) से॰")):
        sandbox.telegram.send_text(user_id, "/start")
        await api("sendMessage", chat_id=user_id, text=left, parse_mode="HTML")
        await page.goto(f"{sandbox.url}/#{user_id}")
        countdown = page.locator("time[data-relative]")
        await expect(countdown).to_have_text(re.compile(words))
        before = await countdown.inner_text()
        await expect(countdown).not_to_have_text(before)


async def test_another_chat_shows_what_is_unread_until_it_is_opened(sandbox: Sandbox, page: Any, api: Api) -> None:
    sandbox.telegram.send_text(1002, "/start")
    await api("sendMessage", chat_id=1002, text="Hello Bob")
    item = page.get_by_test_id("chat-1002")
    await expect(item.locator(".badge")).to_have_text("1")
    await expect(item).to_contain_text("Hello Bob")
    await item.click()
    await expect(item.locator(".badge")).to_be_hidden()
    await expect(page.get_by_test_id("message")).to_have_count(2)
    assert page.url.endswith("#1002")


async def test_own_messages_can_be_edited_and_deleted_from_the_menu(sandbox: Sandbox, page: Any) -> None:
    row = page.get_by_test_id("message").first
    await row.click(button="right")
    await page.get_by_test_id("menu-edit").click()
    await page.get_by_test_id("composer").fill("changed")
    await page.get_by_test_id("composer").press("Enter")
    await expect(row).to_contain_text("changed")
    await row.click(button="right")
    await page.get_by_test_id("menu-delete").click()
    await page.get_by_test_id("confirm").get_by_role("button", name="Delete").click()
    await sandbox.telegram.until(lambda telegram: not telegram.messages(ALICE))


async def test_typing_a_slash_offers_the_commands(sandbox: Sandbox, page: Any, api: Api) -> None:
    commands = [{"command": "buy", "description": "Buy a number"}, {"command": "help", "description": "How it works"}]
    await api("setMyCommands", commands=commands)
    await expect(page.get_by_test_id("commands")).to_be_visible()
    await page.get_by_test_id("composer").press_sequentially("/b")
    await expect(page.get_by_test_id("suggestion")).to_have_text(re.compile("/buy"))
    await page.get_by_test_id("composer").press("Enter")
    await sandbox.telegram.until(lambda telegram: telegram.last_message(ALICE)["text"] == "/buy")
    assert not await page.get_by_test_id("composer").input_value()


async def test_a_reply_keyboard_answers_with_its_label_and_goes(sandbox: Sandbox, page: Any, api: Api) -> None:
    await api("sendMessage", chat_id=ALICE, text="Sure?", reply_markup={"keyboard": [[{"text": "Yes"}, {"text": "No"}]]})
    await page.locator('[data-testid="rk"][data-label="Yes"]').click()
    await sandbox.telegram.until(lambda telegram: telegram.last_message(ALICE)["text"] == "Yes")
    await api("sendMessage", chat_id=ALICE, text="Fine", reply_markup={"remove_keyboard": True})
    await expect(page.get_by_test_id("rk")).to_have_count(0)


async def test_blocking_the_bot_takes_the_composer_away_until_it_is_undone(sandbox: Sandbox, page: Any) -> None:
    await page.get_by_test_id("chat-menu").click()
    await page.get_by_test_id("menu-block-bot").click()
    await page.get_by_test_id("unblock").wait_for()
    await expect(page.get_by_text("You blocked the bot")).to_be_visible()
    assert sandbox.telegram.users[ALICE].blocked
    await page.get_by_test_id("unblock").click()
    await expect(page.get_by_test_id("composer")).to_be_visible()
    assert not sandbox.telegram.users[ALICE].blocked


async def test_typing_is_shown_until_the_message_comes(page: Any, api: Api) -> None:
    await api("sendChatAction", chat_id=ALICE, action="typing")
    await expect(page.get_by_test_id("typing")).to_be_visible()
    await api("sendMessage", chat_id=ALICE, text="Here it is")
    await expect(page.get_by_test_id("typing")).to_have_count(0)


async def test_a_forced_reply_answers_the_message(sandbox: Sandbox, page: Any, api: Api) -> None:
    markup = {"force_reply": True, "input_field_placeholder": "Paste the token"}
    asked = await api("sendMessage", chat_id=ALICE, text="Your token?", reply_markup=markup)
    await expect(page.get_by_test_id("composer")).to_have_attribute("placeholder", "Paste the token")
    await page.get_by_test_id("composer").fill("abc")
    await page.get_by_test_id("composer").press("Enter")
    await sandbox.telegram.until(lambda telegram: telegram.last_message(ALICE)["text"] == "abc")
    sent = sandbox.telegram.last_message(ALICE)
    assert sent["reply_to_message"]["message_id"] == asked["message_id"]


async def test_an_inline_query_offers_results_and_the_chosen_one_is_sent(sandbox: Sandbox, page: Any, api: Api) -> None:
    name = sandbox.telegram.bot["username"]
    await page.get_by_test_id("composer").press_sequentially(f"@{name} whats")
    query = await _query(sandbox)
    content = {"message_text": "/buy whatsapp"}
    results = [{"type": "article", "id": "1", "title": "WhatsApp", "description": "₹38.50", "input_message_content": content}]
    await api("answerInlineQuery", inline_query_id=query, results=results, cache_time=0)
    await page.get_by_test_id("suggestion").filter(has_text="WhatsApp").click()
    await sandbox.telegram.until(lambda telegram: telegram.last_message(ALICE)["text"] == "/buy whatsapp")


async def test_reading_further_up_is_not_disturbed_by_news(page: Any, api: Api) -> None:
    for number in range(30):
        await api("sendMessage", chat_id=ALICE, text=f"Message {number}")
    await expect(page.get_by_test_id("message").filter(has_text="Message 29")).to_be_in_viewport()
    await page.locator(".scroller").evaluate("(scroller) => scroller.scrollTo(0, 0)")
    down = page.get_by_role("button", name="Go to the newest message")
    await expect(down).to_be_visible()
    await api("sendMessage", chat_id=ALICE, text="News")
    await expect(down).to_contain_text("1")
    await expect(page.get_by_test_id("message").filter(has_text="News")).not_to_be_in_viewport()
    await down.click()
    await expect(page.get_by_test_id("message").filter(has_text="News")).to_be_in_viewport()
