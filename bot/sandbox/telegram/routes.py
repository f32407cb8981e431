"""HTTP in front of the simulated Telegram: the Bot API, its files, and the page's API."""

import asyncio
import hmac
import json
from collections.abc import Callable, Coroutine
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from bot.sandbox.telegram.errors import ApiError, bad_request
from bot.sandbox.telegram.faults import Fault, FaultKind
from bot.sandbox.telegram.page_api import page_routes
from bot.sandbox.telegram.params import Params, Upload
from bot.sandbox.telegram.webhook import WebhookDelivery, wait_before_retry
from bot.sandbox.telegram.world import Telegram

_POLLING = "getupdates"
_HANGING = frozenset({FaultKind.HANG, FaultKind.HANG_AFTER})
_BEFORE_EFFECT = frozenset({FaultKind.HANG, FaultKind.CUT, FaultKind.HTTP_ERROR})


class CutResponse(Response):
    """An answer that ends in the middle: the server closes the connection before the body is whole."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Promise more bytes than are sent, which makes an HTTP server close the connection."""
        del scope, receive
        headers = [(b"content-type", b"application/json"), (b"content-length", b"1000")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b'{"ok":', "more_body": True})


class BotApi:
    """The Bot API endpoint of one simulated Telegram."""

    def __init__(self, telegram: Telegram, webhook: WebhookDelivery) -> None:
        """Answer for this Telegram and keep the webhook's delivery going."""
        self._telegram = telegram
        self._webhook = webhook

    async def call(self, request: Request) -> Response:
        """Answer `/bot{token}/{method}`."""
        if not self._authorized(request):
            return _refused(ApiError(401, "Unauthorized"))
        method = request.path_params["method"]
        try:
            params = await read_params(request)
        except ApiError as error:
            return _refused(error)
        fault = self._telegram.strike(method, params)
        answer = self._answer(method, params) if fault is None else self._with_fault(fault, method, params)
        if method.lower() == _POLLING or (fault is not None and fault.kind in _HANGING):
            return await _while_connected(request, answer)
        return await answer

    async def file(self, request: Request) -> Response:
        """Answer `/file/bot{token}/{path}`."""
        if not self._authorized(request):
            return _refused(ApiError(401, "Unauthorized"))
        for stored in self._telegram.files.values():
            if stored.path == request.path_params["path"]:
                return Response(stored.content, media_type=stored.mime_type)
        return _refused(ApiError(404, "Not Found"))

    def _authorized(self, request: Request) -> bool:
        given = str(request.path_params["token"]).encode()
        return hmac.compare_digest(given, self._telegram.bot_token.get_secret_value().encode())

    async def _answer(self, method: str, params: Params) -> Response:
        try:
            if method.lower() == _POLLING:
                result: Any = await self._telegram.get_updates(params)
            else:
                result = self._telegram.call(method, params)
        except ApiError as error:
            return _refused(error)
        if self._telegram.webhook.url:
            self._webhook.start()
        return JSONResponse({"ok": True, "result": result})

    async def _with_fault(self, fault: Fault, method: str, params: Params) -> Response:
        refusal = fault.refusal()
        if refusal is not None:
            self._telegram.record(method, params, refusal)
            return _refused(refusal)
        if fault.kind is FaultKind.HOLD:
            await fault.released()
            return await self._answer(method, params)
        if fault.kind in _BEFORE_EFFECT:
            self._telegram.record(method, params, ApiError(fault.status, f"fault on demand: {fault.kind}"))
        else:
            await self._answer(method, params)
        if fault.kind is FaultKind.HTTP_ERROR:
            page = f"<html><head><title>{fault.status}</title></head><body>nginx</body></html>"
            return HTMLResponse(page, fault.status)
        if fault.kind in _HANGING:
            await fault.released()
        return CutResponse()


def _refused(error: ApiError) -> Response:
    return JSONResponse(error.as_json(), error.code)


async def _while_connected(request: Request, answer: Coroutine[Any, Any, Response]) -> Response:
    """Wait for an answer only as long as the caller does: a killed bot's poll must not outlive it."""
    answering, leaving = asyncio.create_task(answer), asyncio.create_task(_left(request))
    try:
        await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
        return answering.result() if answering.done() else Response(status_code=499)
    finally:
        for task in (answering, leaving):
            task.cancel()
        await asyncio.gather(answering, leaving, return_exceptions=True)


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def read_params(request: Request) -> Params:
    """Return the parameters of a Bot API request: its query, overlaid by its JSON or form body."""
    values: dict[str, Any] = dict(request.query_params)
    files: dict[str, Upload] = {}
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        values |= await _json_body(request)
    elif kind in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        async with request.form() as form:
            for name, value in form.multi_items():
                if isinstance(value, UploadFile):
                    mime_type = value.content_type or "application/octet-stream"
                    files[name] = Upload(value.filename or name, mime_type, await value.read())
                else:
                    values[name] = value
    return Params(values, files)


async def _json_body(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.body() or b"{}")
    except ValueError as error:
        raise bad_request("can't parse JSON object in the request body") from error
    if not isinstance(body, dict):
        raise bad_request("JSON object expected in the request body")
    return body


def telegram_routes(telegram: Telegram, *, webhook_backoff: Callable[[int], float] = wait_before_retry) -> list[BaseRoute]:
    """Return the routes of a simulated Telegram: Bot API, files, and the page's API.

    `webhook_backoff` maps the number of failures in a row to the seconds before an update is delivered again. Requests
    may wait long (polls, event streams, faults): whoever serves the routes cancels them at shutdown and calls
    `telegram.close()`, which ends the delivery to webhooks.
    """
    webhook = WebhookDelivery(telegram, webhook_backoff)
    telegram.on_close(webhook.stop)
    api = BotApi(telegram, webhook)
    return [
        Route("/bot{token}/{method}", api.call, methods=["GET", "POST"]),
        Route("/file/bot{token}/{path:path}", api.file, methods=["GET"]),
        *page_routes(telegram),
    ]
