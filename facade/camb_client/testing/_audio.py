"""Audio that plays: a short tone as WAV or FLAC.

The FLAC is the simplest there is (verbatim subframes: the samples as they are), and still one that every decoder takes.
Format: RFC 9639.
"""

import hashlib
import io
import math
import struct
import wave
from functools import cache

RATE = 8000  # Samples a second.
_BLOCK = 1024  # Samples a frame.


@cache
def samples(seconds: float = 0.5) -> bytes:
    """A tone of 440 Hz: 16 bit little-endian, one channel."""
    heights = (round(9000 * math.sin(2 * math.pi * 440 * at / RATE)) for at in range(int(RATE * seconds)))
    return b"".join(struct.pack("<h", height) for height in heights)


@cache
def wav() -> bytes:
    """The tone as a WAV file."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(RATE)
        writer.writeframes(samples())
    return file.getvalue()


@cache
def flac() -> bytes:
    """The tone as a FLAC file."""
    pcm = samples()
    count = len(pcm) // 2
    # STREAMINFO: block sizes, frame sizes unknown, then rate (20 bits), channels - 1 (3), bits - 1 (5), samples (36).
    sizes = struct.pack(">HH6x", _BLOCK, _BLOCK)
    packed = (RATE << 44 | 0 << 41 | 15 << 36 | count).to_bytes(8, "big")
    info = sizes + packed + hashlib.md5(pcm, usedforsecurity=False).digest()
    frames = (_frame(at, pcm[at * 2 * _BLOCK : (at + 1) * 2 * _BLOCK]) for at in range(-(-count // _BLOCK)))
    return b"fLaC\x80" + len(info).to_bytes(3, "big") + info + b"".join(frames)


def _frame(number: int, pcm: bytes) -> bytes:
    """One frame: header with its CRC-8, one verbatim subframe, CRC-16. A number below 128 is coded as itself."""
    count = len(pcm) // 2
    # Sync and fixed block size; block size as 16 bits less one, rate as in STREAMINFO; one channel, 16 bits.
    header = struct.pack(">HBBBH", 0xFFF8, 0x70, 0x08, number, count - 1)
    body = b"\x02" + struct.pack(f">{count}h", *struct.unpack(f"<{count}h", pcm))
    frame = header + bytes([_crc(header, 8, 0x07)]) + body
    return frame + _crc(frame, 16, 0x8005).to_bytes(2, "big")


def _crc(data: bytes, bits: int, polynomial: int) -> int:
    crc, top = 0, 1 << (bits - 1)
    for byte in data:
        crc ^= byte << (bits - 8)
        for _ in range(8):
            crc = (crc << 1 ^ polynomial if crc & top else crc << 1) & (1 << bits) - 1
    return crc
