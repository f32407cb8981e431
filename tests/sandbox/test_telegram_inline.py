"""Inline mode of the simulated Telegram: answers are kept as long as the bot allows, and buttons and places are as in the real one."""

from typing import Any

import pytest

from tests.sandbox.telegram_support import ASHA, BORIS, GROUP, Server, telegram_server

ARTICLE = {"type": "article", "id": "1", "title": "x", "input_message_content": {"message_text": "x"}}


async def asked(server: Server) -> list[dict[str, Any]]:
    return [update["inline_query"] for update in await server.updates() if "inline_query" in update]


@pytest.mark.parametrize(("personal", "others_ask"), [(True, 1), (False, 0)])
async def test_an_answer_is_kept_for_its_time_for_one_or_for_all(personal: bool, others_ask: int) -> None:
    async with telegram_server() as server:
        first = server.telegram.inline_query(ASHA, "wh")
        assert len(await asked(server)) == 1
        await server.call("answerInlineQuery", inline_query_id=first, results=[ARTICLE], cache_time=10, is_personal=personal)
        again = server.telegram.inline_query(ASHA, "wh")
        assert server.telegram.queries[again].answer == server.telegram.queries[first].answer
        assert server.telegram.choose_inline_result(again, "1", ASHA)["text"] == "x"
        server.telegram.inline_query(BORIS, "wh")
        assert len(await asked(server)) == others_ask
        server.telegram.inline_query(ASHA, "wh", "50")
        server.telegram.inline_query(ASHA, "wha")
        assert len(await asked(server)) == 2
        server.clock.forward(10)
        server.telegram.inline_query(ASHA, "wh")
        assert len(await asked(server)) == 1


async def test_an_answer_that_may_not_be_kept_is_asked_for_again() -> None:
    async with telegram_server() as server:
        first = server.telegram.inline_query(ASHA, "")
        await server.call("answerInlineQuery", inline_query_id=first, results=[], cache_time=0)
        server.telegram.inline_query(ASHA, "")
        assert len(await asked(server)) == 2


@pytest.mark.parametrize(
    ("button", "description"),
    [
        ("x", "can't parse inline query results button JSON object"),
        ([1], "can't parse inline query results button: Object expected"),
        ({"start_parameter": "x"}, 'can\'t find field "text"'),
        ({"text": "x"}, "exactly one of the fields start_parameter and web_app must be specified"),
        ({"text": "x", "start_parameter": ""}, "START_PARAM_INVALID"),
        ({"text": "x", "start_parameter": "a b"}, "START_PARAM_INVALID"),
        ({"text": "x", "start_parameter": "x" * 65}, "START_PARAM_INVALID"),
    ],
)
async def test_a_wrong_button_is_refused(button: Any, description: str) -> None:
    async with telegram_server() as server:
        query = server.telegram.inline_query(ASHA, "x")
        refusal = await server.call("answerInlineQuery", inline_query_id=query, results=[], button=button)
        assert refusal["description"] == f"Bad Request: {description}"


async def test_the_bot_learns_in_which_kind_of_chat_is_typed_and_sees_what_is_sent_through_it() -> None:
    async with telegram_server() as server:
        server.telegram.add_group(GROUP, "Friends", [ASHA])
        server.telegram.inline_query(ASHA, "x")
        query = server.telegram.inline_query(ASHA, "y", chat_id=GROUP)
        assert [one["chat_type"] for one in await asked(server)] == ["sender", "group"]
        await server.call("answerInlineQuery", inline_query_id=query, results=[ARTICLE])
        server.telegram.choose_inline_result(query, "1", GROUP)
        seen = [update["message"] for update in await server.updates() if "message" in update]
        assert [(message["chat"]["id"], message["via_bot"]["id"]) for message in seen] == [(GROUP, server.telegram.bot["id"])]
        with pytest.raises(ValueError, match="no chat"):
            server.telegram.inline_query(BORIS, "x", chat_id=GROUP)


async def test_without_inline_mode_nobody_can_ask() -> None:
    async with telegram_server() as server:
        server.telegram.inline_mode = False
        assert (await server.call("getMe"))["supports_inline_queries"] is False
        with pytest.raises(ValueError, match="no inline mode"):
            server.telegram.inline_query(ASHA, "x")
