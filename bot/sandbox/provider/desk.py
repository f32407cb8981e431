"""The provider's desk over HTTP, as JSON: what its page shows, and what one can do there.

A request that makes no sense is answered 400 with {"error": why}.
"""

import asyncio
import dataclasses
import json
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from bot.sandbox.provider.records import Activation
from bot.sandbox.provider.state import Provider

HEARTBEAT_SECONDS = 15.0
_LEDGER_SHOWN, _CALLS_SHOWN = 100, 50
_FAULT_OPTIONS = ("count", "label", "after", "code", "status", "retry_after", "variant", "body", "seconds")
Json = dict[str, Any]


def snapshot(provider: Provider) -> Json:
    """Give everything that the desk shows; the newest activations and ledger entries come last, money is text."""
    provider.settle()
    state = {
        "accounts": [dataclasses.asdict(account) for account in provider.accounts.values()],
        "activations": [_activation(provider, activation) for activation in provider.activations.values()],
        "products": [dataclasses.asdict(offer) for offer in provider.offers.values()],
        "ledger": [dataclasses.asdict(entry) for entry in provider.ledger[-_LEDGER_SHOWN:]],
        "calls": [dataclasses.asdict(entry) for entry in list(provider.calls)[-_CALLS_SHOWN:]],
        "faults": [fault.as_json() for fault in provider.faults.active if not fault.is_over],
        "settings": dataclasses.asdict(provider.settings),
    }
    plain: Json = json.loads(json.dumps(state, default=_plain))
    return plain


def _activation(provider: Provider, activation: Activation) -> Json:
    # The example changes with every SMS, so that sending it twice sends two codes.
    digits = f"{int(activation.id, 16) + 104_729 * len(activation.sms):06d}"[-6:]
    return dataclasses.asdict(activation) | {"open": activation.is_open, "example": provider.text_with(activation.product_id, digits)}


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


async def _events(provider: Provider, heartbeat: float) -> AsyncIterator[str]:
    while True:
        change = provider.change
        yield f"event: state\ndata: {json.dumps(snapshot(provider), ensure_ascii=False)}\n\n"
        while not change.is_set():
            try:
                async with asyncio.timeout(heartbeat):
                    await change.wait()
            except TimeoutError:
                yield ": still here\n\n"


def _sms(provider: Provider, body: Json) -> Json:
    wanted = str(body.get("id") or body.get("number") or "")
    text = body.get("text")
    if text is None:
        product_ids = [found.product_id for found in provider.activations.values() if wanted in {found.id, found.number}]
        text = provider.typical_text(product_ids[-1]) if product_ids else ""
    activation = provider.send_sms(wanted, str(text))
    return {"activation": activation.id, "text": text}


def _fault(provider: Provider, body: Json) -> Json:
    unknown = body.keys() - {"call", "kind", *_FAULT_OPTIONS}
    if unknown:
        raise ValueError(f"No such options: {', '.join(sorted(unknown))}.")
    options = {name: body[name] for name in _FAULT_OPTIONS if body.get(name) is not None}
    if "body" in options:
        options["body"] = str(options["body"]).encode()
    if "retry_after" in options:
        options["retry_after"] = str(options["retry_after"])
    fault = provider.faults.add(str(body.get("call", "*")), str(body.get("kind", "")), **options)
    provider.notify()
    return {"fault": fault.as_json()}


def _account(provider: Provider, body: Json) -> Json:
    account = provider.add_account(str(body["token"]), _money(body["balance"]), body.get("label"))
    return {"label": account.label, "balance": str(account.balance)}


def _stock(provider: Provider, body: Json) -> Json:
    stock = None if body.get("stock") is None else int(body["stock"])
    price = None if body.get("price") is None else _money(body["price"])
    offer = provider.set_stock(str(body["product_id"]), stock=stock, price=price)
    return {"product_id": offer.id, "stock": offer.stock, "price": str(offer.price)}


def _settings(provider: Provider, body: Json) -> Json:
    provider.configure(**body)
    return {"settings": dataclasses.asdict(provider.settings)}


def _money(value: Any) -> Decimal:
    amount = Decimal(str(value))
    if not amount.is_finite():
        raise ValueError("Money must be a number.")
    return amount


def desk_routes(provider: Provider, heartbeat: float = HEARTBEAT_SECONDS) -> list[BaseRoute]:
    """Give the desk's routes; quiet event streams carry a comment every `heartbeat` seconds."""

    async def state(_: Request) -> Response:
        return JSONResponse(snapshot(provider))

    async def events(_: Request) -> Response:
        stream = _events(provider, heartbeat)
        return StreamingResponse(stream, media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    async def clear_faults(_: Request) -> Response:
        provider.faults.clear()
        provider.notify()
        return JSONResponse({})

    def action(act: Callable[[Provider, Json], Json]) -> Callable[[Request], Any]:
        async def handle(request: Request) -> Response:
            try:
                body = json.loads(await request.body() or b"{}")
                if not isinstance(body, dict):
                    return JSONResponse({"error": "A JSON object is expected."}, 400)
                return JSONResponse(act(provider, body))
            except KeyError as error:
                return JSONResponse({"error": f"{error.args[0]} is missing or unknown."}, 400)
            except (ValueError, TypeError, InvalidOperation) as error:
                return JSONResponse({"error": str(error)}, 400)

        return handle

    actions = {"sms": _sms, "faults": _fault, "accounts": _account, "stock": _stock, "settings": _settings}
    return [
        Route("/desk/state", state, methods=["GET"]),
        Route("/desk/events", events, methods=["GET"]),
        Route("/desk/faults", clear_faults, methods=["DELETE"]),
        *(Route(f"/desk/{name}", action(act), methods=["POST"]) for name, act in actions.items()),
    ]
