"""PUBLISH: pages, digest and files that people read."""
