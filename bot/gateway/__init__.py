"""What the Telegram library lacks: sending within the limits, and updates that no crash loses."""
