"""An audience, a broadcast to it, and the part that sends it."""

import asyncio
from typing import Any

from sqlalchemy import text as sql

from bot.jobs.broadcast import Broadcaster
from bot.jobs.progress import Cards
from bot.services.broadcasts import Progress
from bot.services.leases import Sole
from tests.support.people import Person
from tests.support.wired import Wired

FIRST = 5000
HELD = 10
"""Messages that are held: fewer than the bot has connections, because its card has to be drawn beside them."""


async def audience(wired: Wired, count: int) -> list[Person]:
    """Make so many users who have written to the bot."""
    people = [Person(wired.sandbox, FIRST + number) for number in range(count)]
    for person in people:
        wired.sandbox.telegram.add_user(person.id, f"User {person.id}", started=True)
        await wired.bot.parts.accounts.enter(person.id, "en")
    return people


async def start(wired: Wired, admin: Person, entities: str = "[]") -> str:
    """Let the admin confirm a broadcast; the admin's chat is one of its recipients."""
    await wired.says(admin, "/start")
    asked = (await wired.says(admin, "/broadcast Hello all"))[-1]
    broadcast_id = wired.data(asked, "Send to").partition(":")[2]
    async with wired.bot.database.writing() as session:
        await session.execute(sql("UPDATE broadcast SET entities = :entities"), {"entities": entities})
    await wired.taps(admin, wired.data(asked, "Send to"), asked)
    return broadcast_id


def broadcaster(wired: Wired) -> Broadcaster:
    """Make one as a new process would."""
    parts = wired.bot.parts
    shared: dict[str, Any] = {
        "messenger": parts.messenger,
        "broadcasts": parts.broadcasts,
        "accounts": parts.accounts,
        "languages": parts.languages,
        "clock": wired.clock,
    }
    return Broadcaster(**shared, cards=Cards(**shared, team=parts.team), leases=Sole())


async def one_run(driver: Broadcaster) -> None:
    """Tick, and wait for the run that the tick started, where it has not ended by now."""
    await driver.tick()
    runs = [task for task in asyncio.all_tasks() if task.get_name().startswith("broadcast ")]
    if runs:
        await asyncio.wait(runs)


async def run(driver: Broadcaster) -> None:
    """Tick, wait for what that started, and tick once more to see what came of it."""
    await one_run(driver)
    await driver.tick()


def card(admin: Person) -> str:
    """The text of the newest progress card."""
    return str(next(message["text"] for message in reversed(admin.messages()) if message["text"][:1] in "📣⏸✅⏹"))


async def progress(wired: Wired, broadcast_id: str) -> Progress:
    return await wired.bot.parts.broadcasts.progress(broadcast_id)


def received(person: Person) -> int:
    return len([message for message in person.messages() if message["text"] == "Hello all"])
