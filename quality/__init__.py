"""VALIDATE: what must be true of the data before anybody reads it."""
