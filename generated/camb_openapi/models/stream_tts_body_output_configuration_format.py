from typing import Literal, cast

StreamTtsBodyOutputConfigurationFormat = Literal[
    "adts",
    "flac",
    "mp3",
    "pcm_f32be",
    "pcm_f32le",
    "pcm_s16be",
    "pcm_s16le",
    "pcm_s32be",
    "pcm_s32le",
    "wav",
]

STREAM_TTS_BODY_OUTPUT_CONFIGURATION_FORMAT_VALUES: tuple[
    StreamTtsBodyOutputConfigurationFormat, ...
] = (
    "adts",
    "flac",
    "mp3",
    "pcm_f32be",
    "pcm_f32le",
    "pcm_s16be",
    "pcm_s16le",
    "pcm_s32be",
    "pcm_s32le",
    "wav",
)
STREAM_TTS_BODY_OUTPUT_CONFIGURATION_FORMAT_NAMES: dict[
    object, StreamTtsBodyOutputConfigurationFormat
] = {
    "adts": "adts",
    "flac": "flac",
    "mp3": "mp3",
    "pcm_f32be": "pcm_f32be",
    "pcm_f32le": "pcm_f32le",
    "pcm_s16be": "pcm_s16be",
    "pcm_s16le": "pcm_s16le",
    "pcm_s32be": "pcm_s32be",
    "pcm_s32le": "pcm_s32le",
    "wav": "wav",
}


def check_stream_tts_body_output_configuration_format(
    value: object,
) -> StreamTtsBodyOutputConfigurationFormat:
    return cast(StreamTtsBodyOutputConfigurationFormat, value)
