"""Every REST call there is."""

from typing import Final

from quiz.http.routes.documents import with_documents
from quiz.http.routes.files import FILE_ROUTES
from quiz.http.routes.login import LOGIN_ROUTES
from quiz.http.routes.players import PLAYER_ROUTES
from quiz.http.routes.quizzes import QUIZ_ROUTES
from quiz.http.routes.rehearsal import REHEARSAL_ROUTES
from quiz.http.routes.reports import REPORT_ROUTES
from quiz.http.routes.sessions import SESSION_ROUTES

ROUTES: Final = with_documents(
    (*LOGIN_ROUTES, *QUIZ_ROUTES, *FILE_ROUTES, *SESSION_ROUTES, *PLAYER_ROUTES, *REPORT_ROUTES, *REHEARSAL_ROUTES)
)
