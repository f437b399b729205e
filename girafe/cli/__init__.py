"""girafe: the command line. begin, files, stages, status, keep, backup, review, ask hold its commands."""

from girafe.cli import ask as ask
from girafe.cli import backup as backup
from girafe.cli import begin as begin
from girafe.cli import files as files
from girafe.cli import keep as keep
from girafe.cli import review as review
from girafe.cli import stages as stages
from girafe.cli import status as status
from girafe.cli.app import main as main
