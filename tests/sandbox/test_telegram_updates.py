import asyncio
from typing import Any

import httpx
import pytest
from telegram.error import InvalidToken

from tests.sandbox.telegram_support import ASHA, BORIS, GROUP, TOKEN, telegram_server


def texts(updates: list[dict[str, Any]]) -> list[str]:
    return [update["message"]["text"] for update in updates]


async def test_updates_stay_until_a_higher_offset_confirms_them() -> None:
    async with telegram_server() as server:
        for text in ("one", "two", "three"):
            server.telegram.send_text(ASHA, text)
        first = await server.call("getUpdates")
        assert texts(first) == ["one", "two", "three"]
        assert texts(await server.call("getUpdates")) == ["one", "two", "three"]
        assert texts(await server.call("getUpdates", offset=first[1]["update_id"])) == ["two", "three"]
        assert texts(await server.call("getUpdates", limit=1)) == ["two"]
        assert texts(await server.call("getUpdates", offset=-1)) == ["three"]
        assert await server.call("getUpdates", offset=first[2]["update_id"] + 1) == []


async def test_a_long_poll_returns_when_something_happens() -> None:
    async with telegram_server() as server:
        poll = await server.polling()
        server.telegram.send_text(ASHA, "hello")
        assert texts(await poll) == ["hello"]


async def test_the_library_polls() -> None:
    async with telegram_server() as server:
        server.telegram.send_text(ASHA, "/start now")
        [update] = await server.bot.get_updates(timeout=5)
        assert update.message is not None
        assert update.message.parse_entities() == {update.message.entities[0]: "/start"}
        assert update.effective_user is not None
        assert update.effective_user.language_code == "en"


async def test_a_second_poller_ends_the_first() -> None:
    async with telegram_server() as server:
        first = await server.polling()
        second = await server.polling()
        refusal = await first
        assert refusal["error_code"] == 409
        assert refusal["description"] == (
            "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
        )
        server.telegram.send_text(ASHA, "x")
        assert texts(await second) == ["x"]


async def test_a_poll_ends_with_its_caller() -> None:
    async with telegram_server() as server:
        poll = await server.polling()
        poll.cancel()
        await server.telegram.until(lambda telegram: telegram.poller is None)


async def test_only_wanted_kinds_are_queued() -> None:
    async with telegram_server() as server:
        assert await server.call("getUpdates", allowed_updates=["callback_query", "my_chat_member"]) == []
        server.telegram.send_text(ASHA, "not for you")
        server.telegram.block(ASHA)
        [update] = await server.updates()
        assert "my_chat_member" in update
        assert await server.updates(allowed_updates=[]) == []
        server.telegram.unblock(ASHA)
        server.telegram.send_text(ASHA, "for you")
        assert texts((await server.updates())[1:]) == ["for you"]


async def test_an_update_can_come_again_and_any_update_can_come() -> None:
    async with telegram_server() as server:
        server.telegram.send_text(ASHA, "once")
        [update] = await server.updates()
        server.telegram.repeat_update(update["update_id"])
        server.telegram.repeat_update(update["update_id"])
        assert await server.updates() == [update, update]
        assert await server.updates() == []
        with pytest.raises(KeyError):
            server.telegram.repeat_update(1)
        made = server.telegram.push_update({"message": update["message"]})
        assert [item["update_id"] for item in await server.updates()] == [made]


async def test_edits_reach_the_bot_and_deletions_do_not() -> None:
    async with telegram_server() as server:
        message = server.telegram.send_text(ASHA, "tokn")
        server.telegram.edit_text(ASHA, message["message_id"], "token")
        server.telegram.delete_message(ASHA, ASHA, message["message_id"])
        _, edited = await server.updates()
        assert edited["edited_message"]["text"] == "token"
        with pytest.raises(ValueError, match="no message"):
            server.telegram.edit_text(ASHA, message["message_id"], "x")


