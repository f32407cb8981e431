"""Side-by-side comparisons on one machine: ratios, because seconds say more about the machine than about the code."""
