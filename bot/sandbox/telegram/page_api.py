"""The chat page's API: a stream of events, and what its people do. For the page alone, not part of the Bot API."""

import asyncio
import base64
import dataclasses
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from bot.sandbox.telegram.errors import ApiError, Json
from bot.sandbox.telegram.faults import Fault
from bot.sandbox.telegram.methods_bot import commands_for, text_for
from bot.sandbox.telegram.params import Upload
from bot.sandbox.telegram.typed import typed
from bot.sandbox.telegram.world import Telegram

HEARTBEAT_SECONDS = 15.0
_LEDGER_LIMIT = 200
Action = Callable[[Telegram, int, Json], Json]


def snapshot(telegram: Telegram) -> Json:
    """Return everything that a page needs to draw itself."""
    chats = [telegram.chat_json(chat) | {"members": chat.members} for chat in telegram.chats.values()]
    return {
        "bot": telegram.bot | {"first_name": text_for(telegram, "name")},
        "users": [user.as_user() | {"blocked": user.blocked} for user in telegram.users.values()],
        "chats": chats,
        "messages": {str(chat["id"]): telegram.messages(chat["id"]) for chat in chats},
        "commands": {str(chat["id"]): commands_for(telegram, chat["id"]) for chat in chats},
        "descriptions": {language: text for (name, language), text in telegram.profile.items() if name == "description"},
        "inline_placeholder": None,
    }


def _event(name: str, data: Json) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


async def _events(telegram: Telegram, heartbeat: float) -> AsyncIterator[str]:
    reader = telegram.subscribe()
    try:
        yield _event("snapshot", snapshot(telegram))
        while True:
            try:
                async with asyncio.timeout(heartbeat):
                    name, data = await reader.get()
            except TimeoutError:
                yield ": still here\n\n"
            else:
                yield _event(name, data)
    finally:
        telegram.unsubscribe(reader)


def _send(telegram: Telegram, user_id: int, body: Json) -> Json:
    reply_to = int(body["reply_to"]) if body.get("reply_to") else None
    text, entities = typed(str(body["text"]))
    return {"message": telegram.send_text(user_id, text, int(body["chat_id"]), reply_to, entities)}


def _attach(telegram: Telegram, user_id: int, body: Json) -> Json:
    content = base64.b64decode(str(body["content"]), validate=True)
    file = Upload(str(body["name"]), str(body.get("mime_type") or "application/octet-stream"), content)
    caption, entities = typed(str(body.get("caption") or ""))
    return {"message": telegram.send_file(user_id, file, caption, int(body["chat_id"]), entities)}


def _edit(telegram: Telegram, user_id: int, body: Json) -> Json:
    chat_id, message_id = int(body["chat_id"]), int(body["message_id"])
    return {"message": telegram.edit_text(user_id, message_id, str(body["text"]), chat_id)}


def _tap(telegram: Telegram, user_id: int, body: Json) -> Json:
    chat_id, message_id = int(body["chat_id"]), int(body["message_id"])
    message = telegram.chats[chat_id].messages[message_id]
    row, column = int(body["row"]), int(body["column"])
    if min(row, column) < 0:
        raise ValueError("Rows and columns begin at 0.")
    button = message.get("reply_markup", {}).get("inline_keyboard", [])[row][column]
    if "callback_data" not in button:
        raise ValueError("The button has no callback_data.")
    return {"callback_query_id": telegram.tap(user_id, chat_id, message_id, button["callback_data"])}


def _delete(telegram: Telegram, user_id: int, body: Json) -> Json:
    telegram.delete_message(user_id, int(body["chat_id"]), int(body["message_id"]))
    return {}


def _block(telegram: Telegram, user_id: int, body: Json) -> Json:
    if body["blocked"]:
        telegram.block(user_id)
    else:
        telegram.unblock(user_id)
    return {}


def _inline(telegram: Telegram, user_id: int, body: Json) -> Json:
    chat_id = int(body["chat_id"]) if body.get("chat_id") else None
    query_id = telegram.inline_query(user_id, str(body.get("query", "")), str(body.get("offset") or ""), chat_id)
    return {"inline_query_id": query_id}


def _choose(telegram: Telegram, user_id: int, body: Json) -> Json:
    query_id = str(body["inline_query_id"])
    if telegram.queries[query_id].user_id != user_id:
        raise ValueError("The inline query is another user's.")
    return {"message": telegram.choose_inline_result(query_id, str(body["result_id"]), int(body["chat_id"]))}