async def test_in_groups_the_bot_sees_what_privacy_mode_lets_through() -> None:
    async with telegram_server() as server:
        server.telegram.add_group(GROUP, "Friends", [ASHA, BORIS])
        mine = await server.call("sendMessage", chat_id=GROUP, text="hello")
        server.telegram.send_text(ASHA, "between us", GROUP)
        server.telegram.send_text(ASHA, "/start", GROUP)
        server.telegram.send_text(BORIS, "reply", GROUP, reply_to=mine["message_id"])
        server.telegram.send_text(BORIS, "hey @otpbuddy_bot", GROUP)
        joined, *seen = await server.updates()
        assert joined["my_chat_member"]["new_chat_member"]["status"] == "member"
        assert texts(seen) == ["/start", "reply", "hey @otpbuddy_bot"]
        server.telegram.add_group(GROUP - 1, "Ours", [ASHA], bot_is_admin=True)
        server.telegram.send_text(ASHA, "all of it", GROUP - 1)
        assert texts((await server.updates())[1:]) == ["all of it"]


async def test_ids_of_messages_are_shared_but_in_supergroups() -> None:
    async with telegram_server() as server:
        server.telegram.add_group(-1001000000001, "Big", [ASHA], supergroup=True)
        first = server.telegram.send_text(ASHA, "a")["message_id"]
        second = server.telegram.send_text(BORIS, "b")["message_id"]
        assert second == first + 1
        assert server.telegram.send_text(ASHA, "c", -1001000000001)["message_id"] == 1


async def test_a_wrong_token_or_method_is_refused() -> None:
    async with telegram_server() as server:
        wrong = await server.http.get("/bot1:x/getMe")
        assert (wrong.status_code, wrong.json()["description"]) == (401, "Unauthorized")
        assert (await server.http.get("/file/bot1:x/a.txt")).status_code == 401
        unknown = await server.http.get(f"/bot{TOKEN}/getNothing")
        assert unknown.status_code == 404
        assert unknown.json() == {"ok": False, "error_code": 404, "description": "Not Found: method not found"}
        wrong_bot = type(server.bot)("1:x", base_url=f"{server.url}/bot")
        with pytest.raises(InvalidToken):
            await wrong_bot.initialize()
        await wrong_bot.shutdown()


async def test_parameters_come_in_any_form() -> None:
    async with telegram_server() as server:
        path, params = f"/bot{TOKEN}/sendmessage", {"chat_id": str(ASHA), "text": "x", "entities": "[]"}
        answers = [
            await server.http.get(path, params=params),
            await server.http.post(path, data=params),
            await server.http.post(path, json=params),
            await server.http.post(path, params=params),
            await server.http.post(path, data=params, files={"unused": b""}),
        ]
        assert [answer.json()["result"]["text"] for answer in answers] == ["x"] * 5
        broken = await server.http.post(path, content=b"{", headers={"content-type": "application/json"})
        assert broken.json()["description"] == "Bad Request: can't parse JSON object in the request body"


async def test_waiting_in_vain_shows_the_last_calls() -> None:
    async with telegram_server() as server:
        await server.call("sendMessage", chat_id=77, text="x")
        with pytest.raises(TimeoutError, match=r"sendMessage.*chat not found"):
            await server.telegram.until_message(ASHA, containing="never", timeout=0)
        sent = await server.call("sendMessage", chat_id=ASHA, text="Your code: 1234")
        server.telegram.send_text(ASHA, "code?")
        found = await server.telegram.until_message(ASHA, containing="code")
        assert found["message_id"] == sent["message_id"]
        with pytest.raises(LookupError, match="empty"):
            server.telegram.last_message(BORIS)


async def test_the_token_is_shown_nowhere() -> None:
    async with telegram_server() as server:
        await server.call("getMe")
        await server.http.get(f"/bot{TOKEN}x/getMe")
        shown = [repr(vars(server.telegram)), server.telegram.dump(), (await server.http.get("/sandbox/ledger")).text]
        assert all(TOKEN.partition(":")[2] not in text for text in shown)


async def test_the_server_closes_with_a_poll_and_a_stream_open() -> None:
    async with httpx.AsyncClient(trust_env=False, timeout=20) as client:
        async with telegram_server() as server:
            poll = await server.polling()
            response = await client.send(client.build_request("GET", f"{server.url}/sandbox/events"), stream=True)
            assert response.status_code == 200
        assert (await response.aread()).startswith(b"event: snapshot\n")
        await asyncio.wait({poll}, timeout=5)
        assert poll.done()
        poll.exception()
