"""Who was told of a rejected token by what they did is not told of it again."""

import pytest

from bot.otpbuddy import TokenRejected
from bot.services.errors import NotFound
from tests.services.world import ALICE, World


async def test_a_rejection_counts_as_told_unless_the_telling_fails(world: World) -> None:
    await world.connected()
    async with world.accounts.telling_of_rejection(ALICE):
        pass
    assert (await world.chat()).rejected_told_at is None, "there is nothing to tell"
    world.provider.faults.add("getBalance", "http", status=403)
    with pytest.raises(TokenRejected):
        await world.accounts.balance(ALICE)
    with pytest.raises(NotFound):
        async with world.accounts.telling_of_rejection(ALICE):
            raise NotFound
    assert (await world.chat()).rejected_told_at is None
    async with world.accounts.telling_of_rejection(ALICE):
        pass
    assert (await world.chat()).rejected_told_at == world.clock.now
