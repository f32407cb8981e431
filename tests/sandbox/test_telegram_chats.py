import pytest
import telegram as ptb
from telegram.error import BadRequest, Forbidden

from tests.sandbox.telegram_support import ASHA, BORIS, BUY, GROUP, telegram_server

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x03\x00\x00\x00\x02\x08\x06\x00\x00\x00\x9d\x74\x66\x1a\x00\x00\x00\x00IEND\xaeB`\x82"
)


async def test_others_messages_in_a_group_need_rights_to_delete_and_can_never_be_edited() -> None:
    async with telegram_server() as server:
        server.telegram.add_group(GROUP, "Friends", [ASHA, BORIS])
        theirs = server.telegram.send_text(ASHA, "/start", GROUP)["message_id"]
        refusal = await server.call("deleteMessage", chat_id=GROUP, message_id=theirs)
        assert refusal["description"] == "Bad Request: message can't be deleted"
        refusal = await server.call("editMessageText", chat_id=GROUP, message_id=theirs, text="x")
        assert refusal["description"] == "Bad Request: message can't be edited"
        server.telegram.chats[GROUP].bot_status = "administrator"
        assert await server.call("deleteMessage", chat_id=GROUP, message_id=theirs) is True


async def test_who_can_be_written_to() -> None:
    async with telegram_server() as server:
        server.telegram.add_user(503, "New")
        with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
            await server.bot.send_message(503, "x")
        server.telegram.block(ASHA)
        with pytest.raises(Forbidden, match="bot was blocked by the user"):
            await server.bot.send_message(ASHA, "x")
        with pytest.raises(ValueError, match="must unblock"):
            server.telegram.send_text(ASHA, "x")
        server.telegram.unblock(ASHA)
        assert (await server.bot.send_message(ASHA, "x")).text == "x"
        server.telegram.deactivate(BORIS)
        with pytest.raises(Forbidden, match="user is deactivated"):
            await server.bot.send_message(BORIS, "x")
        kicked, member = [update["my_chat_member"] for update in await server.updates()]
        assert kicked["new_chat_member"]["status"] == member["old_chat_member"]["status"] == "kicked"


async def test_an_upgraded_group_says_where_it_went() -> None:
    async with telegram_server() as server:
        server.telegram.add_group(GROUP, "Friends", [ASHA])
        assert await server.call("sendMessage", chat_id=GROUP, text="x")
        server.telegram.migrate_group(GROUP, -1001234567890)
        with pytest.raises(ptb.error.ChatMigrated) as caught:
            await server.bot.send_message(GROUP, "x")
        assert caught.value.new_chat_id == -1001234567890
        sent = await server.bot.send_message(caught.value.new_chat_id, "x")
        assert sent.chat.type == "supergroup"
        fields = [set(update.get("message", {})) for update in await server.updates()]
        assert any("migrate_to_chat_id" in names for names in fields)
        assert any("migrate_from_chat_id" in names for names in fields)


async def test_a_bot_that_left_or_was_kicked_cannot_write() -> None:
    async with telegram_server() as server:
        server.telegram.add_group(GROUP, "Friends", [ASHA])
        assert await server.bot.leave_chat(GROUP)
        with pytest.raises(Forbidden, match="bot is not a member of the group chat"):
            await server.bot.send_message(GROUP, "x")
        server.telegram.kick_bot(ASHA, GROUP)
        with pytest.raises(Forbidden, match="bot was kicked from the group chat"):
            await server.bot.send_message(GROUP, "x")


async def test_files_go_up_and_come_down_again() -> None:
    async with telegram_server() as server:
        photo = await server.bot.send_photo(ASHA, PNG, caption="<i>Chart</i>", parse_mode="HTML")
        assert [(size.width, size.height) for size in photo.photo] == [(3, 2)]
        assert photo.caption == "Chart"
        document = await server.bot.send_document(ASHA, b"a,b\n1,2\n", filename="history.csv")
        assert document.document is not None
        assert document.document.file_name == "history.csv"
        again = await server.bot.send_document(ASHA, document.document.file_id)
        assert again.document == document.document
        file = await server.bot.get_file(document.document.file_id)
        assert bytes(await file.download_as_bytearray()) == b"a,b\n1,2\n"
        page = await server.http.get(f"/sandbox/files/{photo.photo[0].file_id}")
        assert page.content == PNG
        with pytest.raises(BadRequest, match=r"(?i)image_process_failed"):
            await server.bot.send_photo(ASHA, b"no picture")
        edited = await server.bot.edit_message_caption(ASHA, photo.message_id, caption="New")
        assert isinstance(edited, ptb.Message)
        assert edited.caption == "New"
        with pytest.raises(BadRequest, match=r"(?i)caption is too long"):
            await server.bot.edit_message_caption(ASHA, photo.message_id, caption="x" * 1025)
        with pytest.raises(BadRequest, match=r"(?i)no text in the message to edit"):
            await server.bot.edit_message_text("x", ASHA, photo.message_id)


async def test_copies_carry_content_and_not_keyboards() -> None:
    async with telegram_server() as server:
        sent = await server.send("<b>News</b>", parse_mode="HTML", reply_markup=BUY)
        copied = await server.bot.copy_message(BORIS, ASHA, sent["message_id"])
        shown = server.telegram.last_message(BORIS)
        assert shown["message_id"] == copied.message_id
        assert (shown["text"], shown["entities"][0]["type"]) == ("News", "bold")
        assert "reply_markup" not in shown


async def test_pinning_shows_in_the_chat() -> None:
    async with telegram_server() as server:
        sent = await server.send()
        assert await server.bot.pin_chat_message(ASHA, sent["message_id"])
        pinned = (await server.bot.get_chat(ASHA)).pinned_message
        assert pinned is not None
        assert pinned.message_id == sent["message_id"]
        assert await server.bot.unpin_chat_message(ASHA)
        assert (await server.bot.get_chat(ASHA)).pinned_message is None


async def test_inline_results_are_asked_for_answered_and_chosen() -> None:
    async with telegram_server() as server:
        query_id = server.telegram.inline_query(ASHA, "whats")
        [update] = await server.updates()
        assert update["inline_query"]["query"] == "whats"
        article = {
            "type": "article",
            "id": "1",
            "title": "WhatsApp",
            "input_message_content": {"message_text": "<b>WhatsApp</b>", "parse_mode": "HTML"},
            "reply_markup": {"inline_keyboard": [[{"text": "Buy", "callback_data": "b"}]]},
        }
        twice = await server.call("answerInlineQuery", inline_query_id=query_id, results=[article, article])
        assert twice["description"] == "Bad Request: RESULT_ID_DUPLICATE"
        empty = article | {"input_message_content": {}}
        refused = await server.call("answerInlineQuery", inline_query_id=query_id, results=[empty])
        assert refused["description"] == "Bad Request: message text is empty"
        assert await server.call("answerInlineQuery", inline_query_id=query_id, results=[article], next_offset="2")
        message = server.telegram.choose_inline_result(query_id, "1", ASHA)
        assert message["text"] == "WhatsApp"
        chosen, sent = await server.updates()
        assert sent["message"]["via_bot"]["id"] == server.telegram.bot["id"]
        inline_id = chosen["chosen_inline_result"]["inline_message_id"]
        assert await server.call("editMessageText", inline_message_id=inline_id, text="Sold") is True
        assert server.telegram.last_message(ASHA)["text"] == "Sold"
        with pytest.raises(ValueError, match="no result"):
            server.telegram.choose_inline_result(query_id, "2", ASHA)
