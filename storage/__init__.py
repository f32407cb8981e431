"""The truth on disk: tables, sessions, sealed tokens, and the queries of each aggregate."""
