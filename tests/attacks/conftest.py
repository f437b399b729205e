"""One way to import a file, for the attacks by file."""

from tests.imports.landing import land as land
