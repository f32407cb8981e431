"""Numbers stay with the account that bought them: what becomes of them when a token of another account is connected."""

from datetime import timedelta
from decimal import Decimal

import pytest

from bot.otpbuddy import NoAnswer, NoSuchCall, TokenRejected
from bot.services.activations import Cancelling
from bot.services.errors import OtherAccount
from storage.models import Activation, State
from tests.services.world import ALICE, World, provider_id


async def rejected(world: World) -> None:
    """Let the provider accept the chat's token no more."""
    world.provider.faults.add("getBalance", "http", status=401, count=1)
    with pytest.raises(TokenRejected):
        await world.accounts.balance(ALICE)


async def holding(world: World) -> Activation:
    await world.connected()
    return await world.holds()


async def test_another_accounts_token_is_refused_while_a_number_could_still_get_its_code(world: World) -> None:
    bought = await holding(world)
    await rejected(world)
    with pytest.raises(OtherAccount) as refused:
        await world.connected(token="demo-token-bob")
    assert refused.value.count == 1
    assert (await world.accounts.token(ALICE)).get_secret_value() == "demo-token-alice"
    assert await world.state(bought) is State.ACTIVE


async def test_another_token_of_the_same_account_takes_the_numbers_over(world: World) -> None:
    bought = await holding(world)
    await rejected(world)
    world.provider.accounts["demo-token-alice-new"] = world.provider.accounts["demo-token-alice"]
    await world.connected(token="demo-token-alice-new")
    world.receives(bought, "Your code is 482913")
    await world.polled(world.poller())
    assert await world.texts(bought) == ["Your code is 482913"]


async def test_an_sms_that_is_found_while_a_token_is_checked_is_kept_at_once(world: World) -> None:
    bought = await holding(world)
    await rejected(world)
    world.provider.accounts["demo-token-alice-new"] = world.provider.accounts["demo-token-alice"]
    world.receives(bought, "Your code is 482913")
    await world.connected(token="demo-token-alice-new")
    assert await world.texts(bought) == ["Your code is 482913"]
    assert (await world.row(bought)).version > bought.version


async def test_an_sms_that_is_found_is_kept_although_the_token_is_not(local: World) -> None:
    await local.connected()
    await local.holds("fb")
    newer = await local.holds()
    await rejected(local)
    local.provider.accounts["demo-token-alice-new"] = local.provider.accounts["demo-token-alice"]
    local.receives(newer, "Your code is 482913")
    # The newer one is asked about first; the answer about the older one is lost.
    local.provider.faults.add("getSms", "bom", count=1)
    local.provider.faults.add("getSms", "cut", count=1)
    with pytest.raises(NoAnswer):
        await local.connected(token="demo-token-alice-new")
    assert await local.texts(newer) == ["Your code is 482913"]


async def test_an_account_that_knows_one_of_the_numbers_is_the_same_and_the_others_have_ended_there(world: World) -> None:
    bought = await holding(world)
    ended = await world.holds("fb")
    world.clock.advance(minutes=2)
    await rejected(world)
    world.provider.accounts["demo-token-alice-new"] = world.provider.accounts["demo-token-alice"]
    del world.provider.activations[provider_id(ended)]
    await world.connected(token="demo-token-alice-new")
    assert [await world.state(bought), await world.state(ended)] == [State.ACTIVE, State.ACTIVE]
    await world.polled(world.poller())
    row = await world.row(ended)
    assert (row.state, row.reason) == (State.EXPIRED, None)
    assert row.closing_after is not None, "its money is looked for, as with any number that ended"
    assert await world.state(bought) is State.ACTIVE


async def test_an_account_that_calls_a_number_expired_may_be_another_one(local: World) -> None:
    await local.connected()
    await local.holds("fb")
    await local.holds()
    await rejected(local)
    local.provider.faults.add("getSms", "code", code=204, count=1)
    with pytest.raises(OtherAccount) as refused:
        await local.connected(token="demo-token-bob")
    assert refused.value.count == 1


async def test_a_number_that_was_being_cancelled_refuses_nobody(world: World) -> None:
    bought = await holding(world)
    world.provider.faults.add("cancelNumber", "cut_after", count=1)
    assert await world.life.cancel(ALICE, bought.id) is Cancelling.UNCLEAR
    await rejected(world)
    world.provider.accounts["demo-token-alice-new"] = world.provider.accounts["demo-token-alice"]
    await world.connected(token="demo-token-alice-new")
    row = await world.row(bought)
    assert (row.state, row.reason) == (State.EXPIRED, "given_up")


