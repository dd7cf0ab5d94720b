from enum import StrEnum


class GetDubTranscriptDataType(StrEnum):
    FILE = "file"
    RAW_DATA = "raw_data"

    def __str__(self) -> str:
        return str(self.value)
