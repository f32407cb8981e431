import asyncio
import json
import logging
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from telegram.error import BadRequest, NetworkError

from bot.gateway.dispatch import Dispatcher
from bot.gateway.patience import Patience
from bot.gateway.receipt import BotTokenError, Intake
from storage.database import Database
from tests.gateway.site import Site
from tests.gateway.support import Reply, VirtualTime, message, ok, pending, refusal


async def test_updates_reach_their_handlers_and_are_confirmed_afterwards(site: Site) -> None:
    async with site.running():
        await site.telegram.called("getUpdates")
        site.telegram.reply("getUpdates", ok([]))
        await site.telegram.push(message(5, "one"), message(6, "two"))
        await site.until(5, 6)
        offsets = [call["offset"] for call in await site.telegram.called("getUpdates", 3)]
    assert offsets == ["0", "7", "7"]
    assert site.telegram.updates == []
    assert [update.effective_message.text for update in site.handled if update.effective_message] == ["one", "two"]
    assert await pending(site.database) == []
    call = site.telegram.parameters("getUpdates")[0]
    assert call["timeout"] == "30"
    assert json.loads(call["allowed_updates"]) == ["message"]


async def test_an_update_is_confirmed_only_when_it_is_stored(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    class DiskFull(Intake):
        failures = 3

        async def store(self, batch: Any, attempt: int = 1) -> list[dict[str, Any]]:
            if batch and self.failures:
                self.failures -= 1
                assert len(site.telegram.parameters("getUpdates")) == 1
                raise OperationalError("INSERT", {}, Exception("database or disk is full"))
            return await super().store(batch, attempt)

    intake = DiskFull(site.bot, site.database, site.vault, site.dispatcher)
    async with site.running(site.poller(intake)):
        await site.telegram.push(message(1))
        await site.until(1)
        await site.telegram.called("getUpdates", 2)
    assert site.time.naps == [1, 2, 4]
    assert caplog.text.count("Could not store updates") == 3


async def test_a_commit_whose_answer_was_lost_loses_nothing(site: Site) -> None:
    class Unclear(Intake):
        lost = False

        async def store(self, batch: Any, attempt: int = 1) -> list[dict[str, Any]]:
            stored = await super().store(batch, attempt)
            if batch and not self.lost:
                self.lost = True
                raise OperationalError("COMMIT", {}, Exception("server closed the connection"))
            return stored

    intake = Unclear(site.bot, site.database, site.vault, site.dispatcher)
    async with site.running(site.poller(intake)):
        await site.telegram.push(message(1), message(2))
        await site.until(1, 2)


async def test_a_bug_in_the_storing_ends_the_polling(site: Site) -> None:
    naive = datetime(2026, 1, 1)  # noqa: DTZ001  # The bug: a time without a zone.
    site.polling = site.poller(Intake(site.bot, site.database, site.vault, site.dispatcher, clock=lambda: naive))
    await site.telegram.push(message(1))
    assert "a time without a zone" in str(await site.failure())
    assert len(site.telegram.updates) == 1


async def test_a_bug_in_the_dispatcher_ends_the_polling(site: Site) -> None:
    async def broken(_update_ids: Any) -> None:
        raise ZeroDivisionError

    site.dispatcher = Dispatcher(site.process, broken, site.process)
    site.polling = site.poller(Intake(site.bot, site.database, site.vault, site.dispatcher))
    await site.telegram.push(message(1))
    assert isinstance((await site.failure()).__cause__, ZeroDivisionError)


async def test_the_same_update_a_hundred_times_has_one_effect(site: Site) -> None:
    async with site.running():
        site.telegram.reply("getUpdates", *[ok([message(1), message(1)])] * 100)
        await site.telegram.push(message(2))
        await site.telegram.called("getUpdates", 102)
        await site.until(1, 2)


async def test_stored_updates_are_sealed_and_emptied_when_handled(site: Site, database: Database) -> None:
    secret = "a1b2c3d4e5f6-pasted-token"
    stored = await site.intake.store([message(1, secret)])
    [(update_id, payload)] = await pending(site.database)
    assert update_id == 1
    assert secret not in payload
    assert json.loads(site.vault.open(payload, "update:1")) == stored[0]
    files = [] if database.file is None else list(database.file.parent.iterdir())
    assert bool(files) is database.is_sqlite
    assert not any(secret.encode() in path.read_bytes() for path in files)


async def test_an_update_that_cannot_be_parsed_takes_no_other_with_it(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    async with site.running():
        await site.telegram.push({"update_id": 1, "message": {"text": "pasted-token", "date": "x"}}, message(2))
        await site.until(1, 2)
    assert "The update 1 cannot be parsed" in caplog.text
    assert "pasted-token" not in "".join(record.getMessage() for record in caplog.records if record.name.startswith("bot."))


async def test_failures_of_telegram_are_outlasted(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    site.telegram.reply(
        "getUpdates",
        Reply(502, b"<html>Bad Gateway</html>"),
        Reply(400, b"<html>a proxy's opinion</html>"),
        Reply(cut=True),
        Reply(200, b"no json"),
        Reply(200, b'{"ok": true, "result": [{"update_id": "1"}]}'),
        Reply(200, b'{"ok": true, "result": {}}'),
        refusal(429, "Too Many Requests: retry after 11", retry_after=11),
        refusal(409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"),
    )
    async with site.running():
        await site.telegram.push(message(1))
        await site.until(1)
    assert site.time.naps == [1, 2, 4, 8, 8, 8, 11, 15]
    assert "somebody else, another process or a webhook" in caplog.text
    assert "terminated by other getUpdates request" in caplog.text


async def test_an_answer_that_never_ends_is_given_up(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    site.telegram.reply("getUpdates", Reply(body=b" " * 100_000, drip=0.01))
    async with site.running(site.poller(site.intake, poll_timeout=0, slack=0.2)):
        await site.telegram.called("getUpdates", 2)
    assert "took too long" in caplog.text


@pytest.mark.parametrize("status", [401, 404])
async def test_a_token_that_telegram_does_not_know_ends_the_polling(site: Site, status: int) -> None:
    site.telegram.reply("getUpdates", refusal(status, "Unauthorized"))
    error = await site.failure()
    assert isinstance(error, BotTokenError)
    assert "TELEGRAM_BOT_TOKEN" in str(error)


async def test_a_request_that_telegram_calls_wrong_ends_the_polling(site: Site) -> None:
    site.telegram.reply("getUpdates", refusal(400, "Bad Request: allowed_updates is wrong"))
    assert isinstance(await site.failure(), BadRequest)


async def test_a_cancelled_polling_ends_its_tasks(site: Site) -> None:
    before = asyncio.all_tasks()
    run = asyncio.create_task(site.polling.run())
    await site.telegram.called("getUpdates")
    run.cancel()
    await asyncio.wait([run])
    assert run.cancelled()
    assert {task for task in asyncio.all_tasks() - before if not task.done()} <= site.telegram.connections


async def test_delays_grow_and_never_keep_step(time: VirtualTime) -> None:
    patience = Patience(shortest=1, longest=60, sleep=time.sleep, chance=lambda: 1.0)
    for attempt in (1, 2, 3, 7, 10_000):
        await patience.wait(attempt)
    assert time.naps == [0.5, 1, 2, 30, 30]
    with pytest.raises(NetworkError):
        await patience.outlast("try", refuse, lambda error: isinstance(error, OSError))


async def refuse(_attempt: int) -> None:
    raise NetworkError("x")
