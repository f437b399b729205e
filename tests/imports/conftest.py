"""One way to import a file, for the tests here."""

from tests.imports.landing import land as land
