"""The rotation of keys dies half-way while the bot runs: every token can be read all the time, and the next rotation ends the work."""

import asyncio
from pathlib import Path

import pytest

from bot.sandbox.server import Sandbox
from storage.vault import Vault, key_file, load_or_create_keys
from tests.chaos.test_kills import bot, dies
from tests.support.bots import rows
from tests.support.people import PATIENCE, Person

pytestmark = pytest.mark.processes


def with_newest_key(directory: Path) -> list[bool]:
    """Tell of each chat's token whether it is sealed with the newest key."""
    vault = Vault(load_or_create_keys(key_file(directory / "bot.sqlite3")))
    return [vault.is_current(token) for (token,) in rows(directory, "SELECT token FROM chat WHERE token IS NOT NULL ORDER BY id")]


async def sees_balance(person: Person) -> None:
    sent = person.says("/balance")
    await person.sees("balance", after=sent["message_id"])


@pytest.mark.parametrize(
    ("point", "after", "sealed_anew"),
    [
        ("about to seal a token anew", 1, 0),
        ("did seal a token anew", 1, 1),
        ("about to seal a token anew", 2, 1),
        ("did seal a token anew", 2, 2),
    ],
)
async def test_a_rotation_survives_a_kill(
    sandbox: Sandbox, alice: Person, bob: Person, tmp_path: Path, point: str, after: int, sealed_anew: int
) -> None:
    async with bot(sandbox, tmp_path):
        await alice.connects("demo-token-alice")
        await bob.connects("demo-token-bob")
        card = await alice.buys("WhatsApp")
        async with bot(sandbox, tmp_path, "rotate", kill_at=point, after=after) as rotation:
            await dies(rotation)
        assert sum(with_newest_key(tmp_path)) == sealed_anew
        # The process that runs has never been told of the new key.
        for person in (alice, bob):
            await sees_balance(person)
        (held,) = sandbox.provider.activations.values()
        sandbox.provider.send_sms(held.id, "Your code is 482913")
        await alice.sees("🔑 482913", after=card["message_id"])
    async with bot(sandbox, tmp_path):
        for person in (alice, bob):
            await sees_balance(person)
        async with bot(sandbox, tmp_path, "rotate") as rotation, asyncio.timeout(PATIENCE):
            assert await rotation.wait() == 0
        assert with_newest_key(tmp_path) == [True, True]
        for person in (alice, bob):
            await sees_balance(person)
