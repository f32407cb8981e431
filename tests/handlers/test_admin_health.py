"""`/health` and `/stats`: the state and the figures, for admins alone."""

import csv
import io
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot import VERSION
from bot.sandbox.server import Sandbox
from bot.sandbox.telegram.uploads import image_size
from bot.screens.admin.callbacks import ExportStatistics, ShowHealth, ShowStatistics
from storage.models import Mode
from tests.support.people import Message, Person
from tests.support.wired import Wired, wire

COMMANDS = ("/stats", "/stats 7", "/health")
TAPS = (ShowStatistics(30, "day"), ExportStatistics(30), ShowHealth(0), ShowHealth(1))


def last(person: Person) -> Message:
    return person.messages()[-1]


def content(wired: Wired, message: Message) -> bytes:
    """What Telegram keeps of a message's file or picture."""
    described: Any = message["document"] if "document" in message else message["photo"][-1]
    return wired.sandbox.telegram.files[described["file_id"]].content


async def tapped(wired: Wired, person: Person, label: str) -> Message:
    await wired.taps(person, wired.data(last(person), label), last(person))
    return last(person)


async def answered(wired: Wired, person: Person) -> None:
    """Buy a number that gets a code."""
    await wired.bought(person)
    [held] = await wired.bot.parts.statements.held(person.id)
    wired.clock.advance(seconds=20)
    await wired.bot.parts.life.record(held.id, ["Your code is 123-456"])
    await wired.bot.deliveries.drain()


async def test_health_says_in_plain_words_how_the_bot_is_doing(wired: Wired, alice: Person, admin: Person) -> None:
    await answered(wired, alice)
    await wired.bot.poller.tick()
    await wired.bot.poller.drain()
    await wired.says(admin, "/admin")
    shown = (await tapped(wired, admin, "Health"))["text"]
    assert "✅ No alarm is on." in shown
    assert "📱 1 number waits for a code." in shown
    assert "The last poll was answered 0 sec ago." in shown
    assert "🔑 Every SMS is in its chat." in shown
    assert "📥 Every update is handled." in shown
    assert "📣 No broadcast is under way." in shown
    assert "calls of the last 5 min failed." in shown
    assert re.search(r"An answer took \d+(\.\d)? (ms|sec) on average; 0 took over 5 sec\.", shown)
    assert "are free on its disk." in shown
    assert f"⚙️ run, version {VERSION}, running for" in shown
    wired.clock.advance(minutes=6)
    again = await tapped(wired, admin, "Look again")
    assert "otpbuddy: not asked in the last 5 min." in again["text"]
    assert again["message_id"] == last(admin)["message_id"]
    assert "Running the bot" in (await tapped(wired, admin, "Back"))["text"]


async def test_statistics_are_a_picture_and_words_and_change_in_place(wired: Wired, alice: Person, admin: Person) -> None:
    await answered(wired, alice)
    await wired.says(admin, "/admin")
    menu = last(admin)
    chart = await tapped(wired, admin, "Statistics")
    assert (chart["message_id"], image_size(content(wired, chart))[0]) == (menu["message_id"], 1000)
    *lines, pushed = chart["caption"].splitlines()[:8]
    assert lines == [
        "📊 Statistics of the last 30 days",
        "👥 Chats: 2. With an account: 1, can be written to: 2. New: 2, seen: 2.",
        "📱 Active numbers now: 1.",
        "",
        "🛒 1 purchase, ₹38.50 spent.",
        "🔑 An SMS came on 1 of 1 number (100%).",
        "⏱ From the purchase to the first SMS: half within 20 sec, 95 of 100 within 20 sec.",
    ]
    took = r"\d+(\.\d)? (ms|sec)"
    assert re.fullmatch(rf"📨 From the poll that brought an SMS to its chat: half within {took}, 95 of 100 within {took}\.", pushed)
    by_product = await tapped(wired, admin, "By product")
    assert "1. WhatsApp · ₹38.50 · ×1 · 🔑 100% · ⏱ 20 sec" in by_product["caption"]
    week = await tapped(wired, admin, "7 days")
    assert "last 7 days" in week["caption"]
    assert "1. WhatsApp" in week["caption"], "it is still by product"
    assert admin.labels(week)[:3] == ["✓ 7 days", "30 days", "90 days"]
    quarter = await tapped(wired, admin, "90 days")
    assert "last 90 days" in (await tapped(wired, admin, "By day"))["caption"]
    assert {message["message_id"] for message in (chart, by_product, week, quarter)} == {menu["message_id"]}


