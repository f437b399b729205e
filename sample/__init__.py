"""The bundled sample: an invented company, its invented public, and the truth about both."""
