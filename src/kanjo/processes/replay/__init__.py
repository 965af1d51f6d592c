"""The replay: deals that another system counts as won go through the whole stream, by the verbs the pages call.

Each deal is a shard of one run, so a replay can be killed anywhere, resumed, and shared by several workers. Billing,
bank files, matching and recognition follow day by day and month by month, each idempotent by itself.
"""

from kanjo.processes.replay.deal import Cast
from kanjo.processes.replay.story import Told, cast_of, is_replayed, replay

__all__ = ["Cast", "Told", "cast_of", "is_replayed", "replay"]
