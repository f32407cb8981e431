"""The settings over HTTP: a Hindi speaker's whole purchase, codes without a sound, and being forgotten."""

from pathlib import Path

import pytest

from bot.sandbox.server import Sandbox
from bot.sandbox.telegram.methods_bot import commands_for
from tests.support import bots
from tests.support.people import Person

pytestmark = pytest.mark.usefixtures("bot")


async def test_a_client_in_hindi_is_spoken_to_in_hindi_from_the_greeting_to_the_code(sandbox: Sandbox) -> None:
    sandbox.telegram.add_user(1077, "Asha", language_code="hi")
    asha = Person(sandbox, 1077)
    asha.says("/start")
    await asha.sees("नमस्ते, Asha!", "स्पैम")
    asha.says("/token demo-token-alice")
    await asha.sees("जुड़ गया", "₹500.00")
    sent = asha.says("whatsapp")
    await asha.sees("1 सर्विस", after=sent["message_id"])
    await asha.taps("WhatsApp")
    offer = await asha.sees("WhatsApp के लिए नंबर खरीदें?", "भारत")
    await asha.taps("में खरीदें", offer)
    card = await asha.sees("कोड का इंतज़ार है")
    sandbox.provider.send_sms(next(iter(sandbox.provider.activations.values())).number, "Your WhatsApp code: 123-456")
    await asha.sees("🔑 123456", after=card["message_id"])
    await asha.taps("हो गया")
    await asha.sees("✅ हो गया")
    await sandbox.telegram.until(lambda telegram: commands_for(telegram, asha.id))
    assert commands_for(sandbox.telegram, asha.id)[0]["description"] == "नंबर खरीदें"


async def test_the_language_is_changed_by_two_taps_and_stays(sandbox: Sandbox, alice: Person) -> None:
    alice.says("/settings")
    await alice.taps("Language: English")
    await alice.taps("Русский")
    await alice.sees("Настройки")
    sent = alice.says("/help")
    await alice.sees("Как это работает", after=sent["message_id"])
    sent = alice.says("/settings")
    await alice.sees("Настройки", after=sent["message_id"])
    await alice.taps("Язык: Русский")
    await alice.taps("Как в Telegram")
    await alice.sees("Settings")


async def test_who_is_forgotten_leaves_nothing_behind_and_may_begin_anew(sandbox: Sandbox, alice: Person, tmp_path: Path) -> None:
    await alice.connects("demo-token-alice")
    await alice.buys("WhatsApp")
    sent = alice.says("/forget")
    await alice.sees("forget everything about you?", "1 active number", "cancel it first", after=sent["message_id"])
    await alice.taps("Yes, forget everything")
    await alice.sees("Forgotten.", "1 number goes on at otpbuddy")
    for table in ("chat", "activation", "sms"):
        assert bots.rows(tmp_path, f"SELECT count(*) FROM {table}") == [(0,)]
    polled = len(sandbox.provider.calls)
    sent = alice.says("/start")
    await alice.sees("Hello, Alice!", after=sent["message_id"])
    sent = alice.says("/history")
    await alice.sees("You have bought nothing yet", after=sent["message_id"])
    assert len(sandbox.provider.calls) <= polled + 1, "nobody polls what nobody holds"
    sent = alice.says("/token demo-token-alice")
    await alice.sees("Connected.", after=sent["message_id"])
