"""Components: each file registers one spaCy factory; pyproject lists it, so spaCy finds it."""
