"""The simulated provider over real HTTP: both revisions, refusals, faults and the desk."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from bot.sandbox.provider import Provider, provider_routes
from bot.sandbox.provider.desk import desk_routes
from bot.sandbox.serve import serve

ALICE = "demo-token-alice"


class Api:
    def __init__(self, provider: Provider, http: httpx.AsyncClient) -> None:
        self.provider = provider
        self.http = http

    async def call(self, name: str, token: str = ALICE, **parameters: str) -> httpx.Response:
        return await self.http.get(f"/v1/api/{name}", params={"token": token, **parameters})

    async def json(self, name: str, token: str = ALICE, **parameters: str) -> Any:
        return (await self.call(name, token, **parameters)).json()

    async def buy(self, product_id: str = "wa") -> str:
        answer = await self.json("getNumber", server="in", product_id=product_id)
        bought: str = answer["data"]["id"]
        return bought

    async def desk(self, path: str, **body: Any) -> httpx.Response:
        return await self.http.post(f"/desk/{path}", json=body)


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    provider = Provider(auto_sms_after=None)
    async with (
        serve(Starlette(routes=provider_routes(provider))) as url,
        httpx.AsyncClient(base_url=url, timeout=10) as http,
    ):
        yield Api(provider, http)


async def test_revision_1_speaks_as_its_page_does(api: Api) -> None:
    api.provider.configure(revision=1)
    assert await api.json("getBalance") == {"status": 200, "data": {"balance": 500}}
    products = await api.json("getStatus")
    assert products["data"]["Вконтакте"] == {"id": "vk", "price": 27.5}
    bought = (await api.json("getNumber", sever="in", product_id="vk"))["data"]["id"]
    assert (await api.json("getStatus", id=bought))["status"] == 210
    api.provider.send_sms(bought, "hello")
    assert await api.json("getSms", id=bought) == {"status": 200, "data": {"message": "hello"}}
    other = await api.buy()
    assert (await api.json("setStatus", id=other, status="7"))["status"] == 206
    assert (await api.json("setStatus", id=other, status_code="8"))["status"] == 200
    for gone in ("cancelNumber", "getProducts", "nothing"):
        assert (await api.call(gone, id="x")).status_code == 404


async def test_revision_2_speaks_as_its_page_does(api: Api) -> None:
    products = await api.json("getProducts")
    assert {"product_name": "Вконтакте", "price": 27.5, "product_id": "vk"} in products["data"]
    bought = await api.buy()
    assert (await api.json("getSms", id=bought))["status"] == 210
    api.provider.send_sms(bought, "Your Code is 123456")
    for _ in range(2):
        assert await api.json("getSms", id=bought) == {"status": 200, "message": "Your Code is 123456"}
    other = await api.buy()
    assert await api.json("cancelNumber", id=other) == {"status": 200, "message": "Cancelled"}
    assert (await api.json("cancelNumber", id=other))["status"] == 201
    for gone in ("setStatus", "getStatus"):
        assert (await api.call(gone, id=other, status="8")).status_code == 404


async def test_numbers_can_be_text_and_statuses_mirrored(api: Api) -> None:
    api.provider.configure(text_numbers=True, mirror_http_status=True)
    assert await api.json("getBalance") == {"status": "200", "data": {"balance": "500"}}
    waiting = await api.call("getSms", id=await api.buy())
    assert (waiting.status_code, waiting.json()["status"]) == (210, "210")
    missing = await api.call("getSms", id="x")
    assert (missing.status_code, missing.json()["status"]) == (201, "201")


async def test_refusals_cost_nothing(api: Api) -> None:
    for code, token, parameters in (
        (202, "demo-token-empty", {"server": "in", "product_id": "wa"}),
        (203, ALICE, {"server": "in", "product_id": "nothing"}),
        (203, ALICE, {"server": "in", "product_id": "so"}),
        (206, ALICE, {"server": "xx", "product_id": "wa"}),
        (206, ALICE, {"product_id": "wa"}),
    ):
        assert (await api.json("getNumber", token, **parameters))["status"] == code
    assert api.provider.charges == []
    assert (await api.json("getSms", "demo-token-bob", id=await api.buy()))["status"] == 201


@pytest.mark.parametrize(
    ("way", "http_status", "code"), [("http401", 401, 401), ("http403", 403, 403), ("201", 200, 201), ("206", 200, 206)]
)
async def test_a_wrong_token_is_refused_as_the_settings_say(api: Api, way: str, http_status: int, code: int) -> None:
    api.provider.configure(wrong_token=way)
    answer = await api.call("getBalance", "wrong")
    assert (answer.status_code, answer.json()["status"]) == (http_status, code)


async def test_a_cancel_is_decided_by_the_policy(api: Api) -> None:
    bought = await api.buy()
    api.provider.configure(cancel_after=60, cancel_refusal_code=201)
    assert await api.json("cancelNumber", id=bought) == {"status": 201, "message": "Too early to cancel"}
    api.provider.configure(cancel_policy="refuse")
    assert "cannot be cancelled" in (await api.json("cancelNumber", id=bought))["message"]
    api.provider.configure(cancel_policy="no_refund", cancel_after=0)
    assert (await api.json("cancelNumber", id=bought))["status"] == 200
    assert api.provider.accounts[ALICE].balance == Decimal("461.50")
    spoken = await api.buy()
    api.provider.send_sms(spoken, "hello")
    assert "already received" in (await api.json("cancelNumber", id=spoken))["message"]


async def test_an_expired_number_says_so_everywhere() -> None:
    now = [datetime(2026, 1, 1, tzinfo=UTC)]
    provider = Provider(clock=lambda: now[0], auto_sms_after=None)
    async with serve(Starlette(routes=provider_routes(provider))) as url, httpx.AsyncClient(base_url=url) as http:
        api = Api(provider, http)
        bought = await api.buy()
        now[0] += timedelta(seconds=1200)
        assert (await api.json("getSms", id=bought))["status"] == 204
        assert (await api.json("cancelNumber", id=bought))["status"] == 204
        provider.configure(mirror_http_status=True)
        bare = await api.call("getSms", id=bought)
        assert (bare.status_code, bare.content) == (204, b"")


async def test_a_cut_really_closes_the_connection(api: Api) -> None:
    api.provider.faults.add("buy", "cut", count=1)
    api.provider.faults.add("buy", "cut_after", count=1)
    for charged in (0, 1):
        with pytest.raises(httpx.RemoteProtocolError):
            await api.buy()
        assert len(api.provider.charges) == charged
    assert await api.buy()


async def test_faults_strike_as_often_and_whom_they_are_told_to(api: Api) -> None:
    assert (await api.desk("faults", call="getBalance", kind="code", code=205, count=1, label="Bob")).status_code == 200
    assert (await api.json("getBalance"))["status"] == 200
    assert (await api.json("getBalance", "demo-token-bob"))["status"] == 205
    assert (await api.json("getBalance", "demo-token-bob"))["status"] == 200
    await api.desk("faults", call="*", kind="http", status=503, retry_after=7)
    for _ in range(3):
        answer = await api.call("getBalance")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "7")
    await api.http.delete("/desk/faults")
    assert (await api.json("getBalance"))["status"] == 200
    assert api.provider.faults.active == []


async def test_a_held_call_goes_on_when_it_is_released(api: Api) -> None:
    held = api.provider.faults.add("sms", "hold_after", count=1)
    bought = await api.buy()
    call = asyncio.create_task(api.json("getSms", id=bought))
    await api.provider.until(lambda _: held.struck)
    api.provider.send_sms(bought, "too late for that answer")
    held.release()
    assert (await call)["status"] == 210


async def test_a_hung_call_holds_only_itself(api: Api) -> None:
    api.provider.faults.add("buy", "hang")
    call = asyncio.create_task(api.call("getNumber", server="in", product_id="wa"))
    await api.provider.until(lambda it: it.faults.active[0].struck)
    assert (await api.json("getBalance"))["status"] == 200
    assert not call.done()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call


async def test_a_dripping_answer_is_the_right_one(api: Api) -> None:
    api.provider.faults.add("balance", "drip", seconds=0.0001)
    assert await api.json("getBalance") == {"status": 200, "data": {"balance": 500}}


async def test_the_desk_shows_what_happened(api: Api) -> None:
    bought = await api.buy()
    assert (await api.desk("sms", id=bought, text="hello 1")).json() == {"activation": bought, "text": "hello 1"}
    made_up = (await api.desk("sms", number=api.provider.activations[bought].number)).json()["text"]
    state = (await api.http.get("/desk/state")).json()
    (activation,) = state["activations"]
    assert (activation["id"], activation["state"], activation["sms"]) == (bought, "received", ["hello 1", made_up])
    assert (activation["account"], activation["price"], activation["open"]) == ("Alice", "38.50", True)
    assert "Your WhatsApp code:" in activation["example"]
    assert {"token": ALICE, "label": "Alice", "balance": "461.50"} in state["accounts"]
    assert state["ledger"][-1]["amount"] == "-38.50"
    assert state["calls"][-1]["outcome"] == "200"
    assert state["settings"]["revision"] == 2
    assert state["faults"] == []


async def test_the_desk_changes_accounts_stock_and_settings(api: Api) -> None:
    assert (await api.desk("accounts", token="new", balance="12.50", label="Carol")).json() == {"label": "Carol", "balance": "12.50"}
    assert (await api.json("getBalance", "new"))["data"]["balance"] == 12.5
    assert (await api.desk("stock", product_id="wa", stock=0, price="40.00")).json() == {"product_id": "wa", "stock": 0, "price": "40.00"}
    assert (await api.json("getNumber", server="in", product_id="wa"))["status"] == 203
    assert (await api.desk("settings", revision=1, auto_sms_after=9)).json()["settings"]["auto_sms_after"] == 9
    assert (await api.call("getProducts")).status_code == 404


@pytest.mark.parametrize(
    ("path", "body", "word"),
    [
        ("sms", {"id": "nothing", "text": "x"}, "open number"),
        ("sms", {}, "open number"),
        ("faults", {"call": "buy", "kind": "earthquake"}, "earthquake"),
        ("faults", {"call": "dance", "kind": "cut"}, "dance"),
        ("faults", {"call": "buy", "kind": "garbage", "variant": "odd"}, "odd"),
        ("faults", {"call": "buy", "kind": "cut", "colour": 1}, "colour"),
        ("accounts", {"token": "x"}, "balance"),
        ("accounts", {"token": "x", "balance": "NaN"}, "number"),
        ("accounts", {"token": "x", "balance": "much"}, "Conversion"),
        ("stock", {"product_id": "nothing"}, "nothing"),
        ("settings", {"revision": 3}, "revision"),
    ],
)
async def test_what_makes_no_sense_at_the_desk_is_answered_with_the_reason(api: Api, path: str, body: dict[str, Any], word: str) -> None:
    answer = await api.desk(path, **body)
    assert answer.status_code == 400
    assert word in answer.json()["error"]
    assert (await api.http.post(f"/desk/{path}", content=b"[1]")).status_code == 400
    assert (await api.http.post(f"/desk/{path}", content=b"{")).status_code == 400


async def test_the_desk_streams_its_state_at_every_change(api: Api) -> None:
    async with api.http.stream("GET", "/desk/events") as stream:
        states = (json.loads(line.removeprefix("data: ")) async for line in stream.aiter_lines() if line.startswith("data: "))
        assert (await anext(states))["activations"] == []
        bought = await api.buy()
        async for state in states:
            if state["activations"]:
                assert state["activations"][0]["id"] == bought
                break
        await states.aclose()


async def test_a_quiet_stream_is_kept_alive_and_a_bomb_is_small_on_the_wire(api: Api) -> None:
    routes = desk_routes(api.provider, heartbeat=0.001)
    async with (
        serve(Starlette(routes=routes)) as url,
        httpx.AsyncClient(base_url=url) as http,
        http.stream("GET", "/desk/events") as stream,
    ):
        async for line in stream.aiter_lines():
            if line.startswith(":"):
                break
    api.provider.faults.add("balance", "bomb")
    async with api.http.stream("GET", "/v1/api/getBalance", params={"token": ALICE}) as answer:
        packed = b"".join([chunk async for chunk in answer.aiter_raw()])
    assert len(packed) < 60 * 1024


async def test_every_sms_can_be_listed(api: Api) -> None:
    api.provider.configure(all_messages=True)
    bought = await api.buy()
    for text in ("one", "two"):
        api.provider.send_sms(bought, text)
    assert (await api.json("getSms", id=bought))["data"] == ["one", "two"]


async def test_the_desk_sends_raw_bodies(api: Api) -> None:
    await api.desk("faults", call="balance", kind="garbage", body="<odd>", count=1)
    assert (await api.call("getBalance")).text == "<odd>"
