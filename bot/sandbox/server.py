"""The whole sandbox in one server: the simulated Telegram, the simulated provider, the chat page and the bot's switch."""

from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.sandbox.child import BotProcess
from bot.sandbox.provider import Provider, provider_routes
from bot.sandbox.serve import serve
from bot.sandbox.telegram import Telegram, telegram_routes

BOT_TOKEN = "100200300:SANDBOX-not-a-real-token"  # noqa: S105  # It opens the simulated Telegram and nothing else.
ADMIN_ID = 9001
PEOPLE: tuple[tuple[int, str, str], ...] = (
    (1001, "Alice", "alice"),
    (1002, "Bob", "bob"),
    (ADMIN_ID, "Admin", "admin"),
)

_PAGE = Path(__file__).parent / "page"
_HEADERS = (
    # The page loads nothing from elsewhere, and nothing in a message may become script.
    (b"content-security-policy", b"default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-cache"),
)
_PAGE_PATHS = ("/static/", "/sandbox/files/")


def _utc_now() -> datetime:
    return datetime.now(UTC)


class _PageHeaders:
    """Middleware that adds the page's security headers to the page, its parts and the files that chats hold."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] != "http" or not (path == "/" or path.startswith(_PAGE_PATHS)):
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", ()), *_HEADERS]}
            await send(message)

        await self._app(scope, receive, with_headers)


def create_sandbox(
    telegram: Telegram,
    provider: Provider,
    *,
    bot: Callable[[], BotProcess | None] = lambda: None,
    routes: Sequence[BaseRoute] = (),
) -> Starlette:
    """Build the sandbox's application.

    /bot<token>/… and /file/bot<token>/… are the Bot API, /sandbox/… what the page does in it, /v1/api/… the
    provider's API, /desk/… its desk, /demo/… the switch of the bot's process (`bot` returns it, None where nobody
    manages one), / and /static/… the page. `routes` come first, for a test that needs one more address.
    """

    async def page(_request: Request) -> Response:
        return FileResponse(_PAGE / "index.html")

    return Starlette(
        routes=[
            *routes,
            *telegram_routes(telegram),
            *provider_routes(provider),
            Mount("/demo", routes=_switch_routes(bot)),
            Route("/", page),
            Mount("/static", StaticFiles(directory=_PAGE)),
        ],
        middleware=[Middleware(_PageHeaders)],
    )


def _switch_routes(bot: Callable[[], BotProcess | None]) -> list[BaseRoute]:
    """Return the routes that show, start and kill the bot's process."""

    def answer() -> Response:
        process = bot()
        if process is None:
            return JSONResponse({"managed": False})
        return JSONResponse({"managed": True, **process.snapshot()})

    async def show(_request: Request) -> Response:
        return answer()

    async def start(_request: Request) -> Response:
        process = bot()
        if process is not None:
            await process.start()
        return answer()

    async def kill(_request: Request) -> Response:
        process = bot()
        if process is not None:
            await process.kill()
        return answer()

    return [
        Route("/bot", show),
        Route("/bot/start", start, methods=["POST"]),
        Route("/bot/kill", kill, methods=["POST"]),
    ]


class Sandbox:
    """A running sandbox: `async with Sandbox() as sandbox` serves it on loopback until the block is left.

    Without arguments it has Alice (1001), Bob (1002) and the admin (9001), a provider with its demo accounts, and
    real time. `url` is set while it runs; `telegram` and `provider` are the live states behind the servers.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], datetime] = _utc_now,
        telegram: Telegram | None = None,
        provider: Provider | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        routes: Sequence[BaseRoute] = (),
    ) -> None:
        """`clock` drives the parts that are not given; port 0 lets the operating system choose."""
        self.telegram = telegram or _telegram(clock)
        self.provider = provider or Provider(clock=clock)
        self.bot: BotProcess | None = None
        self.url = ""
        self._host = host
        self._port = port
        self._app = create_sandbox(self.telegram, self.provider, bot=lambda: self.bot, routes=routes)
        self._stack = AsyncExitStack()

    @property
    def telegram_base_url(self) -> str:
        """The value for TELEGRAM_BASE_URL: the prefix to which the bot's token is appended."""
        return f"{self.url}/bot"

    @property
    def otpbuddy_base_url(self) -> str:
        """The value for OTPBUDDY_BASE_URL."""
        return f"{self.url}/v1/api"

    async def __aenter__(self) -> Self:
        self.url = await self._stack.enter_async_context(serve(self._app, host=self._host, port=self._port))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._stack.aclose()
        await self.telegram.close()


def _telegram(clock: Callable[[], datetime]) -> Telegram:
    """Return a simulated Telegram with the demo's people, none of whom has pressed Start yet."""
    telegram = Telegram(clock=clock, bot_token=BOT_TOKEN)
    for user_id, first_name, username in PEOPLE:
        telegram.add_user(user_id, first_name, username=username, language_code="en")
    return telegram
