from enum import IntEnum


class CreateTranslatedTtsBodyFormality(IntEnum):
    FORMAL = 1
    INFORMAL = 2

    def __str__(self) -> str:
        return str(self.value)
