"""Finding the one-time password in the text of an SMS."""

from bot.services.codes.choose import extract_code

__all__ = ["extract_code"]
