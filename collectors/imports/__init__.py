"""Imports: files people already have, landed under their true platform; one file = one format."""
