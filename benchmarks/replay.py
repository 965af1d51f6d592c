"""The replay of the won deals of examples/maven-crm: CPU ms per deal and stage, beside bare COPY of their rows."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_urlsafe

from benchmarks.kit.figures import Figure, tell
from benchmarks.kit.house import Bare, a_house, cpu_seconds

EXAMPLE = Path(__file__).parents[1] / "examples" / "maven-crm"


class Stages:
    """CPU seconds by stage: what the replay reports belongs to the stage it names."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)
        self._last = cpu_seconds()

    def note(self, stage: str) -> None:
        """Count what was spent since the last note for *stage*."""
        now = cpu_seconds()
        self.spent[stage] += now - self._last
        self._last = now


def main() -> None:
    """Measure and tell."""
    with a_house():
        from kanjo.processes import demonstration
        from kanjo.processes.read_crm import read_crm

        at = datetime.now(UTC)
        company_id = demonstration.prepare_company(password=token_urlsafe(), at=at)
        stages = Stages()
        export = read_crm(EXAMPLE, cures=EXAMPLE / "cures.toml")
        demonstration.take_in(export=export, at=at, report=lambda *_: None)
        stages.note("import")
        bare = Bare()
        told = demonstration.play(
            company_id=company_id, at=at, report=lambda _done, _all, stage: stages.note(stage.en.split(":")[0].lower())
        )
        copied, _ = bare.copied()
    ms = {stage: seconds * 1000 / told.deals for stage, seconds in stages.spent.items()}
    whole = sum(ms.values()) - ms["import"]
    limit = copied.cpu * 1000 / told.deals
    tell(
        [
            *(Figure(f"replay-{stage.replace(' ', '-')}", spent, "CPU ms/deal") for stage, spent in ms.items()),
            Figure("replay", whole, "CPU ms/deal", limit, limit / whole),
        ]
    )


if __name__ == "__main__":
    main()
