import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from starlette.applications import Starlette

from bot.sandbox.serve import serve
from bot.sandbox.telegram import Telegram
from bot.sandbox.telegram.page_api import page_routes
from tests.sandbox.telegram_support import ASHA, BORIS, GROUP, TOKEN, Clock, Server, telegram_server

BUTTONS = [[{"text": "Buy", "callback_data": "buy:1"}, {"text": "Copy", "copy_text": {"text": "1"}}]]


@asynccontextmanager
async def events(server: Server) -> AsyncIterator[AsyncIterator[tuple[str, Any]]]:
    async with server.http.stream("GET", "/sandbox/events") as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        yield read_events(response)


async def read_events(response: httpx.Response) -> AsyncIterator[tuple[str, Any]]:
    name = ""
    async for line in response.aiter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


async def act(server: Server, user_id: int, action: str, **body: Any) -> httpx.Response:
    return await server.http.post(f"/sandbox/users/{user_id}/{action}", json=body)


async def test_a_page_sees_everything_from_the_snapshot_on() -> None:
    async with telegram_server() as server:
        server.telegram.add_group(GROUP, "Friends", [ASHA, BORIS])
        await server.call("setMyCommands", commands=[{"command": "buy", "description": "Buy a number"}])
        await server.call("setMyDescription", description="Numbers for codes")
        server.telegram.send_text(ASHA, "/start")
        async with events(server) as stream:
            name, snapshot = await anext(stream)
            assert name == "snapshot"
            assert snapshot["bot"]["id"] == server.telegram.bot["id"]
            assert [user["blocked"] for user in snapshot["users"]] == [False, False]
            assert [chat["members"] for chat in snapshot["chats"]] == [[ASHA], [BORIS], [ASHA, BORIS]]
            assert snapshot["messages"][str(ASHA)][0]["text"] == "/start"
            assert snapshot["commands"][str(GROUP)] == [{"command": "buy", "description": "Buy a number"}]
            assert (snapshot["descriptions"], snapshot["inline_placeholder"]) == ({"": "Numbers for codes"}, None)

            markup = {"inline_keyboard": BUTTONS}
            await server.call("sendChatAction", chat_id=ASHA, action="typing")
            assert await anext(stream) == ("action", {"chat_id": ASHA, "action": "typing"})
            sent = await server.call("sendMessage", chat_id=ASHA, text="Card", reply_markup=markup)
            assert await anext(stream) == ("message", {"chat_id": ASHA, "message": sent})
            place = {"chat_id": ASHA, "message_id": sent["message_id"]}
            tapped = await act(server, ASHA, "tap", **place, row=0, column=0)
            query_id = tapped.json()["callback_query_id"]
            await server.call("answerCallbackQuery", callback_query_id=query_id, text="Bought", show_alert=True)
            answer = {"text": "Bought", "show_alert": True, "url": None}
            told = place | {"user_id": ASHA, "callback_query_id": query_id} | answer
            assert await anext(stream) == ("answered", told)
            edited = await server.call("editMessageText", **place, text="Done")
            assert await anext(stream) == ("edited", {"chat_id": ASHA, "message": edited})
            await server.call("deleteMessage", **place)
            assert await anext(stream) == ("deleted", {"chat_id": ASHA, "message_ids": [sent["message_id"]]})
            assert (await act(server, ASHA, "block", blocked=True)).status_code == 200
            name, data = await anext(stream)
            assert (name, data["user"]["blocked"]) == ("user", True)
            await server.call("deleteMyCommands")
            assert await anext(stream) == ("commands", {"chat_id": ASHA, "commands": []})


async def test_people_write_edit_and_delete_through_the_page() -> None:
    async with telegram_server() as server:
        first = (await act(server, ASHA, "send", chat_id=ASHA, text="/start")).json()["message"]
        reply = await act(server, ASHA, "send", chat_id=ASHA, text="again", reply_to=first["message_id"])
        assert reply.json()["message"]["reply_to_message"]["text"] == "/start"
        place = {"chat_id": ASHA, "message_id": first["message_id"]}
        assert (await act(server, ASHA, "edit", **place, text="/help")).json()["message"]["text"] == "/help"
        assert (await act(server, ASHA, "delete", **place)).status_code == 200
        assert [message["text"] for message in server.telegram.messages(ASHA)] == ["again"]
        added = await server.http.post("/sandbox/users", json={"id": 9, "first_name": "Chen", "language_code": "zh"})
        assert added.json()["user"] == {"id": 9, "is_bot": False, "first_name": "Chen", "language_code": "zh"}
        assert (await act(server, 9, "send", chat_id=9, text="hi")).status_code == 200
        assert (await act(server, 9, "block", blocked=True)).status_code == 200
        assert (await act(server, 9, "block", blocked=False)).status_code == 200


