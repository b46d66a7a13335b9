"""Stored answers and right ones, told as a person would."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from quiz.domain.board import Board
from quiz.domain.ids import PlayerId
from quiz.domain.messages import Answer
from quiz.domain.quiz import ChoiceQuestion, NumericQuestion, OrderQuestion, PollQuestion, Question, TextQuestion
from quiz.domain.scoring import Score, award
from quiz.domain.session import Session
from quiz.domain.tally import StoredAnswer, closed_questions
from quiz.game.files import AnswerRow, PlayerRow, QuestionRow, ResultsHead
from quiz.game.ports import Player
from quiz.game.report import PlayerAnswer, PlayerAnswers


def results_head(session: Session, board: Board) -> ResultsHead:
    """A session's questions and end results."""
    places = [(round_.title, question) for round_ in session.script.quiz.rounds for question in round_.questions]
    return ResultsHead(
        title=session.title,
        pin=session.pin,
        started_at=session.created_at,
        questions=[
            QuestionRow(
                number=number,
                round=round_title,
                type=question.kind,
                text=question.text,
                correct=tell_right_answer(question),
                points=question.points,
                voided=number in session.voided,
            )
            for number, (round_title, question) in enumerate(places, start=1)
        ],
        players=[
            PlayerRow(
                rank=line.rank,
                player_id=line.player_id,
                nickname=line.nickname,
                points=line.points,
                correct=line.correct,
                response_ms=line.time_ms,
            )
            for line in board.standings()
        ],
    )


def answer_rows(
    session: Session, players: Mapping[PlayerId, Player], answers: Sequence[StoredAnswer]
) -> list[AnswerRow]:
    """Answers with what each earned: nothing when its question was voided.

    Args:
        players: everyone who ever took a seat in the session.
    """
    return [_answer_row(session, players[stored.player_id], stored) for stored in answers]


def tell_player(session: Session, board: Board, player: Player, answers: Sequence[StoredAnswer]) -> PlayerAnswers:
    """A player's place, and answers to closed questions with what each earned."""
    closed = closed_questions(session)
    rows = [_answer_row(session, player, stored) for stored in answers if stored.question <= closed]
    score = Score() if player.kicked else board.tally(player.id).score
    return PlayerAnswers(
        player_id=player.id,
        nickname=player.nickname,
        rank=None if player.kicked else board.rank(player.id),
        points=score.points,
        correct=score.correct,
        answers=[
            PlayerAnswer(row.question, row.question_text, row.answer, row.correct, row.points, row.response_ms)
            for row in rows
        ],
    )


def tell_answer(question: Question, answer: Answer, shown: tuple[int, ...] | None) -> str | float:
    """An answer in words, or the number that it is.

    Args:
        shown: the order in which an `order` question's items were shown, which is what its indexes mean.
    """
    match question, answer:
        case ((ChoiceQuestion() | PollQuestion()), list()):
            return "; ".join(question.choices[index].text for index in answer)
        case OrderQuestion(items=items), list():
            places = shown or range(len(items))
            return "; ".join(items[places[index]] for index in answer)
        case _, list():
            return str(answer)
        case _, _:
            return answer


def tell_right_answer(question: Question) -> str:
    """What would have been right, in words; empty for a poll."""
    match question:
        case ChoiceQuestion(choices=choices):
            return "; ".join(choice.text for choice in choices if choice.correct)
        case NumericQuestion(answer=number, tolerance=tolerance):
            return f"{number} ± {tolerance}" if tolerance else str(number)
        case TextQuestion(accepted=accepted):
            return "; ".join(accepted)
        case OrderQuestion(items=items):
            return "; ".join(items)
        case PollQuestion():
            return ""


def _answer_row(session: Session, player: Player, stored: StoredAnswer) -> AnswerRow:
    number = stored.question
    question, shown = session.script.question(number), session.script.shown(number)
    earned = award(question, stored.answer, stored.elapsed_ms, session.settings.scoring, shown)
    voided = number in session.voided
    return AnswerRow(
        question=number,
        question_text=question.text,
        player_id=player.id,
        nickname=player.nickname,
        answer=tell_answer(question, stored.answer, shown),
        correct=None if voided else earned.correct,
        points=0 if voided else earned.points,
        response_ms=stored.elapsed_ms,
        received_at=stored.received_at,
        removed=player.kicked,
    )
