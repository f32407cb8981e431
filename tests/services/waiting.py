"""Alerts over a world: who waits, and who looks."""

from collections.abc import Sequence
from decimal import Decimal

from bot.sandbox.provider import Offer
from bot.services.alerts import EVERY, LONGEST_PAUSE, AlertChecks, Alerts
from bot.services.backoff import Backoff
from bot.services.catalog import product_key
from storage import alerts as queries
from storage.models import Alert
from tests.services.world import World

D = Decimal
WA = product_key("wa")


def service(world: World) -> Alerts:
    return Alerts(world.database, world.catalog, world.clock)


def checks(world: World, jitter: float = 0.5, pauses: float = 1.0) -> AlertChecks:
    """Checks that look every five minutes to the second, and pause for the full time, unless told otherwise."""
    return AlertChecks(
        database=world.database,
        accounts=world.accounts,
        catalog=world.catalog,
        backoff=Backoff(world.clock, lambda: pauses, first=EVERY, longest=LONGEST_PAUSE),
        clock=world.clock,
        jitter=lambda: jitter,
    )


async def untold(world: World) -> Sequence[Alert]:
    async with world.database.reading() as session:
        return await queries.untold(session, 100)


def withdraw(world: World, product_id: str) -> Offer:
    """Take a product off the provider's list."""
    offer = world.provider.offers[product_id]
    world.provider.set_products([other for other in world.provider.offers.values() if other is not offer])
    return offer


def restore(world: World, offer: Offer) -> None:
    world.provider.set_products([*world.provider.offers.values(), offer])


async def later(world: World, checking: AlertChecks, minutes: float = 5) -> None:
    world.clock.advance(minutes=minutes)
    await checking.sweep()
