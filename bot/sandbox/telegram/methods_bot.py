"""Bot API methods about the bot itself: who it is, its commands, texts, menu button and files."""

import re
from typing import Any

from bot.sandbox.telegram.errors import Json, bad_request
from bot.sandbox.telegram.params import Params, get_field
from bot.sandbox.telegram.state import State

COMMANDS_LIMIT = 100
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_DESCRIPTION_LIMIT = 256
_TEXT_LIMITS = {"name": 64, "description": 512, "short_description": 120}


def get_me(state: State, _: Params) -> Json:
    """Do getMe."""
    return state.bot | {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": state.inline_mode,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": False,
    }


def _scope(params: Params) -> str:
    """Return the key of a BotCommandScope, such as "default", "chat:5" or "chat_member:5:7"."""
    scope = params.json("scope", "BotCommandScope")
    if scope is None:
        return "default"
    if not isinstance(scope, dict):
        raise bad_request("Can't parse BotCommandScope: BotCommandScope must be an Object")
    kind = scope.get("type")
    plain = {"default", "all_private_chats", "all_group_chats", "all_chat_administrators"}
    if kind in plain:
        return str(kind)
    if kind not in {"chat", "chat_administrators", "chat_member"}:
        raise bad_request("Can't parse BotCommandScope: Unsupported type specified")
    if not scope.get("chat_id"):
        raise bad_request("Can't parse BotCommandScope: Empty chat_id specified")
    member = f":{scope.get('user_id')}" if kind == "chat_member" else ""
    return f"{kind}:{scope['chat_id']}{member}"


def set_my_commands(state: State, params: Params) -> bool:
    """Do setMyCommands."""
    given = params.array("commands", "BotCommand")
    if len(given) > COMMANDS_LIMIT:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    commands = [_command(item) for item in given]
    state.profile["commands:" + _scope(params), params.text("language_code")] = commands
    _tell_commands(state)
    return True


def _command(item: Any) -> Json:
    if not isinstance(item, dict):
        raise bad_request("Can't parse BotCommand: expected an Object")
    command = str(get_field(item, "command", str, required=True)).removeprefix("/").lower()
    description = str(get_field(item, "description", str, required=True)).strip()
    if not _COMMAND.fullmatch(command):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(description) <= _DESCRIPTION_LIMIT:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": command, "description": description}


def get_my_commands(state: State, params: Params) -> list[Json]:
    """Do getMyCommands: exactly those of the scope and language, not what a user sees."""
    found: list[Json] = state.profile.get(("commands:" + _scope(params), params.text("language_code")), [])
    return found


def delete_my_commands(state: State, params: Params) -> bool:
    """Do deleteMyCommands."""
    state.profile.pop(("commands:" + _scope(params), params.text("language_code")), None)
    _tell_commands(state)
    return True


def commands_for(state: State, chat_id: int) -> list[Json]:
    """Return the commands that the menu of a chat shows, by the order in which Telegram looks them up.

    See https://core.telegram.org/bots/api#determining-list-of-commands.
    """
    private = chat_id > 0
    person = state.users.get(chat_id)
    language = (person.language_code or "").partition("-")[0] if person else ""
    for scope in (f"chat:{chat_id}", "all_private_chats" if private else "all_group_chats", "default"):
        for code in dict.fromkeys((language, "")):
            found: list[Json] | None = state.profile.get(("commands:" + scope, code))
            if found:
                return found
    return []


def _tell_commands(state: State) -> None:
    for chat_id in state.chats:
        state.publish("commands", {"chat_id": chat_id, "commands": commands_for(state, chat_id)})


def _set_text(state: State, params: Params, name: str) -> bool:
    text = params.text(name).strip()
    if len(text) > _TEXT_LIMITS[name]:
        raise bad_request(f"bot {name.replace('_', ' ')} is too long")
    state.profile[name, params.text("language_code")] = text
    state.changed.fire()
    return True


def text_for(state: State, name: str, language: str = "") -> str:
    """Return the bot's name, description or short_description in a language, or else in the default one."""
    fallback = state.bot["first_name"] if name == "name" else ""
    return str(state.profile.get((name, language)) or state.profile.get((name, "")) or fallback)


def set_my_name(state: State, params: Params) -> bool:
    """Do setMyName."""
    return _set_text(state, params, "name")


def set_my_description(state: State, params: Params) -> bool:
    """Do setMyDescription: what an empty chat shows."""
    return _set_text(state, params, "description")


def set_my_short_description(state: State, params: Params) -> bool:
    """Do setMyShortDescription: what the profile shows."""
    return _set_text(state, params, "short_description")


def get_my_name(state: State, params: Params) -> Json:
    """Do getMyName."""
    return {"name": text_for(state, "name", params.text("language_code"))}


def get_my_description(state: State, params: Params) -> Json:
    """Do getMyDescription."""
    return {"description": text_for(state, "description", params.text("language_code"))}


def get_my_short_description(state: State, params: Params) -> Json:
    """Do getMyShortDescription."""
    return {"short_description": text_for(state, "short_description", params.text("language_code"))}


def set_chat_menu_button(state: State, params: Params) -> bool:
    """Do setChatMenuButton."""
    button = params.json("menu_button", "menu button") or {"type": "default"}
    if not isinstance(button, dict) or button.get("type") not in {"default", "commands", "web_app"}:
        raise bad_request("Can't parse menu button: MenuButton has unsupported type")
    if "chat_id" in params:
        state.find_chat(params.text("chat_id")).menu_button = button
    else:
        state.default_menu_button = button
    return True


def get_chat_menu_button(state: State, params: Params) -> Json:
    """Do getChatMenuButton."""
    if "chat_id" in params:
        return state.find_chat(params.text("chat_id")).menu_button or state.default_menu_button
    return state.default_menu_button


def get_file(state: State, params: Params) -> Json:
    """Do getFile, for files that the bot sent."""
    if not params.text("file_id"):
        raise bad_request("file_id not specified")
    stored = state.files.get(params.text("file_id"))
    if stored is None:
        raise bad_request("invalid file_id")
    return {
        "file_id": stored.file_id,
        "file_unique_id": stored.unique_id,
        "file_size": len(stored.content),
        "file_path": stored.path,
    }


def log_out(_: State, __: Params) -> bool:
    """Do logOut and close: nothing to do for a server that keeps no connection of its own."""
    return True


METHODS = {
    "getMe": get_me,
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "setMyName": set_my_name,
    "getMyName": get_my_name,
    "setMyDescription": set_my_description,
    "getMyDescription": get_my_description,
    "setMyShortDescription": set_my_short_description,
    "getMyShortDescription": get_my_short_description,
    "setChatMenuButton": set_chat_menu_button,
    "getChatMenuButton": get_chat_menu_button,
    "getFile": get_file,
    "logOut": log_out,
    "close": log_out,
}
"""Handlers by method name."""
