"""CLASSIFY: who is speaking, about what, in which language."""
