"""A Telegram bot for one-time-password numbers."""