async def test_without_purchases_there_are_words_alone(wired: Wired, admin: Person) -> None:
    shown = (await wired.says(admin, "/stats 7"))[-1]
    assert "🛒 Nothing was bought." in shown["text"]
    assert "last 7 days" in shown["text"]
    assert "last 90 days" in (await tapped(wired, admin, "90 days"))["text"]


@pytest.mark.parametrize("written", ["/stats 5", "/stats x", "/stats 99999999999999", "/stats -7", "/stats"])
async def test_any_other_period_is_the_usual_one(wired: Wired, admin: Person, written: str) -> None:
    assert "last 30 days" in (await wired.says(admin, written))[-1]["text"]


async def test_the_export_is_a_file_and_on_record(wired: Wired, alice: Person, admin: Person) -> None:
    await answered(wired, alice)
    await wired.says(admin, "/stats")
    document = await tapped(wired, admin, "Export")
    assert document["document"]["file_name"] == "statistics-30-days.csv"
    rows = list(csv.DictReader(io.StringIO(content(wired, document).decode("utf-8-sig"), newline="")))
    assert [(row["Product"], row["Purchases"], row["Cost"], row["Median seconds to the first SMS"]) for row in rows] == [
        ("WhatsApp", "1", "38.50", "20")
    ]
    whole = content(wired, document)
    assert str(alice.id).encode() not in whole
    assert b"123-456" not in whole
    assert "exported the statistics" in (await wired.says(admin, "/audit"))[-1]["text"]


async def test_nobody_else_finds_anything_there(wired: Wired, alice: Person) -> None:
    await answered(wired, alice)
    for written in COMMANDS:
        assert "did not understand" in (await wired.says(alice, written))[-1]["text"]
    for forged in TAPS:
        shown = (await wired.says(alice, "/help"))[-1]
        await wired.taps(alice, forged.pack(), shown)
        assert "not here any more" in last(alice)["text"], forged
    async with wired.bot.database.reading() as session:
        from storage import audit

        assert await audit.count(session) == 0


async def test_an_admin_who_is_dismissed_gets_no_file_any_more(wired: Wired, alice: Person, admin: Person) -> None:
    await answered(wired, alice)
    await wired.says(admin, f"/admins {alice.id}")
    shown = (await wired.says(alice, "/stats"))[-1]
    await wired.bot.parts.team.dismiss(admin.id, alice.id)
    await wired.taps(alice, ExportStatistics(30).pack(), shown)
    assert "not here any more" in last(alice)["text"]
    assert "document" not in last(alice)


@pytest.mark.parametrize("forged", [ExportStatistics(5), ShowStatistics(5, "week")])
async def test_a_forged_period_is_the_usual_one(
    wired: Wired, alice: Person, admin: Person, forged: ExportStatistics | ShowStatistics
) -> None:
    await answered(wired, alice)
    shown = (await wired.says(admin, "/help"))[-1]
    await wired.taps(admin, forged.pack(), shown)
    assert "last 30 days" in last(admin)["caption"]


async def test_files_and_words_are_in_the_admins_language(sandbox: Sandbox, alice: Person, admin: Person, tmp_path: Path) -> None:
    sandbox.telegram.users[admin.id].language_code = "ru"
    async with wire(sandbox, tmp_path) as wired:
        await answered(wired, alice)
        assert "Статистика за последние 30 дней" in (await wired.says(admin, "/stats"))[-1]["caption"]
        document = await tapped(wired, admin, "Экспорт")
        head, row = content(wired, document).decode("utf-8-sig").splitlines()
        assert head.startswith("День;")
        assert Decimal(row.split(";")[5].replace(",", ".")) == Decimal("38.50")
        assert "Состояние" in (await wired.says(admin, "/health"))[-1]["text"]


async def test_both_work_while_the_bot_is_closed(wired: Wired, alice: Person, admin: Person) -> None:
    await answered(wired, alice)
    await wired.bot.parts.doors.set_mode(admin.id, Mode.CLOSED)
    assert "No alarm is on" in (await wired.says(admin, "/health"))[-1]["text"]
    assert "1 purchase" in (await wired.says(admin, "/stats"))[-1]["caption"]
