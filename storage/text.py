"""Texts from outside, fit to be kept."""


def storable(text: str, length: int | None = None) -> str:
    """Take out what PostgreSQL and UTF-8 cannot hold, NUL characters and lone surrogates, and cut to so many characters."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")[:length]
