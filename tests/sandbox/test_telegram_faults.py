import asyncio
from typing import Any

import httpx
import pytest
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TimedOut

from bot.sandbox.telegram import FaultKind
from tests.sandbox.telegram_support import ASHA, BORIS, GROUP, TOKEN, Server, telegram_server


@pytest.fixture(autouse=True)
def _durations_as_timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # Otherwise the library warns about its own attribute.


async def texts(server: Server, chat_id: int = ASHA) -> list[str]:
    return [message["text"] for message in server.telegram.messages(chat_id)]


async def test_a_429_has_no_effect_and_says_how_long_to_wait() -> None:
    async with telegram_server() as server:
        server.telegram.faults.add("sendMessage", kind="retry_after", retry_after=7, count=2)
        for _ in range(2):
            refusal = await server.call("sendMessage", chat_id=ASHA, text="x")
            assert refusal == {
                "ok": False,
                "error_code": 429,
                "description": "Too Many Requests: retry after 7",
                "parameters": {"retry_after": 7},
            }
        assert await texts(server) == []
        assert (await server.call("sendMessage", chat_id=ASHA, text="x"))["text"] == "x"
        assert [call.error_code for call in server.telegram.ledger[-3:]] == [429, 429, None]


@pytest.mark.parametrize(
    ("kind", "options", "error"),
    [
        ("retry_after", {}, RetryAfter),
        ("blocked", {}, Forbidden),
        ("bad_request", {"description": "Bad Request: message thread not found"}, BadRequest),
        ("http_error", {"status": 502}, NetworkError),
        ("cut", {}, NetworkError),
    ],
)
async def test_faults_before_the_effect(kind: str, options: dict[str, Any], error: type[Exception]) -> None:
    async with telegram_server() as server:
        fault = server.telegram.faults.add("sendMessage", kind=kind, **options)
        with pytest.raises(error):
            await server.bot.send_message(ASHA, "x")
        assert fault.struck == 1
        assert await texts(server) == []
        assert not server.telegram.ledger[-1].ok
        await server.bot.send_message(ASHA, "y")
        assert await texts(server) == ["y"]


async def test_an_answer_cut_after_the_effect_loses_only_the_answer() -> None:
    async with telegram_server() as server:
        server.telegram.faults.add("*", kind=FaultKind.CUT_AFTER)
        with pytest.raises(NetworkError):
            await server.bot.send_message(ASHA, "taken")
        assert await texts(server) == ["taken"]
        assert server.telegram.ledger[-1].ok


@pytest.mark.parametrize(("kind", "left"), [("hang", []), ("hang_after", ["x"])])
async def test_a_hanging_call_lasts_as_long_as_its_caller_waits(kind: str, left: list[str]) -> None:
    async with telegram_server() as server:
        fault = server.telegram.faults.add("sendMessage", kind=kind)
        with pytest.raises(TimedOut):
            await server.bot.send_message(ASHA, "x", read_timeout=0.05)
        assert fault.struck == 1
        assert await texts(server) == left


async def test_a_held_call_goes_on_when_it_is_released() -> None:
    async with telegram_server() as server:
        fault = server.telegram.faults.add("sendMessage", kind="hold")
        call = asyncio.create_task(server.call("sendMessage", chat_id=ASHA, text="late"))
        await server.telegram.until(lambda _: fault.struck == 1)
        assert await texts(server) == []
        fault.release()
        assert (await call)["text"] == "late"


async def test_clearing_releases_what_is_held() -> None:
    async with telegram_server() as server:
        posted = await server.http.post("/sandbox/faults", json={"method": "sendMessage", "kind": "hold"})
        assert posted.json()["kind"] == "hold"
        call = asyncio.create_task(server.call("sendMessage", chat_id=ASHA, text="late"))
        await server.telegram.until(lambda telegram: telegram.faults.active[0].struck == 1)
        assert [fault["struck"] for fault in (await server.http.get("/sandbox/faults")).json()] == [1]
        await server.http.delete("/sandbox/faults")
        assert (await call)["text"] == "late"
        assert (await server.http.get("/sandbox/faults")).json() == []


async def test_a_fault_can_be_meant_for_one_chat_and_spares_polling() -> None:
    async with telegram_server() as server:
        fault = server.telegram.faults.add("*", kind="blocked", chat_id=ASHA, count=5)
        assert (await server.call("sendMessage", chat_id=BORIS, text="x"))["text"] == "x"
        assert (await server.call("sendMessage", chat_id=ASHA, text="x"))["error_code"] == 403
        fault.release()
        server.telegram.faults.add("*", kind="http_error")
        assert await server.call("getUpdates") == []
        server.telegram.faults.clear()
        server.telegram.faults.add("getUpdates", kind="http_error", status=503)
        assert (await server.http.get(f"/bot{TOKEN}/getUpdates")).status_code == 503


async def test_what_is_no_fault_is_refused() -> None:
    async with telegram_server() as server:
        bodies: list[Any] = [{"method": "*", "kind": "flood"}, {"method": "*", "kind": "cut", "colour": 1}, {"kind": "cut"}, []]
        for body in bodies:
            assert (await server.http.post("/sandbox/faults", json=body)).status_code == 400
        assert server.telegram.faults.active == []


async def limited(server: Server, chat_id: int, count: int) -> list[int]:
    """Send so many messages at one moment; return the waits that Telegram asked for."""
    waits = []
    for _ in range(count):
        answer = await server.call("sendMessage", chat_id=chat_id, text="x")
        if answer.get("error_code") == 429:
            waits.append(answer["parameters"]["retry_after"])
    return waits


async def test_one_message_a_second_to_a_chat_after_a_short_burst() -> None:
    async with telegram_server(limits=True) as server:
        assert await limited(server, ASHA, 5) == [1]
        assert await limited(server, BORIS, 1) == []
        server.clock.forward(1)
        assert await limited(server, ASHA, 2) == [1]
        server.clock.forward(60)
        assert await limited(server, ASHA, 4) == []


async def test_thirty_messages_a_second_over_all() -> None:
    async with telegram_server(limits=True) as server:
        people = range(601, 632)
        for person in people:
            server.telegram.add_user(person, "P", started=True)
        waits = [await limited(server, person, 1) for person in people]
        assert waits == [[]] * 30 + [[1]]
        server.clock.forward(1)
        assert await limited(server, people[-1], 1) == []


async def test_twenty_messages_a_minute_to_a_group() -> None:
    async with telegram_server(limits=True) as server:
        server.telegram.add_group(GROUP, "Friends", [ASHA])
        for _ in range(20):
            assert await limited(server, GROUP, 1) == []
            server.clock.forward(1)
        assert await limited(server, GROUP, 1) == [40]
        server.clock.forward(40)
        assert await limited(server, GROUP, 1) == []


async def test_without_limits_everything_goes_through() -> None:
    async with telegram_server() as server:
        assert await limited(server, ASHA, 40) == []


async def test_a_cut_is_a_broken_connection_and_not_an_answer() -> None:
    async with telegram_server() as server:
        server.telegram.faults.add("getMe", kind="cut")
        with pytest.raises(httpx.RemoteProtocolError):
            await server.http.get(f"/bot{TOKEN}/getMe")
