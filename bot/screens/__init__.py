"""State in, text and buttons out: pure functions, one module for each thing that a user looks at."""
