"""Bot API methods that say where updates go."""

import ipaddress
import re
from urllib.parse import urlsplit

from bot.sandbox.telegram.errors import Json, bad_request
from bot.sandbox.telegram.params import Params
from bot.sandbox.telegram.records import WebhookSettings
from bot.sandbox.telegram.state import State

_SECRET = re.compile(r"[A-Za-z0-9_-]{0,256}")
_CONNECTIONS_LIMIT = 100


def set_webhook(state: State, params: Params) -> bool:
    """setWebhook; the sandbox delivers to loopback addresses only, over HTTP or HTTPS."""
    url, secret = params.text("url"), params.text("secret_token")
    if url and not is_loopback(url):
        raise bad_request("bad webhook: the sandbox delivers to loopback addresses only")
    if not _SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    allowed = params.strings("allowed_updates")
    if allowed is not None:
        state.updates.allowed = allowed
    if params.boolean("drop_pending_updates"):
        state.updates.clear()
    connections = min(max(params.integer("max_connections", 40), 1), _CONNECTIONS_LIMIT)
    generation = state.webhook.generation + 1
    state.webhook = WebhookSettings(url, secret if url else "", connections, generation=generation)
    state.changed.fire()
    return True


def delete_webhook(state: State, params: Params) -> bool:
    """Do deleteWebhook."""
    drop = {"drop_pending_updates": params.boolean("drop_pending_updates")}
    return set_webhook(state, Params({"url": "", **drop}))


def get_webhook_info(state: State, _: Params) -> Json:
    """Do getWebhookInfo."""
    webhook = state.webhook
    info: Json = {"url": webhook.url, "has_custom_certificate": False, "pending_update_count": len(state.updates)}
    if webhook.url:
        info |= {"max_connections": webhook.max_connections, "ip_address": "127.0.0.1"}
    if webhook.last_error_at is not None:
        info |= {"last_error_date": int(webhook.last_error_at.timestamp()), "last_error_message": webhook.last_error}
    if state.updates.allowed:
        info["allowed_updates"] = state.updates.allowed
    return info


def is_loopback(url: str) -> bool:
    """Return whether an HTTP address points to this machine's loopback interface."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        return parts.scheme in {"http", "https"} and (host == "localhost" or ipaddress.ip_address(host).is_loopback)
    except ValueError:
        return False


METHODS = {"setWebhook": set_webhook, "deleteWebhook": delete_webhook, "getWebhookInfo": get_webhook_info}
"""Handlers by method name."""