async def test_an_sms_under_an_id_that_was_given_out_again_is_left_to_the_poller(local: World) -> None:
    first = await holding(local)
    later = await local.holds("fb")
    await local.edit(later, provider_id=first.provider_id, purchased_at=local.clock() + timedelta(seconds=1))
    await rejected(local)
    local.provider.accounts["demo-token-alice-new"] = local.provider.accounts["demo-token-alice"]
    local.receives(first, "Your code is 482913")
    await local.connected(token="demo-token-alice-new")
    assert await local.texts(first) == []
    assert await local.texts(later) == ["Your code is 482913"]


async def test_the_rejected_token_itself_may_be_sent_again_unasked(local: World) -> None:
    await holding(local)
    await rejected(local)
    asked = local.asked("getSms")
    await local.connected()
    assert local.asked("getSms") == asked


@pytest.mark.parametrize("in_doubt", [False, True], ids=["active", "cancellation in doubt"])
async def test_numbers_that_were_released_are_given_up_without_a_word_about_their_money(world: World, in_doubt: bool) -> None:
    bought = await holding(world)
    if in_doubt:
        world.provider.faults.add("cancelNumber", "cut", count=1)
        assert await world.life.cancel(ALICE, bought.id) is Cancelling.UNCLEAR
        assert (await world.row(bought)).closing_before is not None
    await world.accounts.disconnect(ALICE, abandon=True)
    await world.connected(token="demo-token-bob")
    row = await world.row(bought)
    assert (row.state, row.reason, row.closing_before, row.closing_after) == (State.EXPIRED, "given_up", None, None)
    assert (row.closed_at, row.grace_polled_at) == (world.clock.now, world.clock.now)
    asked = world.asked("getSms")
    world.clock.advance(minutes=2)
    await world.polled(world.poller())
    assert world.asked("getSms") == asked, "the other account is not asked for it again"


async def test_a_number_whose_time_is_over_refuses_nobody(world: World) -> None:
    bought = await holding(world)
    await rejected(world)
    world.clock.advance(minutes=20)
    await world.connected(token="demo-token-bob")
    assert (await world.row(bought)).reason == "given_up"


async def test_a_number_that_the_account_knows_to_have_expired_is_its_own(local: World) -> None:
    bought = await holding(local)
    await rejected(local)
    local.provider.accounts["demo-token-alice-new"] = local.provider.accounts["demo-token-alice"]
    local.provider.faults.add("getSms", "code", code=204, count=1)
    await local.connected(token="demo-token-alice-new")
    assert (await local.row(bought)).state is State.ACTIVE


@pytest.mark.parametrize(
    ("fault", "expected"), [({"kind": "cut"}, NoAnswer), ({"kind": "http", "status": 404}, NoSuchCall)], ids=["cut", "no such call"]
)
async def test_without_a_clear_answer_nothing_is_connected(local: World, fault: dict[str, object], expected: type[Exception]) -> None:
    await holding(local)
    await local.accounts.disconnect(ALICE, abandon=True)
    local.provider.faults.add("getSms", **fault)  # type: ignore[arg-type]  # The kind is among them.
    with pytest.raises(expected):
        await local.connected(token="demo-token-bob")
    assert (await local.chat()).token is None


@pytest.mark.parametrize("same", [False, True])
async def test_the_balance_of_an_account_that_may_be_another_one_is_no_witness(world: World, same: bool) -> None:
    await world.connected()
    if same:
        await world.holds("fb")
    world.provider.faults.add("getNumber", "cut_after", count=1)
    doubt = await world.buys()
    assert doubt.state is State.UNKNOWN
    await rejected(world)
    world.provider.add_account("demo-token-new", doubt.balance_before or Decimal(0))
    if same:
        world.provider.accounts["demo-token-new"] = world.provider.accounts["demo-token-alice"]
    await world.connected(token="demo-token-new")
    world.clock.advance(minutes=1)
    await world.settlement.sweep()
    assert await world.state(doubt) is (State.CHARGED if same else State.UNRESOLVED)
