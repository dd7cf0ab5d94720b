from collections.abc import Callable
from typing import ParamSpec, TypeVar

_P = ParamSpec("_P")
_R = TypeVar("_R")

class DBOS:
    @staticmethod
    def step(*, name: str | None = None) -> Callable[[Callable[_P, _R]], Callable[_P, _R]]: ...
    @staticmethod
    def workflow(*, name: str | None = None) -> Callable[[Callable[_P, _R]], Callable[_P, _R]]: ...
    @staticmethod
    def sleep(seconds: float) -> None: ...
