"""An answer of the provider that no table explains fails closed, and the admins hear of it once."""

import pytest

from bot.sandbox.server import Sandbox
from tests.support.people import Person


@pytest.mark.usefixtures("bot")
async def test_admins_are_told_once_of_a_code_that_is_in_no_table(sandbox: Sandbox, alice: Person, bob: Person, admin: Person) -> None:
    admin.says("/start")
    await admin.sees("Hello, Admin")
    await alice.connects("demo-token-alice")
    await bob.connects("demo-token-bob")
    sandbox.provider.faults.add("balance", "code", code=299)
    for person in (alice, bob, alice):
        sent = person.says("/balance")
        await person.sees("do not understand", "Nothing was bought", after=sent["message_id"])
    told = await admin.sees("otpbuddy answered something that I do not know", "299")
    sandbox.provider.faults.clear()
    sandbox.provider.faults.add("balance", "code", code=298, count=1)
    alice.says("/balance")
    await admin.sees("298", after=told["message_id"])
    assert sum("299" in message["text"] for message in admin.messages()) == 1
