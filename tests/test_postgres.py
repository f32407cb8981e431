import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.settings import load_settings

pytestmark = pytest.mark.postgres


@pytest.mark.parametrize("turn", [1, 2])
async def test_each_test_has_an_empty_database_of_its_own(postgres_url: str, turn: int) -> None:
    engine = create_async_engine(postgres_url)
    try:
        async with engine.begin() as connection:
            # The second turn fails here if it sees what the first one made.
            await connection.execute(text("CREATE TABLE made (turn integer)"))
            assert (await connection.execute(text("SHOW fsync"))).scalar_one() == "off"
    finally:
        await engine.dispose()


def test_its_address_is_one_that_the_settings_accept(postgres_url: str) -> None:
    key = "Q2FuYXJ5Q2FuYXJ5Q2FuYXJ5Q2FuYXJ5Q2FuYXJ5Q2E="
    settings = load_settings({"TELEGRAM_BOT_TOKEN": "1:abc", "DATABASE_URL": postgres_url, "TOKEN_KEYS": key})
    assert settings.database_url == SecretStr(postgres_url)
