from enum import StrEnum


class CreateTranscribeBodyTranscriptionMode(StrEnum):
    FAST = "fast"
    SLOW = "slow"

    def __str__(self) -> str:
        return str(self.value)