_ACTIONS: dict[str, Action] = {
    "send": _send,
    "attach": _attach,
    "edit": _edit,
    "tap": _tap,
    "delete": _delete,
    "block": _block,
    "inline": _inline,
    "choose": _choose,
}


def _object(body: bytes) -> Json:
    decoded = json.loads(body or b"{}")
    if not isinstance(decoded, dict):
        raise TypeError("A JSON object is expected.")
    return decoded


def _fault_json(fault: Fault) -> Json:
    shown = ("method", "kind", "count", "chat_id", "struck")
    return {name: getattr(fault, name) for name in shown}


class PageApi:
    """Handlers of the page's API; what a person can't do is answered 400 with {"error": …}."""

    def __init__(self, telegram: Telegram, heartbeat: float) -> None:
        """Serve this Telegram, with a comment on quiet event streams every `heartbeat` seconds."""
        self._telegram = telegram
        self._heartbeat = heartbeat

    async def events(self, _: Request) -> Response:
        """GET /sandbox/events."""
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        stream = _events(self._telegram, self._heartbeat)
        return StreamingResponse(stream, media_type="text/event-stream", headers=headers)

    async def act(self, request: Request) -> Response:
        """POST /sandbox/users/{user_id}/{action}."""
        action = _ACTIONS.get(request.path_params["action"])
        if action is None:
            return JSONResponse({"error": "There is no such action."}, 404)
        return await self._do(request, lambda body: action(self._telegram, request.path_params["user_id"], body))

    async def add_user(self, request: Request) -> Response:
        """POST /sandbox/users."""
        return await self._do(request, self._add_user)

    async def add_fault(self, request: Request) -> Response:
        """POST /sandbox/faults."""
        return await self._do(request, lambda body: _fault_json(self._telegram.faults.add(**body)))

    async def faults(self, _: Request) -> Response:
        """GET /sandbox/faults."""
        return JSONResponse([_fault_json(fault) for fault in self._telegram.faults.active])

    async def clear_faults(self, _: Request) -> Response:
        """DELETE /sandbox/faults."""
        self._telegram.faults.clear()
        return JSONResponse({})

    async def ledger(self, request: Request) -> Response:
        """GET /sandbox/ledger: the last calls, oldest first."""
        wanted = request.query_params.get("chat_id")
        calls = [call for call in self._telegram.ledger if wanted is None or str(call.chat_id) == wanted]
        limit = request.query_params.get("limit", "")
        last = calls[-int(limit) :] if limit.isdigit() and int(limit) else calls[-_LEDGER_LIMIT:]
        return JSONResponse([dataclasses.asdict(call) | {"at": call.at.isoformat()} for call in last])

    async def file(self, request: Request) -> Response:
        """GET /sandbox/files/{file_id}."""
        stored = self._telegram.files.get(request.path_params["file_id"])
        if stored is None:
            return JSONResponse({"error": "There is no such file."}, 404)
        return Response(stored.content, media_type=stored.mime_type, headers={"X-Content-Type-Options": "nosniff"})

    def _add_user(self, body: Json) -> Json:
        user_id, name = int(body["id"]), str(body["first_name"])
        return {"user": self._telegram.add_user(user_id, name, body.get("username"), body.get("language_code", "en"))}

    @staticmethod
    async def _do(request: Request, action: Callable[[Json], Any]) -> Response:
        try:
            return JSONResponse(action(_object(await request.body())))
        except ApiError as error:
            return JSONResponse({"error": error.description}, 400)
        except (ValueError, TypeError, LookupError) as error:
            return JSONResponse({"error": str(error) or type(error).__name__}, 400)


def page_routes(telegram: Telegram, *, heartbeat: float = HEARTBEAT_SECONDS) -> list[BaseRoute]:
    """Return the routes under /sandbox."""
    api = PageApi(telegram, heartbeat)
    return [
        Route("/sandbox/events", api.events, methods=["GET"]),
        Route("/sandbox/users", api.add_user, methods=["POST"]),
        Route("/sandbox/users/{user_id:int}/{action}", api.act, methods=["POST"]),
        Route("/sandbox/faults", api.faults, methods=["GET"]),
        Route("/sandbox/faults", api.add_fault, methods=["POST"]),
        Route("/sandbox/faults", api.clear_faults, methods=["DELETE"]),
        Route("/sandbox/ledger", api.ledger, methods=["GET"]),
        Route("/sandbox/files/{file_id}", api.file, methods=["GET"]),
    ]
