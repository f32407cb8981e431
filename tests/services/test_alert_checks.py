"""Looks at the product lists for those who wait: how seldom and how politely the provider is asked."""

import pytest

from bot.otpbuddy import NoAnswer, TokenRejected
from bot.services.catalog import product_key
from bot.services.errors import NotConnected
from storage import chats, house
from storage.models import Mode
from tests.services.waiting import WA, D, checks, later, service, untold
from tests.services.world import ALICE, BOB, World


async def test_nobody_waits_so_nobody_asks(local: World) -> None:
    await local.connected()
    checking = checks(local)
    for _ in range(10):
        await later(local, checking)
    assert local.asked("getProducts") == 0


async def test_chats_of_one_account_share_one_look_every_few_minutes(local: World) -> None:
    await local.connected(ALICE)
    await local.connected(BOB, "demo-token-alice")
    for chat_id in (ALICE, BOB):
        for product_id in ("wa", "tg", "fb"):
            await service(local).when_at_most(chat_id, product_key(product_id), D("0.01"))
    checking = checks(local)
    await checking.sweep()
    asked = local.asked("getProducts")
    for _ in range(60 * 6):
        await later(local, checking, minutes=1 / 6)
    assert local.asked("getProducts") - asked == 12, "an hour of looks every five minutes"


@pytest.mark.parametrize(("jitter", "minutes"), [(0.0, 3.75), (0.5, 5.0), (1.0, 6.25)])
async def test_looks_are_spread(local: World, jitter: float, minutes: float) -> None:
    await local.connected()
    await service(local).when_at_most(ALICE, WA, D(30))
    checking = checks(local, jitter)
    await checking.sweep()
    asked = local.asked("getProducts")
    await later(local, checking, minutes - 0.01)
    assert local.asked("getProducts") == asked
    await later(local, checking, 0.01)
    assert local.asked("getProducts") == asked + 1


@pytest.mark.parametrize(("minutes", "again"), [(3.0, 0), (3.01, 1)])
async def test_a_list_that_somebody_has_just_browsed_is_not_read_again(local: World, minutes: float, again: int) -> None:
    await local.connected()
    await service(local).when_at_most(ALICE, WA, D(30))
    checking = checks(local)
    await checking.sweep()
    local.clock.advance(minutes=5 - minutes)
    local.provider.set_stock("wa", price=D(30))
    await local.catalog.products(ALICE)
    asked = local.asked("getProducts")
    await later(local, checking, minutes)
    assert local.asked("getProducts") == asked + again
    assert [alert.met_price for alert in await untold(local)] == [D(30)]


async def test_one_sweep_looks_at_so_many_chats_and_the_next_one_at_the_others(local: World) -> None:
    people = range(2001, 2024)
    for person in people:
        local.provider.add_account(f"token-of-{person}", D(1))
        await local.connected(person, f"token-of-{person}")
        await service(local).when_at_most(person, WA, D(30))
    checking = checks(local)
    await checking.sweep()
    asked = local.asked("getProducts")
    await later(local, checking)
    assert local.asked("getProducts") == asked + 20
    await checking.sweep()
    assert local.asked("getProducts") == asked + 23
    await later(local, checking)
    local.provider.set_stock("wa", price=D(30))
    await later(local, checking)
    assert {*people[-3:]} < {alert.chat_id for alert in await untold(local)}, "who waited for the longest comes first"


@pytest.mark.parametrize("change", ["unreachable_at", "rejected_at", "banned_at"])
async def test_a_chat_that_cannot_be_told_or_asked_for_is_left_alone(world: World, change: str) -> None:
    await world.connected()
    await service(world).when_at_most(ALICE, WA, D(30))
    checking = checks(world)
    await checking.sweep()
    asked = world.asked("getProducts")
    async with world.database.writing() as session:
        await chats.change(session, ALICE, **{change: world.clock()})
    for _ in range(5):
        await later(world, checking)
    assert world.asked("getProducts") == asked
    async with world.database.writing() as session:
        await chats.change(session, ALICE, **{change: None})
    await checking.sweep()
    await later(world, checking)
    assert world.asked("getProducts") == asked + 1


async def test_a_rejected_token_ends_the_looks_and_a_new_one_begins_them_again(local: World) -> None:
    await local.connected()
    await service(local).when_at_most(ALICE, WA, D(30))
    checking = checks(local)
    await checking.sweep()
    fault = local.provider.faults.add("getProducts", "http", status=401)
    await later(local, checking)
    local.clock.advance(minutes=10)
    with pytest.raises(TokenRejected):
        await local.catalog.products(ALICE)
    local.provider.faults.clear()
    asked = local.asked("getProducts")
    await later(local, checking, 60)
    assert (fault.struck, local.asked("getProducts")) == (2, asked)
    await local.connected()
    await checking.sweep()
    await later(local, checking)
    assert local.asked("getProducts") == asked + 1


