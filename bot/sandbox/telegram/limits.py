"""Telegram's limits for bots: 30 messages a second over all, one a second per chat with short bursts, 20 a minute per group.

The figures are those of https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this; the size of a
burst is not published and is a cautious guess.
"""

import math
from collections import defaultdict, deque
from datetime import datetime

OVERALL_PER_SECOND = 30
CHAT_BURST = 4
GROUP_PER_MINUTE = 20


class Limits:
    """Counts messages sent by the bot and says how long to wait."""

    def __init__(self) -> None:
        """Start with nothing sent."""
        self._overall: deque[float] = deque()
        self._groups: defaultdict[int, deque[float]] = defaultdict(deque)
        self._chats: dict[int, tuple[float, float]] = {}

    def take(self, chat_id: int, now: datetime) -> int | None:
        """Count one message to the chat; return None when it may be sent, else the whole seconds to wait."""
        moment = now.timestamp()
        tokens, last = self._chats.get(chat_id, (float(CHAT_BURST), moment))
        tokens = min(float(CHAT_BURST), tokens + moment - last)
        wait = max(
            _wait(self._overall, OVERALL_PER_SECOND, 1.0, moment),
            _wait(self._groups[chat_id], GROUP_PER_MINUTE, 60.0, moment) if chat_id < 0 else 0.0,
            1.0 - tokens,
        )
        if wait > 0:
            return max(1, math.ceil(wait))
        self._overall.append(moment)
        if chat_id < 0:
            self._groups[chat_id].append(moment)
        self._chats[chat_id] = (tokens - 1.0, moment)
        return None


def _wait(sent: deque[float], allowed: int, window: float, now: float) -> float:
    while sent and sent[0] <= now - window:
        sent.popleft()
    return sent[0] + window - now if len(sent) >= allowed else 0.0
