"""The domain: what is allowed and what happens next. It knows no Telegram."""
