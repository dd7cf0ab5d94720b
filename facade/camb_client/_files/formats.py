"""What a file is, by its first bytes and its media type, and what it is called. Pure."""

import codecs
import json
import re
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

# How formats begin, and what such a file is called. An MP3 without a tag begins with a frame: eleven bits, then
# version and layer (layer I is left out: a UTF-16 text begins like it).
_FORMATS = {
    rb"fLaC": ".flac",
    rb"RIFF....WAVE|RF64....WAVE": ".wav",
    rb"ID3|\xff[\xe2-\xe5\xf2-\xf5\xfa-\xfd]": ".mp3",
    rb"\xff[\xf0\xf1\xf8\xf9]": ".aac",
    rb"OggS": ".ogg",
    rb"....ftyp": ".m4a",
    rb"\x1aE\xdf\xa3": ".webm",
    rb"FORM....AIF[FC]": ".aiff",
    rb"\.snd": ".au",
}
# The same by media type, where the bytes do not tell.
_TYPES = {
    "audio/flac": ".flac", "audio/x-flac": ".flac", "audio/wav": ".wav", "audio/x-wav": ".wav", "audio/wave": ".wav",
    "audio/mpeg": ".mp3", "audio/mp3": ".mp3", "audio/aac": ".aac", "audio/ogg": ".ogg", "audio/opus": ".opus",
    "audio/mp4": ".m4a", "audio/x-m4a": ".m4a", "audio/webm": ".webm", "video/webm": ".webm", "audio/aiff": ".aiff",
    "audio/basic": ".au", "audio/pcm": ".pcm", "audio/x-pcm": ".pcm", "audio/l16": ".pcm", "video/mp4": ".mp4",
    "application/json": ".json", "text/plain": ".txt", "text/vtt": ".vtt", "application/x-subrip": ".srt",
    "application/zip": ".zip",
}  # fmt: skip
_OTHER = ".bin"
# What a file without a suffix may get.
SUFFIXES = tuple(sorted({*_FORMATS.values(), *_TYPES.values(), _OTHER}))
# Suffixes that may stand for another.
_SAME = {".aif": ".aiff", ".wave": ".wav", ".oga": ".ogg", ".opus": ".ogg", ".mp4": ".m4a", ".adts": ".aac"}
# So many bytes tell what a file is.
HEAD = 512
_MARKUP = re.compile(rb"\s*<(!doctype|!--|\?xml|html|head|body|error)", re.IGNORECASE)


def suffix(head: bytes, kind: str = "") -> str:
    """What a file is called that begins so and is of that media type."""
    known = (name for start, name in _FORMATS.items() if re.match(start, head, re.DOTALL))
    return next(known, _TYPES.get(kind, _OTHER))


def is_written(head: bytes) -> bool:
    """Whether a file that begins so is a text: characters that can be printed, and nothing else."""
    if suffix(head) != _OTHER:
        return False
    try:
        text = codecs.getincrementaldecoder(json.detect_encoding(head))().decode(head)
    except UnicodeDecodeError:
        return bool(_MARKUP.match(head))  # In an encoding of its own.
    return "".join(text.split()).isprintable()


def wav_length(head: bytes) -> int:
    """How many bytes a WAV file has, by its own header; 0 for any other."""
    return 8 + int.from_bytes(head[4:8], "little") if re.match(rb"RIFF....WAVE", head, re.DOTALL) else 0


def name_of(address: str) -> str:
    """What a file is called after its address."""
    name = re.sub(r"[^\w.+ -]", "_", PurePosixPath(unquote(urlsplit(address).path)).name).strip(". ")
    return name[-80:].lstrip(". ") or "download"


def misnamed(name: str, found: str) -> bool:
    """Whether the suffix of a name promises another format than the one found, given as its suffix."""
    promised = PurePosixPath(name).suffix.lower()
    is_told = promised in {*SUFFIXES, *_SAME} and _OTHER not in {promised, found}
    return is_told and _SAME.get(promised, promised) != _SAME.get(found, found)
