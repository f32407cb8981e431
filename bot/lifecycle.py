"""From the start of the process to its end: connect, serve, and wind down so that nothing is lost."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from typing import Any

from telegram.error import InvalidToken, TelegramError

from bot.app import PATIENCE, TELEGRAMS_LIMITS, UPDATES, build, utc_now
from bot.clock import Boot
from bot.commands import publish
from bot.gateway import web
from bot.gateway.limiter import Limits
from bot.gateway.receipt import BotTokenError
from bot.gateway.server import serving
from bot.gateway.webhook import PATH, secret_of
from bot.jobs import Jobs
from bot.otpbuddy import Client
from bot.process import App, Bot, Kind
from bot.services.leases import Shared
from bot.services.pulse import Pulse
from bot.services.settlement import Patience
from bot.services.timekeeping import keep_time
from bot.settings import Settings
from storage import migrations, signals
from storage.database import Database, Probe, no_probe
from storage.sole import only_process

logger = logging.getLogger(__name__)

SHUTDOWN_WITHIN = 10.0
RETRY_AFTER = 5.0


async def run(
    settings: Settings,
    stop: asyncio.Event,
    clock: Callable[[], datetime] = utc_now,
    limits: Limits = TELEGRAMS_LIMITS,
    patience: Patience = PATIENCE,
    probe: Probe = no_probe,
    kind: Kind = Kind.RUN,
    boot: Boot | None = None,
) -> None:
    """Run one process of the bot until it is told to stop; raises whatever must end the process.

    `boot` tells by how far the clock was set since the last process, where this is the only one. `probe` is told of every commit,
    provider call and Telegram request before and after it, and may stop the program there.
    """
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(Database(settings.database_url.get_secret_value(), probe=probe))
        if database.file is not None:
            stack.enter_context(only_process(database.file))
        await migrations.upgrade(database)
        if boot is not None and kind is Kind.RUN:
            await keep_time(database, clock, boot)
        pulse = Pulse(clock)
        client = await stack.enter_async_context(Client(settings.otpbuddy_base_url, clock=clock, probe=probe, heard=pulse.provider))
        bot = build(settings, database, client, kind=kind, clock=clock, limits=limits, patience=patience, probe=probe, pulse=pulse)
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
                await asyncio.wait([stopping], timeout=RETRY_AFTER)
    finally:
        stopping.cancel()


def _greeted(greeting: asyncio.Task[None]) -> bool:
    try:
        greeting.result()
    except InvalidToken:
        # The library's own message quotes the token.
        raise BotTokenError("Telegram does not know this bot: check TELEGRAM_BOT_TOKEN and TELEGRAM_BASE_URL.") from None
    except TelegramError as error:
        logger.warning("Telegram cannot be reached, trying again in %.0f s: %s", RETRY_AFTER, error)
        return False
    return True


async def _serve(bot: Bot, stop: asyncio.Event) -> None:
    """Serve until the stop; raises what the intake of updates or a job died of, because the bot must not live on deaf."""
    await bot.take_up()
    jobs = Jobs(bot.jobs())
    await bot.application.start()
    jobs.start(bot.queue)
    async with _receiving(bot) as receiving:
        vital = [
            *(asyncio.create_task(work, name=name) for name, work in receiving.items()),
            asyncio.create_task(jobs.watch(), name="watch over the jobs"),
            asyncio.create_task(stop.wait(), name="wait for the stop"),
        ]
        publishing = asyncio.create_task(_publish(bot), name="publish the commands")
        logger.info("the bot is running as @%s (%s)", bot.application.bot.username, bot.kind.value)
        try:
            ended, _ = await asyncio.wait(vital, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await _wind_down(bot)
            for task in (*vital, publishing):
                task.cancel()
            await asyncio.wait([*vital, publishing])
    for task in ended:
        task.result()


@asynccontextmanager
async def _receiving(bot: Bot) -> AsyncIterator[dict[str, Coroutine[Any, Any, None]]]:
    """Open what this kind of process hears by; gives, by name, what must not end while it lives."""
    if bot.kind is Kind.RUN:
        yield {"long polling": bot.long_polling.run()}
    elif bot.kind is Kind.WORKER:
        yield {"listen to other processes": signals.listen(bot.database, bot.heard)}
    else:
        endpoints = web.application(bot.webhook, bot.database, bot.clock)
        async with serving(endpoints, host=bot.settings.web_host, port=bot.settings.port, finish_within=int(SHUTDOWN_WITHIN)) as address:
            logger.info("listening on %s", address)
            yield {"webhook": _keep_webhook(bot), "watch over the dispatcher": bot.dispatcher.watch()}


async def _keep_webhook(bot: Bot) -> None:
    """Tell Telegram where to send updates, until it takes that in; then there is nothing more to do than to be there."""
    url, secret = f"{bot.settings.webhook_url}{PATH}", secret_of(bot.settings.telegram_bot_token)
    while True:
        try:
            await bot.application.bot.set_webhook(url, secret_token=secret, allowed_updates=UPDATES)
        except TelegramError as error:
            logger.warning("the webhook could not be set, trying again in %.0f s: %s", RETRY_AFTER, error)
            await asyncio.sleep(RETRY_AFTER)
        else:
            await asyncio.Event().wait()


async def _publish(bot: Bot) -> None:
    if bot.kind is not Kind.WEB and await bot.leases.claim("publish the commands"):
        await publish(bot.application.bot, bot.parts.languages, await bot.parts.team.ids(), bot.parts.accounts.language)


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
            # What these still find out is to be told, so those that tell are waited for afterwards.
            await asyncio.gather(*(part.drain() for part in (bot.poller, bot.keeper, bot.notices, bot.broadcaster, bot.alarm_teller)))
            await asyncio.gather(bot.deliveries.drain(), bot.announcer.drain())
    except TimeoutError:
        logger.warning("some polls or messages did not end in time; they go on after the next start")
    if isinstance(bot.leases, Shared):
        await bot.leases.release()
    await bot.application.stop()
