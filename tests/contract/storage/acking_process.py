"""A process that stores answers and prints each player's id once the answer is acked, until it is killed.

Arguments: the database's URL and a session with an open question.
"""

from __future__ import annotations

import asyncio
import sys

from quiz.domain.ids import Millis, SessionId, SubmissionId
from quiz.domain.tally import StoredAnswer
from quiz.game.ports import PendingAnswer
from quiz.observe.logs import set_up_logs
from quiz.storage.settings import StorageSettings
from quiz.storage.storage import Storage

LANES = 8
"""Players who answer at a time: few, so that there are many commits to be killed in."""


async def main(url: str, session_id: SessionId) -> None:
    async with Storage(StorageSettings(url=url)) as storage:
        picture = await storage.sessions.load(session_id)
        assert picture is not None
        session, players = picture.session, iter(picture.board.seats)

        async def keep_answering() -> None:
            for player in players:
                stored = await storage.answers.append(
                    PendingAnswer(
                        session_id=session.id,
                        month=session.month,
                        player_id=player,
                        question=session.question,
                        submission=SubmissionId(f"{player} says"),
                        answer=[0],
                        received_at=Millis(1),
                        elapsed_ms=Millis(1),
                    )
                )
                assert isinstance(stored, StoredAnswer)
                sys.stdout.write(f"{player}\n")
                sys.stdout.flush()

        await asyncio.gather(*(keep_answering() for _ in range(LANES)))


if __name__ == "__main__":
    # To standard error: the output is for what was acked.
    set_up_logs("info", json=True)
    asyncio.run(main(sys.argv[1], SessionId(sys.argv[2])))
