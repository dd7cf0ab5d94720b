from enum import StrEnum


class GetSubResultInLanguageFormatType(StrEnum):
    SRT = "srt"
    TXT = "txt"
    VTT = "vtt"

    def __str__(self) -> str:
        return str(self.value)
