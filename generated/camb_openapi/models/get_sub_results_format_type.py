from enum import StrEnum


class GetSubResultsFormatType(StrEnum):
    SRT = "srt"
    TXT = "txt"
    VTT = "vtt"

    def __str__(self) -> str:
        return str(self.value)
