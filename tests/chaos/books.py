"""The bot's database as an auditor sees it, on either database: what is in it, and every change of a state since it is watched."""

from typing import Any

from sqlalchemy import text

from storage.database import Database

MOVES = "CREATE TABLE IF NOT EXISTS audit_move (activation_id TEXT, before TEXT, after TEXT)"
WATCH_SQLITE = (
    """CREATE TRIGGER IF NOT EXISTS audit_moves AFTER UPDATE OF state ON activation WHEN old.state <> new.state
    BEGIN INSERT INTO audit_move VALUES (old.id, old.state, new.state); END""",
)
WATCH_POSTGRESQL = (
    """CREATE OR REPLACE FUNCTION audit_moved() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO audit_move VALUES (old.id, old.state, new.state); RETURN new; END $$""",
    """CREATE OR REPLACE TRIGGER audit_moves AFTER UPDATE OF state ON activation FOR EACH ROW
    WHEN (old.state IS DISTINCT FROM new.state) EXECUTE FUNCTION audit_moved()""",
)


class Books:
    """Reads beside the bot, which is another process."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")

    async def rows(self, query: str) -> list[dict[str, Any]]:
        """Read what a query finds, by the names of its columns."""
        async with Database(self.url) as database, database.reading() as session:
            return [dict(row) for row in (await session.execute(text(query))).mappings()]

    async def write(self, *statements: str) -> None:
        """Change something that no user can."""
        async with Database(self.url) as database, database.writing() as session:
            for statement in statements:
                await session.execute(text(statement))

    async def watch(self) -> None:
        """Have the database write every change of state down, so that none escapes the audit."""
        await self.write(MOVES, *(WATCH_SQLITE if self.is_sqlite else WATCH_POSTGRESQL))

    async def waiting(self) -> dict[str, int]:
        """Count what the bot has not come to, by what it is; nothing where that is zero."""
        found = {what: (await self.rows(f"SELECT count(*) AS n FROM {where}"))[0]["n"] for what, where in WAITING.items()}
        return {what: count for what, count in found.items() if count}


WAITING = {
    "purchases without outcome": "activation WHERE state IN ('requested', 'unknown')",
    "SMS": "sms WHERE delivered_at IS NULL",
    "cards": "activation WHERE state <> 'offered' AND card_version < version",
    "words about an end": "activation WHERE state = 'cancelled' AND automatic AND end_told_at IS NULL",
    "updates": "update_receipt WHERE handled_at IS NULL",
}
