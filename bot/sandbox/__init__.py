"""A simulated provider and a simulated Telegram with a chat page: for the demo, tests and benchmarks only."""
