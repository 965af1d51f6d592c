"""The history of a made-up company: months of deals, played day by day with the verbs that the pages call.

What happens is written in files, in months counted from the one it is played in. Each day is a shard of one run, in one
transaction, so the play can be killed anywhere and goes on; it is played once.
"""

from kanjo.processes.history.founding import is_played, open_books, sign_ins
from kanjo.processes.history.playing import Played, play
from kanjo.processes.history.script import CHARTER, Script, read_script

__all__ = ["CHARTER", "Played", "Script", "is_played", "open_books", "play", "read_script", "sign_ins"]
