"""What must hold after every step, and what must have come of everything once it is quiet."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import select, text
from sqlmodel import col

from bot.screens.number import card
from bot.services.activations import Held
from bot.services.statements import History
from storage.activations import PAST
from storage.database import Database
from storage.models import CLOSED, IN_FLIGHT, OPEN, Activation, Chat, Sms, State
from tests.stateful.world import LANGUAGES, Place, Process

JUDGED = {State.CHARGED, State.NOT_CHARGED, State.UNRESOLVED}
ENDS = CLOSED
NEXT: dict[State, set[State]] = {
    State.OFFERED: {State.REQUESTED},
    State.REQUESTED: {State.REJECTED, State.UNKNOWN, State.ACTIVE},
    State.UNKNOWN: {State.REJECTED, State.ACTIVE, *JUDGED},
    # A number that was received late is worth more than a verdict that was reached without it.
    **{state: {State.ACTIVE} for state in JUDGED},
    State.ACTIVE: {State.CANCELLING, *ENDS},
    State.CANCELLING: {State.ACTIVE, *ENDS},
}
MONEY = ("price", "balance_before", "balance_after", "closing_before", "closing_after")


def _reachable(state: State) -> set[State]:
    found, waiting = {state}, [state]
    while waiting:
        fresh = NEXT.get(waiting.pop(), set()) - found
        found |= fresh
        waiting += fresh
    return found


AFTER = {state: _reachable(state) for state in State}


@dataclass
class Rows:
    """The database at one moment."""

    activations: Sequence[Activation]
    messages: Sequence[Sms]
    chats: dict[int, Chat]

    def of(self, activation: Activation) -> tuple[Sms, ...]:
        return tuple(sms for sms in self.messages if sms.activation_id == activation.id)


async def read(database: Database) -> Rows:
    async with database.reading() as session:
        activations = (await session.execute(select(Activation))).scalars().all()
        messages = (await session.execute(select(Sms).order_by(col(Sms.position)))).scalars().all()
        chats = (await session.execute(select(Chat))).scalars().all()
    return Rows(activations, messages, {chat.id: chat for chat in chats})


def _versions(rows: Rows) -> dict[str, int]:
    return {row.id: row.version for row in rows.activations}


@dataclass
class Auditor:
    """Compares the database, what people saw and the provider's books."""

    place: Place
    states: dict[str, State] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)

    async def audit(self, process: Process, *, idle: bool = True) -> Rows:
        """Check everything; `idle` says that no call is under way."""
        rows = await read(process.database)
        self._moves(rows)
        self._money(rows)
        self._messages(rows)
        if idle:
            self._given_out(rows)
        await self._text_of_money(process.database)
        await self._statements(process)
        return rows

    def _moves(self, rows: Rows) -> None:
        for row in rows.activations:
            before = self.states.get(row.id, State.OFFERED)
            assert row.state in AFTER[before], f"{row.id} went from {before} to {row.state}"
            assert row.version >= self.versions.get(row.id, 0)
            assert row.card_version <= row.version
            self.states[row.id], self.versions[row.id] = row.state, row.version
            assert row.chat_id == self.place.owner_of[row.id]
            assert (row.state in CLOSED) == (row.closed_at is not None)
            assert (row.provider_id is not None) == (row.state in OPEN | CLOSED)
        gone = self.states.keys() - {row.id for row in rows.activations}
        assert all(self.states[activation_id] is State.OFFERED for activation_id in gone), "something else than an offer was forgotten"

    def _money(self, rows: Rows) -> None:
        provider, place = self.place.provider, self.place
        assert all(count == 1 for count in place.sent.values()), f"getNumber was sent twice: {place.sent}"
        assert all(len(bought) == 1 for bought in provider.bought.values())
        assert len(provider.charges) == len(provider.bought) <= len(place.sent)
        amounts = {entry.purchase_id: -entry.amount for entry in provider.charges}
        refunded = {entry.purchase_id for entry in provider.ledger if entry.kind == "refund"}
        held = Counter(row.provider_id for row in rows.activations if row.provider_id is not None)
        assert all(count == 1 for count in held.values()), "one number belongs to two activations"
        for row in rows.activations:
            charged = provider.bought.get(row.id)
            assert row.id not in place.sent or row.requested_at is not None
            if row.provider_id is not None:
                assert charged == [row.provider_id]
            if row.state in {State.OFFERED, State.REJECTED}:
                assert charged is None, f"{row.id} is {row.state} and was charged"
            if charged is not None and amounts[charged[0]] != row.price:
                continue  # The price went up a moment after it was read, which no balance can tell from another story.
            # What was charged without our hearing of it came back when its time was over: then nothing is missing.
            lasting = charged is not None and charged[0] not in refunded
            if row.state is State.CHARGED:
                assert charged is not None, f"{row.id} is called charged and was not"
            if row.state is State.NOT_CHARGED:
                assert not lasting, f"{row.id} is called not charged and was"

    def _messages(self, rows: Rows) -> None:
        by_id = {row.id: row for row in rows.activations}
        assert len({(sms.activation_id, sms.text) for sms in rows.messages}) == len(rows.messages)
        for sms in rows.messages:
            row = by_id[sms.activation_id]
            assert row.provider_id is not None
            assert sms.text in self.place.provider.activations[row.provider_id].sms, f"{sms.text} is not of {row.id}"
            reached = [chat_id for chat_id, pushed in self.place.chats.pushed if sms.text in pushed]
            assert set(reached) <= {row.chat_id}
            assert sms.delivered_at is None or reached, f"{sms.text} is marked as delivered and was not"
        stored = {sms.text for sms in rows.messages}
        for chat_id, pushed in self.place.chats.pushed:
            assert any(text in pushed for text in stored), f"{chat_id} was shown what is not stored: {pushed}"
        extra = sum(count - 1 for count in Counter(self.place.chats.pushed).values())
        assert extra <= self.place.crashes + self.place.chats.unclear, f"{extra} messages too many"

    def _given_out(self, rows: Rows) -> None:
        """Every SMS that reached a living process is stored by the time that nothing is under way."""
        by_provider_id = {row.provider_id: row for row in rows.activations}
        for provider_id, sms in self.place.provider.given:
            row = by_provider_id[provider_id]
            assert sms in {found.text for found in rows.of(row)}, f"{row.id} never stored {sms}"
        self.place.provider.given.clear()

    async def _text_of_money(self, database: Database) -> None:
        """Money is kept as the text of an amount that the provider did name: nothing is rounded on the way."""
        named = {entry.balance for entry in self.place.provider.ledger} | {Decimal(0)}
        async with database.reading() as session:
            found = await session.execute(text(f"SELECT product_id, {', '.join(MONEY)} FROM activation"))
        for product_id, price, *balances in found:
            assert (product_id, Decimal(price)) in self.place.provider.prices
            for amount in (price, *balances):
                assert amount is None or amount == format(Decimal(amount), "f")
            assert {Decimal(amount) for amount in balances if amount is not None} <= named

    async def _statements(self, process: Process) -> None:
        """Compare what people are told with the rows; these may move meanwhile where a call is under way, and then it is done again."""
        while True:
            rows = await read(process.database)
            told = {chat_id: await self._told(process, chat_id) for chat_id in rows.chats}
            if _versions(await read(process.database)) == _versions(rows):
                break
        for chat_id, (held, history) in told.items():
            mine = [row for row in rows.activations if row.chat_id == chat_id]
            most = sum((row.price for row in mine if row.state in CLOSED | OPEN | {State.CHARGED}), Decimal(0))
            assert {row.id for row in held} == {row.id for row in mine if row.state in OPEN | IN_FLIGHT}
            assert history.total == sum(row.state in PAST for row in mine)
            assert Decimal(0) <= history.spent <= most

    async def _told(self, process: Process, chat_id: int) -> tuple[Sequence[Activation], History]:
        return await process.statements.held(chat_id), await process.statements.history(chat_id, 0)

    async def quiet(self, process: Process) -> Rows:
        """After the faults ended and everything had its time: nothing waits, and every chat shows what is so."""
        rows = await self.audit(process)
        assert not [row.id for row in rows.activations if row.state in IN_FLIGHT], "a doubt was never settled"
        for row in rows.activations:
            messages = rows.of(row)
            if row.state in OPEN and (sms := self.place.provider.activations[row.provider_id or ""].sms):
                assert sms[-1] in {found.text for found in messages}, f"{sms[-1]} never arrived"
            if row.state is State.OFFERED or rows.chats[row.chat_id].unreachable_at is not None:
                continue
            assert all(sms.delivered_at for sms in messages), "an SMS was not pushed"
            assert row.card_version == row.version, f"the card of {row.id} is outdated"
            drawn = str(card(LANGUAGES.words("en"), Held(row, messages)).text)
            assert self.place.chats.shown.get((row.chat_id, row.card_message_id or 0), drawn) == drawn, "the card shows something else"
        return rows