async def test_inline_search_through_the_page() -> None:
    async with telegram_server() as server, events(server) as stream:
        await anext(stream)
        query_id = (await act(server, ASHA, "inline", query="wh", offset="")).json()["inline_query_id"]
        article = {
            "type": "article",
            "id": "7",
            "title": "WhatsApp",
            "input_message_content": {"message_text": "WhatsApp"},
        }
        await server.call("answerInlineQuery", inline_query_id=query_id, results=[article])
        name, data = await anext(stream)
        assert name == "inline_results"
        assert (data["user_id"], data["query"], data["results"]) == (ASHA, "wh", [article])
        choice = {"inline_query_id": query_id, "result_id": "7", "chat_id": ASHA}
        assert (await act(server, ASHA, "choose", **choice)).json()["message"]["text"] == "WhatsApp"
        assert (await act(server, BORIS, "choose", **choice)).status_code == 400


async def test_what_a_person_cannot_do_is_refused_with_a_reason() -> None:
    async with telegram_server() as server:
        sent = await server.call("sendMessage", chat_id=ASHA, text="x", reply_markup={"inline_keyboard": BUTTONS})
        place = {"chat_id": ASHA, "message_id": sent["message_id"]}
        refused = [
            await act(server, ASHA, "tap", **place, row=0, column=1),
            await act(server, ASHA, "tap", **place, row=5, column=0),
            await act(server, ASHA, "tap", **place, row=-1, column=0),
            await act(server, ASHA, "tap", chat_id=ASHA, message_id=99, row=0, column=0),
            await act(server, ASHA, "send", chat_id=BORIS, text="x"),
            await act(server, ASHA, "send", chat_id=ASHA, text=" "),
            await act(server, ASHA, "send", chat_id=ASHA, text="x" * 4097),
            await act(server, 404, "send", chat_id=404, text="x"),
            await act(server, ASHA, "edit", **place, text="mine now"),
            await server.http.post("/sandbox/users", json={"id": -1, "first_name": "x"}),
            await server.http.post("/sandbox/users", content=b"["),
        ]
        assert [answer.status_code for answer in refused] == [400] * len(refused)
        assert all(answer.json()["error"] for answer in refused)
        assert (await act(server, ASHA, "dance")).status_code == 404
        assert (await server.http.get("/sandbox/files/none")).status_code == 404


async def test_the_ledger_tells_calls_of_a_chat_but_no_polls() -> None:
    async with telegram_server() as server:
        await server.call("sendMessage", chat_id=ASHA, text="one")
        await server.call("getUpdates")
        await server.call("sendMessage", chat_id=BORIS, text="two")
        await server.http.post(f"/bot{TOKEN}/sendDocument", data={"chat_id": str(ASHA)}, files={"document": ("a.txt", b"abc")})
        of_asha = (await server.http.get("/sandbox/ledger", params={"chat_id": ASHA})).json()
        assert [call["method"] for call in of_asha] == ["sendMessage", "sendDocument"]
        assert of_asha[1]["params"]["document"] == "file a.txt (3 bytes)"
        [last] = (await server.http.get("/sandbox/ledger", params={"limit": 1})).json()
        assert last["ok"]
        methods = [call["method"] for call in (await server.http.get("/sandbox/ledger")).json()]
        assert "getUpdates" not in methods


async def test_a_quiet_stream_has_a_heartbeat() -> None:
    telegram = Telegram(clock=Clock(), bot_token=TOKEN)
    app = Starlette(routes=page_routes(telegram, heartbeat=0.01))
    async with serve(app) as url, httpx.AsyncClient(trust_env=False) as client:
        async with client.stream("GET", f"{url}/sandbox/events") as response:
            lines = response.aiter_lines()
            assert await anext(line async for line in lines if line.startswith(":")) == ": still here"
        await telegram.until(lambda _: not telegram.has_readers)
