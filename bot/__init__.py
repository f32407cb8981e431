"""A Telegram bot for one-time-password numbers."""

VERSION = "0.1.0"
