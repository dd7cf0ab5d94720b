from collections.abc import Callable
from typing import Generic, ParamSpec, TypeVar

_P = ParamSpec("_P")
_R = TypeVar("_R")

class Task(Generic[_P, _R]):
    def __call__(self, *args: _P.args, **kwargs: _P.kwargs) -> _R: ...

def task(
    *, retries: int | None = None, retry_delay_seconds: float | list[float] | None = None
) -> Callable[[Callable[_P, _R]], Task[_P, _R]]: ...
