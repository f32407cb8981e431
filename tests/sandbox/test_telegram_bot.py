from typing import Any

import telegram as ptb

from bot.sandbox.telegram.methods_bot import commands_for
from tests.sandbox.telegram_support import ASHA, BORIS, GROUP, telegram_server

BUY = {"command": "buy", "description": "Buy a number"}
RUSSIAN = {"command": "buy", "description": "Купить номер"}
ADMIN = {"command": "broadcast", "description": "Write to all"}


async def test_commands_are_kept_by_scope_and_language() -> None:
    async with telegram_server() as server:
        assert await server.bot.set_my_commands([ptb.BotCommand("buy", "Buy a number")])
        await server.bot.set_my_commands([("buy", "Купить номер")], language_code="ru")
        await server.bot.set_my_commands([("broadcast", "Write to all")], scope=ptb.BotCommandScopeChat(ASHA))
        assert await server.bot.get_my_commands() == (ptb.BotCommand("buy", "Buy a number"),)
        assert await server.call("getMyCommands", scope={"type": "all_private_chats"}) == []
        server.telegram.add_group(GROUP, "Friends", [ASHA])
        seen = [commands_for(server.telegram, chat_id) for chat_id in (ASHA, BORIS, GROUP)]
        assert seen == [[ADMIN], [RUSSIAN], [BUY]]
        await server.bot.delete_my_commands(scope=ptb.BotCommandScopeChat(ASHA))
        assert commands_for(server.telegram, ASHA) == [BUY]


async def test_wrong_commands_are_refused() -> None:
    async with telegram_server() as server:
        many = [{"command": f"c{number}", "description": "x"} for number in range(101)]
        for commands, problem in (
            (many, "BOT_COMMANDS_TOO_MUCH"),
            ([BUY | {"description": ""}], "BOT_COMMAND_DESCRIPTION_INVALID"),
            (["buy"], "can't parse BotCommand: expected an Object"),
            ({"command": "buy"}, "expected an Array of BotCommand"),
        ):
            refusal = await server.call("setMyCommands", commands=commands)
            assert refusal["description"] == f"Bad Request: {problem}"
        scopes: list[Any] = [{"type": "planet"}, {"type": "chat"}, []]
        for scope in scopes:
            refusal = await server.call("setMyCommands", commands=[BUY], scope=scope)
            assert refusal["description"].startswith("Bad Request: can't parse BotCommandScope: ")


async def test_texts_about_the_bot_fall_back_to_the_default_language() -> None:
    async with telegram_server() as server:
        await server.bot.set_my_name("Numbers")
        await server.bot.set_my_description("For codes")
        await server.bot.set_my_description("Для кодов", language_code="ru")
        await server.bot.set_my_short_description("Short")
        assert (await server.bot.get_my_name(language_code="de")).name == "Numbers"
        assert (await server.bot.get_my_description(language_code="ru")).description == "Для кодов"
        assert (await server.bot.get_my_description(language_code="de")).description == "For codes"
        assert (await server.bot.get_my_short_description()).short_description == "Short"
        refusal = await server.call("setMyName", name="x" * 65)
        assert refusal["error_code"] == 400


async def test_the_menu_button_is_kept_for_all_and_for_one_chat() -> None:
    async with telegram_server() as server:
        assert isinstance(await server.bot.get_chat_menu_button(), ptb.MenuButtonCommands)
        assert await server.bot.set_chat_menu_button(ASHA, ptb.MenuButtonDefault())
        assert isinstance(await server.bot.get_chat_menu_button(ASHA), ptb.MenuButtonDefault)
        assert isinstance(await server.bot.get_chat_menu_button(BORIS), ptb.MenuButtonCommands)
        assert await server.bot.set_chat_menu_button(menu_button=ptb.MenuButtonDefault())
        assert isinstance(await server.bot.get_chat_menu_button(BORIS), ptb.MenuButtonDefault)
        assert (await server.call("setChatMenuButton", menu_button={"type": "x"}))["error_code"] == 400


async def test_chats_and_members_are_described() -> None:
    async with telegram_server() as server:
        chat = await server.bot.get_chat(ASHA)
        assert (chat.type, chat.first_name, chat.username) == ("private", "Asha", "asha_k")
        server.telegram.add_group(GROUP, "Friends", [ASHA], bot_is_admin=True)
        assert (await server.bot.get_chat(GROUP)).title == "Friends"
        assert (await server.bot.get_chat_member(GROUP, ASHA)).status == "member"
        assert (await server.bot.get_chat_member(GROUP, BORIS)).status == "left"
        assert (await server.bot.get_chat_member(GROUP, server.bot.id)).status == "administrator"
        assert (await server.call("getChatMember", chat_id=GROUP, user_id=77))["error_code"] == 400
        refusal = await server.call("leaveChat", chat_id=ASHA)
        assert refusal["description"] == "Bad Request: chat member status can't be changed in private chats"


async def test_logging_out_and_closing_are_accepted() -> None:
    async with telegram_server() as server:
        assert await server.call("logOut") is True
        assert await server.call("close") is True
