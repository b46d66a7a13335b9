"""Draw the session's states from the table that decides them: running this writes docs/session.md."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from quiz.domain.decide import TABLE
from quiz.domain.session import Phase

PAGE = Path(__file__).parent.parent / "docs" / "session.md"

HEAD = """# The states of a session

Drawn from the table in `quiz/domain/decide.py` by `scripts/draw_session.py`; a test fails when the two differ.

A host's commands carry the version they were decided on; `deadline` is the service's own. What a command may not do in
a phase is refused with `wrong_phase`. Every accepted command makes the version grow by one.

```mermaid
stateDiagram-v2
    [*] --> lobby
"""

TAIL = """    finished --> [*]
```

Commands that leave the phase as it is:

| command | in |
|---|---|
"""


def page() -> str:
    """The whole page."""
    moves: dict[tuple[Phase, Phase], list[str]] = defaultdict(list)
    stays: dict[str, list[str]] = defaultdict(list)
    for (phase, command), rule in TABLE.items():
        name = command.__name__.lower()
        for target in rule.to:
            if target is phase:
                stays[name].append(phase.value)
            else:
                moves[phase, target].append(name)
    edges = "".join(
        f"    {source.value} --> {target.value}: {', '.join(names)}\n" for (source, target), names in moves.items()
    )
    rows = "".join(f"| `{name}` | {', '.join(phases)} |\n" for name, phases in stays.items())
    return HEAD + edges + TAIL + rows


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
