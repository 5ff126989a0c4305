"""What is in a store and what is wrong with it: duplicates, leaks over a split, the data card.

Knows records of a store; changes none. Reading order: `audit`, `card`.
"""
