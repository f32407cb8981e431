"""Who works on what, where several processes share a database: a number, a chore, an account's purchases.

A lease runs out by itself when its process dies, and another process goes on. A process that comes back late finds its lease taken,
and `storage.leases.require` keeps it from changing anything.
"""

import asyncio
import secrets
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol

from storage import leases
from storage.database import Database
from storage.leases import Held, LeaseLost

SECONDS = 15.0
"""How long a dead process's work waits for another one."""
NEW_AT_ONCE = 200
"""How many numbers a process takes on at a time, so that others that start with it get their share."""
TURN_PAUSE = 0.1


class Leases(Protocol):
    """What the parts that share work ask for."""

    async def keep(self, names: Collection[str]) -> Collection[str]:
        """Say which numbers this process would watch, and learn which of them it has."""
        ...

    async def claim(self, name: str) -> bool:
        """Whether a chore is this process's, now and until it ends."""
        ...

    def holding(self, name: str) -> AbstractAsyncContextManager[bool]:
        """Hold something for a block; whether that succeeded is its value."""
        ...

    def turn(self, name: str) -> AbstractAsyncContextManager[None]:
        """Wait until nobody else has it, and hold it for a block."""
        ...

    def fence(self, name: str) -> Held | None:
        """Give what `storage.leases.require` asks for before a change; raises `LeaseLost` where this process has it no longer."""
        ...


class Sole:
    """The only process: everything is its own, and nothing is written about that."""

    async def keep(self, names: Collection[str]) -> Collection[str]:
        """Give all of them."""
        return names

    async def claim(self, _name: str) -> bool:
        """Say yes."""
        return True

    @asynccontextmanager
    async def holding(self, _name: str) -> AsyncIterator[bool]:
        """Say yes."""
        yield True

    @asynccontextmanager
    async def turn(self, _name: str) -> AsyncIterator[None]:
        """Wait for nobody."""
        yield

    def fence(self, _name: str) -> Held | None:
        """Ask for nothing."""
        return None


class Shared:
    """One of several processes; `renew` is to be called a few times in every `seconds`."""

    def __init__(
        self,
        database: Database,
        holder: str,
        *,
        seconds: float = SECONDS,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._database = database
        self.holder = holder
        self._seconds = seconds
        self._clock = clock
        self._sleep = sleep
        self._held: dict[str, Held] = {}
        self._valid_until = float("-inf")
        """By this process's clock: what was not renewed until then may be another's, whoever it was."""
        self._watched: set[str] = set()
        self._chores: set[str] = set()
        self._blocks: Counter[str] = Counter()

    async def keep(self, names: Collection[str]) -> Collection[str]:
        """Take what is new and free, give back what is not named any more, and return what this process has of them."""
        wanted = set(names)
        given_up = self._watched - wanted
        new = sorted(name for name in wanted if not self._has(name))[:NEW_AT_ONCE]
        self._watched = (self._watched & wanted) | set(new)
        await self._give_back(given_up)
        await self._take(new)
        self._watched &= self._held.keys()
        return self._watched

    async def claim(self, name: str) -> bool:
        """Take a chore if it is free; it stays this process's until the process ends or is late with renewing."""
        self._chores.add(name)
        return await self._get(name)

    @asynccontextmanager
    async def holding(self, name: str) -> AsyncIterator[bool]:
        """Hold something for a block, where no other process has it; blocks of this process may hold the same."""
        self._blocks[name] += 1
        try:
            yield await self._get(name)
        finally:
            self._blocks[name] -= 1
            if not self._blocks[name]:
                del self._blocks[name]
                await self._give_back({name})

    @asynccontextmanager
    async def turn(self, name: str) -> AsyncIterator[None]:
        """Wait until no other process has it; those of this process take their turns before they ask here."""
        while True:
            async with self.holding(name) as mine:
                if mine:
                    yield
                    return
            await self._sleep(TURN_PAUSE)

    def fence(self, name: str) -> Held | None:
        """Give the lease as this process knows it; raises `LeaseLost` where it knows of none, or was late with renewing."""
        if not self._has(name):
            raise LeaseLost(name)
        return self._held[name]

    async def renew(self) -> None:
        """Prolong everything; what another process took meanwhile is lost."""
        asked_at = self._clock()
        async with self._database.writing("renew leases") as session:
            kept = await leases.renew(session, self.holder, self._seconds)
        self._valid_until = asked_at + self._seconds
        self._held = {name: held for name, held in self._held.items() if name in kept}

    async def release(self) -> None:
        """Give everything back at the end of the process, so that nobody has to wait for it to run out."""
        self._held, self._watched, self._chores = {}, set(), set()
        async with self._database.writing("release leases") as session:
            await leases.drop_all(session, self.holder)

    def _has(self, name: str) -> bool:
        return name in self._held and self._clock() < self._valid_until

    async def _get(self, name: str) -> bool:
        if not self._has(name):
            await self._take([name])
        return self._has(name)

    async def _take(self, names: Collection[str]) -> None:
        """Take what is free of these."""
        if not names:
            return
        asked_at = self._clock()
        if asked_at >= self._valid_until:
            # What is held is in doubt; all of it is asked for again, so that one time holds for all.
            names = {*names, *self._held}
            self._held, self._valid_until = {}, asked_at + self._seconds
        async with self._database.writing("take leases") as session:
            taken = await leases.take(session, names, self.holder, self._seconds)
        self._held |= {held.name: held for held in taken}

    async def _give_back(self, names: Collection[str]) -> None:
        unwanted = {name for name in names if name in self._held and name not in self._watched | self._chores | self._blocks.keys()}
        if not unwanted:
            return
        for name in unwanted:
            del self._held[name]
        async with self._database.writing("give leases back") as session:
            await leases.drop(session, unwanted, self.holder)


def new_holder() -> str:
    """Name a process: a new name at every start, so that nothing of an earlier one passes for its own."""
    return secrets.token_urlsafe(9)
