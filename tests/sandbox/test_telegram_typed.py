"""What people send from the chat page: formatted texts, pictures and files."""

import base64
from typing import Any

import pytest

from bot.sandbox.telegram.typed import typed
from tests.sandbox.telegram_support import ASHA, telegram_server

PIXEL = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")

TEXTS = [
    ("plain", "plain", []),
    ("**bold** and __italic__", "bold and italic", [("bold", 0, 4), ("italic", 9, 6)]),
    ("🎉 ~~old~~ ||secret||", "🎉 old secret", [("strikethrough", 3, 3), ("spoiler", 7, 6)]),
    ("**a __b__ c**", "a b c", [("bold", 0, 5), ("italic", 2, 1)]),
    ("`**x**` [site](https://example.org/a)", "**x** site", [("code", 0, 5), ("text_link", 6, 4)]),
    ("** not ** __ so", "** not ** __ so", []),
    ("[no](javascript:x)", "[no](javascript:x)", []),
]


@pytest.mark.parametrize(("written", "text", "entities"), TEXTS)
def test_marks_become_formatting(written: str, text: str, entities: list[tuple[str, int, int]]) -> None:
    shown, found = typed(written)
    assert shown == text
    assert [(entity["type"], entity["offset"], entity["length"]) for entity in found] == entities


async def attach(http: Any, **body: Any) -> Any:
    return await http.post(f"/sandbox/users/{ASHA}/attach", json={"chat_id": ASHA, "name": "a.png", **body})


async def test_a_person_sends_formatted_texts_pictures_and_files() -> None:
    async with telegram_server() as server:
        await server.http.post(f"/sandbox/users/{ASHA}/send", json={"chat_id": ASHA, "text": "**Hello**"})
        content = base64.b64encode(PIXEL).decode()
        picture = await attach(server.http, mime_type="image/png", content=content, caption="__Look__")
        assert picture.json()["message"]["photo"][0]["width"] == 1
        assert (await attach(server.http, name="list.csv", content=base64.b64encode(b"1,2").decode())).status_code == 200
        text, photo, document = [update["message"] for update in server.telegram.updates.pending()]
        assert (text["text"], text["entities"]) == ("Hello", [{"type": "bold", "offset": 0, "length": 5}])
        assert (photo["caption"], photo["caption_entities"]) == ("Look", [{"type": "italic", "offset": 0, "length": 4}])
        assert document["document"]["file_name"] == "list.csv"
        assert "caption" not in document
        sent = await server.bot.send_photo(ASHA, photo["photo"][0]["file_id"], caption="again")
        assert sent.photo[0].width == 1
        again = await server.bot.send_document(ASHA, document["document"]["file_id"])
        assert again.document is not None
        assert again.document.file_name == "list.csv"


@pytest.mark.parametrize(
    "body",
    [
        {"content": "no base64"},
        {"content": "", "mime_type": "image/png"},
        {"content": base64.b64encode(b"no picture").decode(), "mime_type": "image/png"},
        {"content": base64.b64encode(b"x").decode(), "caption": "x" * 1025},
    ],
)
async def test_what_no_client_could_send_is_refused(body: dict[str, str]) -> None:
    async with telegram_server() as server:
        assert (await attach(server.http, **body)).status_code == 400
        server.telegram.block(ASHA)
        assert (await attach(server.http, content=base64.b64encode(b"x").decode())).status_code == 400
        assert not [update for update in server.telegram.updates.pending() if "message" in update]
