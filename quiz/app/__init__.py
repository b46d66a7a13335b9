"""The one place that picks adapters and introduces them to each other."""

from quiz.app.adapters import SchemaBehind, is_alone
from quiz.app.node import Node, running
from quiz.app.offline import Offline, offline
from quiz.storage.engine import NotDurable

__all__ = ["Node", "NotDurable", "Offline", "SchemaBehind", "is_alone", "offline", "running"]
