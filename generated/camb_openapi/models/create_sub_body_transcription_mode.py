from enum import StrEnum


class CreateSubBodyTranscriptionMode(StrEnum):
    FAST = "fast"
    SLOW = "slow"

    def __str__(self) -> str:
        return str(self.value)
