"""Requests to Telegram are counted: what it answered, and what it did not."""

from collections.abc import AsyncIterator

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from telegram.error import NetworkError

from bot.gateway.watched import WatchedRequest
from bot.sandbox.serve import serve


async def answer(request: Request) -> Response:
    return JSONResponse({"ok": True}, status_code=int(request.path_params["status"]))


class Heard:
    def __init__(self) -> None:
        self.failures: list[bool] = []

    def __call__(self, *, failed: bool) -> None:
        self.failures.append(failed)


@pytest.fixture
async def url() -> AsyncIterator[str]:
    async with serve(Starlette(routes=[Route("/{status}", answer)])) as served:
        yield served


@pytest.mark.parametrize(("status", "failed"), [(200, False), (400, False), (403, False), (429, False), (500, True), (502, True)])
async def test_an_answer_counts_by_its_status(url: str, status: int, failed: bool) -> None:
    heard = Heard()
    async with WatchedRequest(heard) as request:
        assert await request.do_request(f"{url}/{status}", "GET") == (status, b'{"ok":true}')
    assert heard.failures == [failed]


async def test_no_answer_is_a_failure(url: str) -> None:
    heard = Heard()
    async with WatchedRequest(heard) as request:
        with pytest.raises(NetworkError):
            await request.do_request("http://127.0.0.1:1/", "GET")
    assert heard.failures == [True]
