"""What admins may do; every action of theirs is checked and recorded in the transaction that does it."""
