from enum import IntEnum


class CreateCustomVoiceBodyGender(IntEnum):
    UNKNOWN = 0
    MALE = 1
    FEMALE = 2
    NOT_APPLICABLE = 9

    def __str__(self) -> str:
        return str(self.value)
