import asyncio
import socket
from collections.abc import Awaitable, Callable

import httpx
import pytest
from telegram import Bot
from telegram.error import ChatMigrated, NetworkError, TelegramError
from telegram.ext import ExtBot

from bot.gateway import outcome
from bot.gateway.limiter import NotSentError
from bot.gateway.outcome import Outcome, classify
from tests.gateway.support import TOKEN, Reply, Telegram, refusal, request

REFUSALS = [
    (
        400,
        "Bad Request: message is not modified: specified new message content and reply markup are exactly the same",
        Outcome.NOT_MODIFIED,
    ),
    (400, "Bad Request: query is too old and response timeout expired or query ID is invalid", Outcome.STALE_QUERY),
    (400, "Bad Request: QUERY_ID_INVALID", Outcome.STALE_QUERY),
    (400, "Bad Request: message to edit not found", Outcome.GONE),
    (400, "Bad Request: message to delete not found", Outcome.GONE),
    (400, "Bad Request: message to be replied not found", Outcome.GONE),
    (400, "Bad Request: message can't be edited", Outcome.GONE),
    (400, "Bad Request: there is no text in the message to edit", Outcome.GONE),
    (400, "Bad Request: message can't be deleted for everyone", Outcome.GONE),
    (400, "Bad Request: MESSAGE_ID_INVALID", Outcome.GONE),
    (400, "Bad Request: chat not found", Outcome.UNREACHABLE),
    (400, "Bad Request: PEER_ID_INVALID", Outcome.UNREACHABLE),
    (400, "Bad Request: have no rights to send a message", Outcome.UNREACHABLE),
    (403, "Forbidden: bot was blocked by the user", Outcome.UNREACHABLE),
    (403, "Forbidden: user is deactivated", Outcome.UNREACHABLE),
    (403, "Forbidden: bot can't initiate conversation with a user", Outcome.UNREACHABLE),
    (403, "Forbidden: bot was kicked from the supergroup chat", Outcome.UNREACHABLE),
    (400, 'Bad Request: can\'t parse entities: Unsupported start tag "x" at byte offset 0', Outcome.BAD_MARKUP),
    (400, "Bad Request: message is too long", Outcome.TOO_LONG),
    (400, "Bad Request: MESSAGE_TOO_LONG", Outcome.TOO_LONG),
    (400, "Bad Request: message caption is too long", Outcome.TOO_LONG),
    (400, "Bad Request: BUTTON_DATA_INVALID", Outcome.OTHER),
    (401, "Unauthorized", Outcome.OTHER),
    (404, "Not Found", Outcome.OTHER),
    (429, "Too Many Requests", Outcome.LIMITED),
    (500, "Internal Server Error", Outcome.UNCLEAR),
    (502, "Bad Gateway", Outcome.UNCLEAR),
]


async def failure(bot: Bot) -> TelegramError:
    with pytest.raises(TelegramError) as caught:
        await bot.send_message(1, "hello")
    return caught.value


@pytest.mark.parametrize(("status", "description", "expected"), REFUSALS)
async def test_a_refusal_is_told_by_its_description(telegram: Telegram, status: int, description: str, expected: Outcome) -> None:
    telegram.reply("sendMessage", refusal(status, description))
    async with telegram.bot() as bot:
        assert classify(await failure(bot)) is expected


async def test_a_pause_and_a_new_address_are_told_by_their_parameters(telegram: Telegram) -> None:
    telegram.reply("sendMessage", refusal(429, "Too Many Requests: retry after 5", retry_after=5))
    migrated = "Bad Request: group chat was upgraded to a supergroup chat"
    telegram.reply("sendMessage", refusal(400, migrated, migrate_to_chat_id=-1009999999999))
    async with telegram.bot() as bot:
        assert classify(await failure(bot)) is Outcome.LIMITED
        error = await failure(bot)
    assert classify(error) is Outcome.MIGRATED
    assert isinstance(error, ChatMigrated)
    assert error.new_chat_id == -1009999999999


@pytest.mark.parametrize("status", [200, 400, 403, 409, 413, 429, 503])
async def test_a_page_that_is_not_telegrams_proves_nothing(telegram: Telegram, status: int) -> None:
    telegram.reply("sendMessage", Reply(status, b"<html>chat not found</html>"))
    async with telegram.bot() as bot:
        error = await failure(bot)
    assert classify(error) is (Outcome.OTHER if status == 409 else Outcome.UNCLEAR)


async def test_a_connection_cut_after_the_request_is_unclear(telegram: Telegram) -> None:
    telegram.reply("sendMessage", Reply(cut=True))
    async with telegram.bot() as bot:
        assert classify(await failure(bot)) is Outcome.UNCLEAR
    assert len(telegram.parameters("sendMessage")) == 1


def never(done: asyncio.Event) -> Callable[[], Awaitable[Reply]]:
    async def reply() -> Reply:
        await done.wait()
        return Reply()

    return reply


async def test_no_answer_in_time_is_unclear(telegram: Telegram) -> None:
    telegram.reply("sendMessage", never(asyncio.Event()))
    async with telegram.bot(read_timeout=0.05) as bot:
        assert classify(await failure(bot)) is Outcome.UNCLEAR


async def test_without_a_free_connection_nothing_left(telegram: Telegram) -> None:
    done = asyncio.Event()
    telegram.reply("sendMessage", never(done))
    async with telegram.bot(connection_pool_size=1, pool_timeout=0.05) as bot:
        first = asyncio.create_task(bot.send_message(1, "occupies the connection"))
        await telegram.called("sendMessage")
        assert classify(await failure(bot)) is Outcome.UNSENT
        done.set()
        await first
    assert len(telegram.parameters("sendMessage")) == 1


async def test_a_refused_connection_means_that_nothing_left() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        bot = ExtBot(TOKEN, base_url=f"http://127.0.0.1:{closed.getsockname()[1]}/bot", request=request())
        assert classify(await failure(bot)) is Outcome.UNSENT
        await bot.shutdown()


def test_what_a_shut_down_limiter_did_not_send_never_left() -> None:
    assert classify(NotSentError("Not sent")) is Outcome.UNSENT


def test_the_names_of_the_clients_errors_are_real() -> None:
    known = {name for name in outcome._NEVER_LEFT if issubclass(getattr(httpx, name), httpx.HTTPError | httpx.InvalidURL)}
    assert known == outcome._NEVER_LEFT


@pytest.mark.parametrize(("cause", "expected"), [(httpx.ConnectTimeout("x"), Outcome.UNSENT), (httpx.WriteTimeout("x"), Outcome.UNCLEAR)])
def test_causes_that_a_loopback_server_cannot_produce(cause: Exception, expected: Outcome) -> None:
    error = NetworkError("x")
    error.__cause__ = cause
    assert classify(error) is expected
