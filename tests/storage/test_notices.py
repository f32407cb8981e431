"""What the admins are told: noted once for each kind, kept until it was told."""

from datetime import timedelta

from storage import notices
from storage.database import Database
from tests.storage.rows import NOW

MINUTE = timedelta(minutes=1)


async def _note(database: Database, kind: str, detail: str = "", minutes: int = 0) -> bool:
    async with database.writing() as session:
        return await notices.note(session, kind, detail, NOW + minutes * MINUTE)


async def _untold(database: Database) -> list[tuple[str, str]]:
    async with database.reading() as session:
        return [(notice.kind, notice.detail) for notice in await notices.untold(session)]


async def test_a_kind_is_noted_once_with_the_words_of_the_first_time(database: Database) -> None:
    assert await _note(database, "code 299", "first")
    assert not await _note(database, "code 299", "second", minutes=1)
    assert await _untold(database) == [("code 299", "first")]


async def test_what_was_noted_first_is_told_first(database: Database) -> None:
    for kind, minutes in (("b", 2), ("c", 3), ("a", 1)):
        await _note(database, kind, minutes=minutes)
    assert [kind for kind, _ in await _untold(database)] == ["a", "b", "c"]


async def test_what_was_told_is_told_no_more_even_if_it_comes_again(database: Database) -> None:
    await _note(database, "told")
    await _note(database, "waiting")
    async with database.writing() as session:
        await notices.mark_told(session, "told", NOW)
    assert not await _note(database, "told", minutes=1)
    assert await _untold(database) == [("waiting", "")]
