"""The sandbox as one server: every part answers at its address, and the page is safe to open."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from bot.sandbox.child import BotProcess
from bot.sandbox.server import BOT_TOKEN, PEOPLE, Sandbox

PAGE = Path(__file__).parents[2] / "bot" / "sandbox" / "page"


@pytest.fixture
async def http(sandbox: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=sandbox.url, trust_env=False) as client:
        yield client


async def test_the_bot_api_and_the_provider_answer_at_the_addresses_for_the_settings(sandbox: Sandbox) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        me = (await client.get(f"{sandbox.telegram_base_url}{BOT_TOKEN}/getMe")).json()
        balance = (await client.get(f"{sandbox.otpbuddy_base_url}/getBalance?token=demo-token-alice")).json()
    assert me["result"]["id"] == 100200300
    assert balance == {"status": 200, "data": {"balance": 500}}


async def test_its_people_are_known_and_none_has_pressed_start(sandbox: Sandbox) -> None:
    assert [(user.id, user.first_name) for user in sandbox.telegram.users.values()] == [(i, name) for i, name, _ in PEOPLE]
    assert all(sandbox.telegram.messages(user_id) == [] for user_id, _, _ in PEOPLE)


async def test_the_page_and_all_that_it_names_are_served(http: httpx.AsyncClient) -> None:
    page = await http.get("/")
    assert page.status_code == 200
    assert "script-src" not in page.headers["content-security-policy"]
    assert page.headers["content-security-policy"].startswith("default-src 'self';")
    wanted = re.findall(r'(?:src|href)="(static/[^"]+)"', page.text)
    assert len(wanted) >= 8
    modules = {"static/js/main.js"}
    while modules:
        name = modules.pop()
        wanted.append(name)
        source = (await http.get(f"/{name}")).text
        found = {f"static/js/{module}" for module in re.findall(r'from "\./([\w-]+\.js)"', source)}
        modules |= found - set(wanted)
    answers = {name: (await http.get(f"/{name}")).status_code for name in wanted}
    assert set(answers.values()) == {200}, answers
    assert {path.name for path in (PAGE / "js").glob("*.js")} == {name.rsplit("/", 1)[1] for name in wanted if name.endswith(".js")}


def test_the_page_asks_nobody_else_and_makes_no_markup_of_text() -> None:
    files = [path for path in PAGE.rglob("*") if path.is_file()]
    for path in files:
        text = path.read_text(encoding="utf-8")
        addresses = set(re.findall(r"(?:https?:)?//[\w.-]+\.\w+[^\s\"'`)]*", text)) - {"http://www.w3.org/2000/svg"}
        assert addresses == set(), path
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(", text), path
        assert len(text.splitlines()) <= 250, path


async def test_without_a_managed_bot_the_switch_says_so(http: httpx.AsyncClient) -> None:
    for answer in (await http.get("/demo/bot"), await http.post("/demo/bot/kill"), await http.post("/demo/bot/start")):
        assert answer.json() == {"managed": False}


async def test_the_switch_starts_and_kills_the_managed_bot(sandbox: Sandbox, http: httpx.AsyncClient, tmp_path: Path) -> None:
    sandbox.bot = BotProcess(("/bin/sleep", "600"), env={}, cwd=tmp_path)
    assert (await http.post("/demo/bot/start")).json()["state"] == "running"
    assert (await http.get("/demo/bot")).json()["managed"] is True
    killed = (await http.post("/demo/bot/kill")).json()
    assert (killed["state"], killed["exit_status"], killed["pid"]) == ("killed", -9, None)


async def test_a_test_can_add_an_address() -> None:
    async def extra(_request: Request) -> PlainTextResponse:
        return PlainTextResponse("extra")

    async with (
        Sandbox(routes=[Route("/extra", extra)]) as sandbox,
        httpx.AsyncClient(base_url=sandbox.url, trust_env=False) as client,
    ):
        assert (await client.get("/extra")).text == "extra"
