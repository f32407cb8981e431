"""From the start of the process to its end: connect, serve, and wind down so that nothing is lost."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import datetime

from telegram.error import InvalidToken, TelegramError

from bot.app import PATIENCE, TELEGRAMS_LIMITS, App, Bot, build, utc_now
from bot.commands import publish
from bot.gateway.limiter import Limits
from bot.gateway.receipt import BotTokenError
from bot.jobs import Jobs
from bot.otpbuddy import Client
from bot.services.settlement import Patience
from bot.settings import Settings
from storage import migrations
from storage.database import Database, Probe, no_probe

logger = logging.getLogger(__name__)

SHUTDOWN_WITHIN = 10.0
RETRY_START_AFTER = 5.0


async def run(
    settings: Settings,
    stop: asyncio.Event,
    clock: Callable[[], datetime] = utc_now,
    limits: Limits = TELEGRAMS_LIMITS,
    patience: Patience = PATIENCE,
    probe: Probe = no_probe,
) -> None:
    """Run the whole bot in this process until it is told to stop; raises whatever must end the process.

    `probe` is told of every commit, provider call and Telegram request before and after it, and may stop the program there.
    """
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(Database(settings.database_url.get_secret_value(), probe=probe))
        await migrations.upgrade(database)
        client = await stack.enter_async_context(Client(settings.otpbuddy_base_url, clock=clock, probe=probe))
        bot = build(settings, database, client, clock=clock, limits=limits, patience=patience, probe=probe)
        # The application shuts its connections down only where it got as far as knowing its own name.
        stack.push_async_callback(bot.application.bot.shutdown)
        await _greet_telegram(bot.application, stop)
        stack.push_async_callback(bot.application.shutdown)
        if not stop.is_set():
            await _serve(bot, stop)


async def _greet_telegram(application: App, stop: asyncio.Event) -> None:
    """Ask Telegram who we are until it answers or the stop comes; raises `BotTokenError` where it does not know the token."""
    stopping = asyncio.create_task(stop.wait(), name="wait for the stop")
    try:
        while not stop.is_set():
            greeting = asyncio.create_task(application.initialize(), name="greet Telegram")
            await asyncio.wait([greeting, stopping], return_when=asyncio.FIRST_COMPLETED)
            if greeting.cancel():
                await asyncio.wait([greeting])
            elif _greeted(greeting):
                return
            else:
                await asyncio.wait([stopping], timeout=RETRY_START_AFTER)
    finally:
        stopping.cancel()


def _greeted(greeting: asyncio.Task[None]) -> bool:
    try:
        greeting.result()
    except InvalidToken:
        # The library's own message quotes the token.
        raise BotTokenError("Telegram does not know this bot: check TELEGRAM_BOT_TOKEN and TELEGRAM_BASE_URL.") from None
    except TelegramError as error:
        logger.warning("Telegram cannot be reached, trying again in %.0f s: %s", RETRY_START_AFTER, error)
        return False
    return True


async def _serve(bot: Bot, stop: asyncio.Event) -> None:
    """Serve until the stop; raises what the intake of updates or a job died of, because the bot must not live on deaf."""
    await bot.settlement.adopt()
    await bot.parts.broadcasts.adopt()
    jobs = Jobs(bot.jobs())
    await bot.application.start()
    jobs.start(bot.queue)
    vital = [
        asyncio.create_task(bot.long_polling.run(), name="long polling"),
        asyncio.create_task(jobs.watch(), name="watch over the jobs"),
        asyncio.create_task(stop.wait(), name="wait for the stop"),
    ]
    publishing = asyncio.create_task(
        publish(bot.application.bot, bot.parts.languages, bot.settings.admin_ids, bot.parts.accounts.language), name="publish the commands"
    )
    logger.info("the bot is running as @%s", bot.application.bot.username)
    try:
        ended, _ = await asyncio.wait(vital, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await _wind_down(bot)
        for task in (*vital, publishing):
            task.cancel()
        await asyncio.wait([*vital, publishing])
    for task in ended:
        task.result()


async def _wind_down(bot: Bot) -> None:
    """Take nothing more, finish what is in hand within a deadline, and leave the rest to the rows."""
    bot.long_polling.stop()
    try:
        async with asyncio.timeout(SHUTDOWN_WITHIN):
            await bot.queue.stop(wait=True)
    except TimeoutError:
        logger.warning("a job did not end in time")
    await bot.dispatcher.drain(SHUTDOWN_WITHIN)
    try:
        async with asyncio.timeout(SHUTDOWN_WITHIN):
            await asyncio.gather(bot.poller.drain(), bot.deliveries.drain(), bot.keeper.drain(), bot.broadcaster.drain())
    except TimeoutError:
        logger.warning("some polls or messages did not end in time; they go on after the next start")
    await bot.application.stop()
