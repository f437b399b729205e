"""Sources: one file = one place that is listened to (collectors/contract.py)."""
