"""Purchases summed up by day, which each database says in its own words."""

from datetime import UTC, datetime, timedelta

from storage import spending
from storage.database import Database
from tests.storage import rows
from tests.storage.rows import CHAT, NOW


async def test_purchases_are_counted_by_the_day_of_utc_on_which_they_were_asked_for(database: Database) -> None:
    await rows.chat(database)
    midnight = datetime(2026, 3, 1, tzinfo=UTC)
    await rows.number(database, "last", requested_at=midnight - timedelta(microseconds=1))
    await rows.number(database, "first", requested_at=midnight)
    await rows.number(database, "noon")
    await rows.activation(database, "offered")
    async with database.reading() as session:
        found = await spending.paid(session, (NOW - timedelta(days=1)).date(), CHAT)
    counted = {(paid.day, paid.product_id): paid.count for paid in found}
    assert counted == {("2026-02-28", "wa"): 1, ("2026-03-01", "wa"): 2}
    assert {paid.name for paid in found} == {"WhatsApp"}
