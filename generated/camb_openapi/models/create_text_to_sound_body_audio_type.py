from enum import StrEnum


class CreateTextToSoundBodyAudioType(StrEnum):
    MUSIC = "music"
    SOUND = "sound"

    def __str__(self) -> str:
        return str(self.value)