async def test_failures_pause_the_looks_of_an_account_for_longer_and_longer(local: World, caplog: pytest.LogCaptureFixture) -> None:
    await local.connected(ALICE)
    await local.connected(BOB, "demo-token-alice")
    for chat_id in (ALICE, BOB):
        await service(local).when_at_most(chat_id, WA, D(30))
    checking = checks(local)
    await checking.sweep()
    caplog.set_level("INFO", "bot.services.alerts")
    fault = local.provider.faults.add("getProducts", "http", status=503)
    struck: list[int] = []
    for minute in range(1, 181):
        await later(local, checking, 1)
        if fault.struck > len(struck):
            struck.append(minute)
    assert struck == [5, 10, 20, 40, 80, 140]
    assert len([record for record in caplog.records if record.message.startswith("no list for the alerts of chat 100")]) == 6
    local.provider.faults.clear()
    local.provider.set_stock("wa", price=D(30))
    await later(local, checking, 60)
    assert len(await untold(local)) == 2, "both chats are served as soon as the provider is back"


async def test_a_success_makes_the_next_pause_short_again(local: World) -> None:
    await local.connected()
    await service(local).when_at_most(ALICE, WA, D(30))
    checking = checks(local)
    await checking.sweep()
    fault = local.provider.faults.add("getProducts", "http", status=503, count=3)
    for _ in range(8):
        await later(local, checking)
    assert fault.struck == 3
    fault = local.provider.faults.add("getProducts", "http", status=503)
    struck = []
    for _ in range(4):
        await later(local, checking)
        struck.append(fault.struck)
    assert struck == [1, 2, 2, 3]


@pytest.mark.parametrize(("retry_after", "asked"), [(None, [1, 2, 2]), ("299", [1, 1, 2])])
async def test_the_provider_may_ask_for_a_longer_pause(local: World, retry_after: str | None, asked: list[int]) -> None:
    await local.connected()
    await service(local).when_at_most(ALICE, WA, D(30))
    checking = checks(local, jitter=0.0, pauses=0.0)
    await checking.sweep()
    fault = local.provider.faults.add("getProducts", "http", status=429, retry_after=retry_after)
    struck = []
    for _ in asked:
        await later(local, checking, 3.75)
        struck.append(fault.struck)
    assert struck == asked


async def test_one_accounts_failure_is_nobody_elses(local: World) -> None:
    await local.connected(ALICE)
    await local.connected(BOB)
    for chat_id in (ALICE, BOB):
        await service(local).when_at_most(chat_id, WA, D(30))
    checking = checks(local)
    await checking.sweep()
    local.provider.set_stock("wa", price=D(30))
    local.provider.faults.add("getProducts", "http", status=503, count=1)
    await later(local, checking)
    assert len(await untold(local)) == 1


async def test_a_token_whose_key_is_lost_is_asked_for_nothing(local: World) -> None:
    await local.connected()
    await service(local).when_at_most(ALICE, WA, D(30))
    checking = checks(local.replica())
    async with local.database.writing() as session:
        await chats.change(session, ALICE, token="v1.gone.AAAA")
    await checking.sweep()
    asked = local.asked("getProducts")
    await later(local, checking)
    assert local.asked("getProducts") == asked
    with pytest.raises(NotConnected):
        await service(local).when_at_most(ALICE, WA, D(30))


async def test_a_clock_that_is_set_back_stops_no_looks(local: World) -> None:
    await local.connected()
    await service(local).when_at_most(ALICE, WA, D(30))
    checking = checks(local)
    await checking.sweep()
    local.clock.advance(hours=-24)
    await checking.sweep()
    asked = local.asked("getProducts")
    await later(local, checking, 10)
    assert local.asked("getProducts") == asked + 1


async def test_an_unclear_answer_sets_nothing_up(local: World) -> None:
    await local.connected()
    local.provider.faults.add("getProducts", "cut", count=1)
    with pytest.raises(NoAnswer):
        await service(local).when_at_most(ALICE, WA, D(30))
    assert list(await service(local).waiting(ALICE)) == []


async def test_while_nobody_may_buy_nobody_is_told_what_it_costs(local: World) -> None:
    await local.connected()
    await service(local).when_at_most(ALICE, WA, D(30))
    checking = checks(local)
    await checking.sweep()
    local.provider.set_stock("wa", price=D(30))
    for mode, told in ((Mode.CLOSED, 0), (Mode.OPEN, 1)):
        async with local.database.writing() as session:
            await house.change(session, local.clock.now, mode=mode)
        asked = local.asked("getProducts")
        await later(local, checking, 7)
        assert local.asked("getProducts") == asked + told
        assert len(await untold(local)) == told
