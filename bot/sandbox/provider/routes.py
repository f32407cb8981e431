"""The provider's API over HTTP, with the faults that are on, and the desk beside it."""

import asyncio
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.sandbox.provider.api import CALLS, Envelope, refusal
from bot.sandbox.provider.desk import desk_routes
from bot.sandbox.provider.faults import Fault, FaultKind
from bot.sandbox.provider.records import Account
from bot.sandbox.provider.responses import Cut, Drip, Hang, bomb
from bot.sandbox.provider.state import Provider

PREFIX = "/v1/api"
_STRANGER = "stranger"
# Bodies are forbidden with these, so that a server which mirrors its codes has to answer without words.
_BODILESS = frozenset({204, 205})


def provider_routes(provider: Provider) -> list[BaseRoute]:
    """Give the routes of the API under /v1/api and of the desk under /desk."""

    async def call(request: Request) -> Response:
        return await _serve(provider, request)

    return [Route(f"{PREFIX}/{{call}}", call, methods=["GET"]), *desk_routes(provider)]


async def _serve(provider: Provider, request: Request) -> Response:
    name = request.path_params["call"]
    account = provider.accounts.get(request.query_params.get("token", ""))
    label = account.label if account else _STRANGER
    if name not in CALLS[provider.settings.revision]:
        provider.record(name, label, "http 404")
        return HTMLResponse("<h1>Not Found</h1>", 404)
    fault = provider.faults.strike(name, label)
    if fault is None:
        return _answer(provider, request, name, account)
    if not fault.after:
        provider.record(name, label, f"fault {fault.kind}")
        await _wait(fault)
        return _spoil(fault, lambda: _answer(provider, request, name, account))
    answer = _answer(provider, request, name, account)
    provider.record(name, label, f"fault {fault.kind} after the effect")
    await _wait(fault)
    return _spoil(fault, lambda: answer)


def _answer(provider: Provider, request: Request, name: str, account: Account | None) -> Response:
    provider.settle()
    settings = provider.settings
    if account is None:
        if settings.wrong_token.startswith("http"):
            status = int(settings.wrong_token.removeprefix("http"))
            provider.record(name, _STRANGER, f"http {status}")
            return JSONResponse({"status": status, "message": "Unauthorized"}, status)
        envelope = refusal(int(settings.wrong_token))
    else:
        envelope = CALLS[settings.revision][name](provider, account, request.query_params)
    purchase_id = envelope.purchase_id or request.query_params.get("id", "")
    provider.record(name, account.label if account else _STRANGER, str(envelope.code), purchase_id)
    return _respond(provider, envelope)


def _respond(provider: Provider, envelope: Envelope) -> Response:
    status = envelope.code if provider.settings.mirror_http_status else 200
    if status in _BODILESS:
        return Response(status_code=status)
    text = envelope.text(text_numbers=provider.settings.text_numbers)
    return Response(text, status, media_type="application/json")


async def _wait(fault: Fault) -> None:
    if fault.kind is FaultKind.HOLD:
        await fault.released.wait()
    elif fault.kind is FaultKind.DELAY:
        await asyncio.sleep(fault.seconds)


def _spoil(fault: Fault, right: Callable[[], Response]) -> Response:
    """Give what the caller gets; `right` makes the right answer, with its effect unless it was had before."""
    makers: dict[FaultKind, Callable[[], Response]] = {
        FaultKind.CODE: lambda: JSONResponse(refusal(fault.code).rest | {"status": fault.code}),
        FaultKind.HTTP: lambda: _http_error(fault),
        FaultKind.GARBAGE: lambda: Response(fault.garbage, media_type="application/json"),
        FaultKind.BOM: lambda: Response(b"\xef\xbb\xbf" + bytes(right().body), media_type="application/json"),
        FaultKind.DRIP: lambda: Drip(bytes(right().body), fault.seconds),
        FaultKind.HANG: Hang,
        FaultKind.CUT: lambda: Cut(bytes(right().body)[:-1]) if fault.after else Cut(),
        FaultKind.BOMB: bomb,
    }
    return makers.get(fault.kind, right)()


def _http_error(fault: Fault) -> Response:
    headers = {} if fault.retry_after is None else {"Retry-After": fault.retry_after}
    return HTMLResponse(f"<h1>HTTP {fault.status}</h1>", fault.status, headers=headers)
