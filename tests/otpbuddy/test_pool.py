"""The pool of single-connection lanes: how many, which one, and what becomes of a lane that failed."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from bot.otpbuddy.pool import LanePool

REQUEST = httpx.Request("GET", "http://127.0.0.1/")


class Lane(httpx.AsyncBaseTransport):
    def __init__(self, name: int) -> None:
        self.name = name
        self.closed = False
        self.fail: BaseException | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        assert request.method == "GET"
        if self.fail:
            raise self.fail
        return httpx.Response(200, headers={"lane": str(self.name)}, stream=Body())

    async def aclose(self) -> None:
        self.closed = True


class Body(httpx.AsyncByteStream):
    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b"a"
        yield b"b"


class Lanes:
    def __init__(self, size: int) -> None:
        self.made: list[Lane] = []
        self.pool = LanePool(self.make, size)

    def make(self) -> Lane:
        self.made.append(Lane(len(self.made)))
        return self.made[-1]

    async def send(self) -> httpx.Response:
        return await self.pool.handle_async_request(REQUEST)


async def finish(response: httpx.Response) -> str:
    assert await response.aread() == b"ab"
    return response.headers["lane"]


async def test_one_lane_is_enough_for_one_request_at_a_time() -> None:
    lanes = Lanes(3)
    assert [await finish(await lanes.send()) for _ in range(5)] == ["0"] * 5


async def test_the_most_recently_used_lane_is_taken_first() -> None:
    lanes = Lanes(3)
    first, second, third = [await lanes.send() for _ in range(3)]
    for response in (second, third, first):
        await finish(response)
    assert await finish(await lanes.send()) == "0"


async def test_requests_beyond_the_lanes_wait_their_turn() -> None:
    lanes = Lanes(1)
    order: list[int] = []
    waiting: list[object] = []

    async def trace(event: str, info: object) -> None:
        waiting.append((event, info))

    async def ask(index: int) -> None:
        request = httpx.Request("GET", "http://127.0.0.1/", extensions={"trace": trace})
        response = await lanes.pool.handle_async_request(request)
        order.append(index)
        await finish(response)

    held = await lanes.send()
    tasks = [asyncio.create_task(ask(index)) for index in range(3)]
    done, _ = await asyncio.wait(tasks, timeout=0.01)
    assert not done
    assert len(waiting) == 3
    await finish(held)
    await asyncio.gather(*tasks)
    assert order == [0, 1, 2]
    assert len(lanes.made) == 1


@pytest.mark.parametrize("failure", [httpx.ConnectError("x"), asyncio.CancelledError()])
async def test_a_lane_that_failed_is_thrown_away_and_its_turn_given_back(failure: BaseException) -> None:
    lanes = Lanes(1)
    await finish(await lanes.send())
    lanes.made[0].fail = failure
    with pytest.raises(type(failure)):
        await lanes.send()
    assert lanes.made[0].closed
    assert await finish(await lanes.send()) == "1"


async def test_a_lane_whose_answer_was_not_read_is_thrown_away() -> None:
    lanes = Lanes(1)
    response = await lanes.send()
    await response.aclose()
    await response.stream.aclose()  # type: ignore[union-attr]  # The pool's streams are asynchronous; closing twice is allowed.
    assert lanes.made[0].closed
    assert await finish(await lanes.send()) == "1"


async def test_closing_closes_free_lanes_now_and_others_when_they_come_back() -> None:
    lanes = Lanes(2)
    first, second = await lanes.send(), await lanes.send()
    await finish(first)
    await lanes.pool.aclose()
    assert [lane.closed for lane in lanes.made] == [True, False]
    await finish(second)
    assert [lane.closed for lane in lanes.made] == [True, True]
