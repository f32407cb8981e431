"""Texts and numbers as nobody wants them."""

from hypothesis import strategies as st

CHATS_MOST = 2**52 - 1
"""The largest id that the Bot API promises to stay below (https://core.telegram.org/bots/api#chat)."""

PIECES = (
    "\0",
    "\u202e",
    "\u200b",
    "\u200d",
    "\ufeff",
    "\u2028",
    "\r\n",
    "\x1b[31m",
    "\U0010ffff",
    "🇮🇳",
    "👨‍👩‍👧‍👦",
    "e\u0301" * 20,
    "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L",
    "٤٨٢١",
    "१२३४५६",
    "<b>",
    "</b>",
    "<a href='tg://user?id=1'>",
    "&amp;",
    "&#0;",
    "{name}",
    "{0.__class__}",
    "%s%n",
    "*_`[",
    "'; DROP TABLE chat; --",
    "../../etc/passwd",
    "/start",
    "/token ",
    "/broadcast ",
    "@otpbuddy_bot",
    "token=",
    "https://example.com/?token=x",
    "code 123456",
    "x" * 300,
    "<" * 300,
    "👍" * 300,
    " " * 30,
    "\n" * 30,
)


def texts(max_size: int = 4096, *, surrogates: bool = False) -> st.SearchStrategy[str]:
    """Make texts of pieces that have hurt somebody before, and of anything else; the longest are Telegram's longest."""
    anything = st.characters() if surrogates else st.characters(codec="utf-8")
    mixed = st.lists(st.one_of(st.sampled_from(PIECES), st.text(anything, max_size=12)), max_size=8).map("".join)
    long = st.builds(lambda piece, text: (piece * max_size + text)[-max_size:], st.sampled_from(PIECES), st.text(anything, max_size=12))
    return st.one_of(mixed, st.text(anything, max_size=60), long).map(lambda text: text[:max_size])


INTEGERS = st.one_of(
    st.sampled_from([0, 1, -1, 2**31 - 1, 2**31, -(2**31), CHATS_MOST, -CHATS_MOST, 1_700_000_000]),
    st.integers(-CHATS_MOST, CHATS_MOST),
)
"""Integers as the Bot API may hold them: at most 52 significant bits."""

BEYOND = st.sampled_from([2**53, 2**63, -(2**63) - 1, 2**64, 10**30, 253402300800, -62135596801, 2**31 * 1000])
"""Integers that do not fit where integers are kept."""
