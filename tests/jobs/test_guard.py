"""Jobs by the clock: a bug or a silence ends the bot, an outage does not."""

import asyncio
import logging

import pytest
from sqlalchemy.exc import OperationalError

from bot.jobs import Job, JobDiedError, Jobs
from tests.support.wired import Wired

PATIENCE = 10


async def nothing() -> None:
    pass


async def test_a_bug_in_a_job_is_raised_by_whoever_watches(wired: Wired) -> None:
    async def work() -> None:
        raise ZeroDivisionError

    jobs = Jobs([Job("broken", 0.01, work)])
    await wired.bot.queue.start()
    jobs.start(wired.bot.queue)
    with pytest.raises(ZeroDivisionError):
        await asyncio.wait_for(jobs.watch(), PATIENCE)
    await wired.bot.queue.stop()


async def test_the_first_of_several_bugs_is_the_one_that_is_told(wired: Wired) -> None:
    attempts = 0
    third = asyncio.Event()

    async def work() -> None:
        nonlocal attempts
        attempts += 1
        if attempts == 3:
            third.set()
        raise ValueError(attempts)

    jobs = Jobs([Job("broken", 0.01, work)])
    await wired.bot.queue.start()
    jobs.start(wired.bot.queue)
    await asyncio.wait_for(third.wait(), PATIENCE)
    await wired.bot.queue.stop()
    with pytest.raises(ValueError, match="1"):
        await jobs.watch()


@pytest.mark.parametrize("error", [ConnectionRefusedError(), OperationalError("SELECT", {}, Exception("locked"))], ids=type)
async def test_an_outage_is_logged_and_the_job_goes_on(wired: Wired, caplog: pytest.LogCaptureFixture, error: Exception) -> None:
    attempts = 0
    worked = asyncio.Event()

    async def work() -> None:
        nonlocal attempts
        attempts += 1
        if attempts < 3:
            raise error
        worked.set()

    jobs = Jobs([Job("patient", 0.01, work)])
    await wired.bot.queue.start()
    jobs.start(wired.bot.queue)
    watching = asyncio.create_task(jobs.watch(every=0.001))
    await asyncio.wait_for(worked.wait(), PATIENCE)
    await wired.bot.queue.stop()
    assert not watching.done()
    watching.cancel()
    assert [record.levelno for record in caplog.records if record.name == "bot.jobs"] == [logging.ERROR] * 2


async def test_a_job_that_never_ends_is_noticed(wired: Wired) -> None:
    now = 1000.0
    jobs = Jobs([Job("quick", 1.0, nothing), Job("stuck", 60.0, nothing)], clock=lambda: now, silent_for=300.0)
    jobs.start(wired.bot.queue)  # The queue itself does not run, so that no job ever ends.
    now += 300.5
    jobs.check()
    now += 1
    with pytest.raises(JobDiedError, match="'quick' has not ended for 302 s"):
        await jobs.watch(every=0.001)


async def test_a_job_never_runs_beside_itself_and_none_is_dropped_for_being_late(wired: Wired) -> None:
    Jobs(wired.bot.jobs()).start(wired.bot.queue)
    for job in wired.bot.queue.jobs():
        assert job.job.max_instances == 1
        assert job.job.misfire_grace_time is None
        assert job.job.coalesce is True
    assert {job.name for job in wired.bot.queue.jobs()} >= {"poll", "deliver", "settle", "broadcast", "forget offers", "forget updates"}


async def test_every_job_of_the_bot_works_on_an_empty_database(wired: Wired) -> None:
    for job in wired.bot.jobs():
        await job.work()
