"""The running account of one pass through a recording: packets in, pictures out, what was amiss."""

from __future__ import annotations

from collections.abc import Generator
from itertools import islice
from pathlib import Path

import av
from av.container.input import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from hemifacial.errors import InputError
from hemifacial.formats.video_clock import Clock
from hemifacial.formats.video_facts import VideoProblems
from hemifacial.formats.video_source import ends_inside_a_box

__all__ = ["Damage", "Reading", "pictures"]

_ONE_PACKET_ONE_PICTURE = frozenset({"h264", "hevc", "vvc", "av1", "vp9"})
"""Codecs that owe a picture to every packet, and whose decoders may drop one without a word."""
_SOUND_LONGER_S = 0.5
"""How much earlier than stated the pictures may end where there is sound, which may be longer."""


class Damage:
    """Which pictures of one pass are damaged: from a fault to the next intact key frame.

    Every picture in between is built on the one before. The decoders of H.264, MPEG-4 and
    MPEG-2 report what they had to invent; those of HEVC, VP9 and JPEG mostly do not, so
    their damage is seen only where a picture is lost altogether.
    """

    def __init__(self) -> None:
        self._now = False
        self._from_dts: int | None = None
        self._newest_given = False
        self.frames = 0
        self.spans_s: list[tuple[float, float]] = []

    def begins(self) -> None:
        """A picture could not be decoded: what comes out next is built on it."""
        self._now = True

    def begins_after(self, dts: int | None) -> None:
        """A packet was passed over: pictures from its decoding time on are built on it."""
        self._from_dts = dts
        self._now = self._now or dts is None

    def shows_in(self, picture: VideoFrame) -> bool:
        """Whether this decoded picture, the next in order, is damaged."""
        if self._from_dts is not None and (picture.pts is None or picture.pts >= self._from_dts):
            self._now, self._from_dts = True, None
        if picture.is_corrupt:
            self._now = True
        elif picture.key_frame:
            self._now = False
        return self._now

    def given(self, time_s: float, *, damaged: bool) -> None:
        """Take note of a frame that is handed to the caller."""
        if damaged:
            self.frames += 1
            if self._newest_given:
                self.spans_s[-1] = (self.spans_s[-1][0], time_s)
            else:
                self.spans_s.append((time_s, time_s))
        self._newest_given = damaged


class Reading:
    """What has been read so far in one pass; `problems` is its frozen form."""

    def __init__(
        self, path: Path, *, rate_hz: float | None = None, stated_duration_s: float | None = None
    ) -> None:
        self.path = path
        self.clock = Clock(path, rate_hz=rate_hz)
        self.damage = Damage()
        self.frames = 0
        self.readable_s = 0.0
        self.resized_frames = 0
        self._rate_hz = rate_hz
        self._stated_duration_s = stated_duration_s
        self._demuxed = 0
        self._owed = 0
        self._decoded = 0
        self._interlaced = 0
        self._passed_over = 0
        self._failures = 0
        self._cut = False
        self._ended_early = False
        self._read_to_end = False
        self._newest_dts = -1
        self.shows_when_decoded = False

    def packet(self, packet: Packet[VideoStream]) -> bool:
        """Take note of a packet; whether it is fit to be decoded."""
        if packet.has_sidedata("encryption_info"):
            raise InputError(
                f"{self.path} is encrypted", next_step="export it without copy protection"
            )
        if not packet.size:  # it only empties the decoder
            return True
        self._demuxed += 1
        self._cut = packet.is_corrupt  # the container lacks a part of it
        if self._cut:
            self._passed_over += 1
            self.damage.begins_after(packet.dts)
            return False
        self._owed += not packet.is_discard  # an edit list discards; that is no loss
        return True

    def failure(self) -> None:
        """Take note that a picture could not be decoded or converted."""
        self._failures += 1
        self.damage.begins()

    def picture(self, picture: VideoFrame) -> bool:
        """Take note of a decoded picture; whether it is damaged."""
        self._decoded += 1
        self._interlaced += picture.interlaced_frame
        return self.damage.shows_in(picture)

    def stamp_of(self, picture: VideoFrame) -> int | None:
        """When a picture is shown, in ticks of the stream.

        AVI holds no such times, only a place for each picture in the order of decoding. What
        FFmpeg makes of it where pictures are stored out of order (H.264 with B-frames) leaps to
        and fro; the pictures come in their order, so that the times of decoding serve, all late
        by the same few pictures. The last ones, which the decoder gives up at the end, have none.
        """
        if not self.shows_when_decoded:
            return picture.pts
        dts = picture.dts if picture.dts is not None else self._newest_dts + 1
        self._newest_dts = max(dts, self._newest_dts)
        return dts

    def given(self, picture: VideoFrame, time_s: float, *, damaged: bool) -> None:
        """Take note of a frame that is handed to the caller."""
        self.frames += 1
        duration_s = float((picture.duration or 0) * (picture.time_base or 0))
        self.readable_s = time_s + (duration_s or self.clock.step_s)
        self.damage.given(time_s, damaged=damaged)

    def finish(self, container: InputContainer, stream: VideoStream, *, broken: bool) -> None:
        """Settle what can only be known at the end: what is lost, and whether it is the end."""
        self._read_to_end = True
        # A field of an interlaced picture may come in a packet of its own.
        if stream.codec.canonical_name in _ONE_PACKET_ONE_PICTURE and not self._interlaced:
            self._failures = max(self._failures, self._owed - self._decoded)
        self._ended_early = broken or self._cut or self._ends_early(container, stream)

    def _ends_early(self, container: InputContainer, stream: VideoStream) -> bool:
        if "mp4" in container.format.name:
            # The index is what the file promises; its stated length ignores edit lists.
            return len(stream.index_entries) > self._demuxed or ends_inside_a_box(self.path)
        stated_s = self._stated_duration_s or 0.0
        if self.shows_when_decoded and stream.frames and self._rate_hz:
            stated_s = stream.frames / self._rate_hz  # FFmpeg shortens it to the file's size
        tolerance_s = 2 * self.clock.step_s
        if len(container.streams) > 1:
            tolerance_s = max(tolerance_s, _SOUND_LONGER_S)
        # Some containers state the length from the first picture, others from stamp 0.
        end_s = (self.clock.newest_stamp_s or 0.0) + self.clock.step_s
        if self.shows_when_decoded:
            end_s = 0.0  # its stamps are late
        return stated_s - max(end_s, self.readable_s) > tolerance_s

    def problems(self) -> VideoProblems:
        """The account so far."""
        return VideoProblems(
            read_to_end=self._read_to_end,
            frames=self.frames,
            readable_s=self.readable_s,
            stated_duration_s=self._stated_duration_s,
            ended_early=self._ended_early,
            lost_frames=self._passed_over + self._failures,
            damaged_frames=self.damage.frames,
            damaged_spans_s=tuple(self.damage.spans_s),
            non_monotonic_timestamps=self.clock.non_monotonic,
            missing_timestamps=self.clock.missing,
            interlaced_frames=self._interlaced,
            resized_frames=self.resized_frames,
        )


def pictures(
    container: InputContainer,
    stream: VideoStream,
    reading: Reading,
    *,
    most_packets: int | None = None,
) -> Generator[VideoFrame, None, None]:
    """Decoded pictures in the order in which they are shown, until no more can be read.

    What cannot be decoded is noted in `reading` and passed over. `most_packets` bounds the
    search for a first picture in a file that has none.
    """
    broken = False
    reading.shows_when_decoded = container.format.name == "avi"
    packets = islice(container.demux(stream), most_packets)
    while True:
        try:
            packet = next(packets, None)
        except av.FFmpegError:
            broken, packet = True, None
        try:
            if packet is None:
                decoded = stream.decode() if broken else []
            else:
                decoded = packet.decode() if reading.packet(packet) else []
        except av.FFmpegError:
            reading.failure()
            decoded = []
        yield from decoded
        if packet is None:
            reading.finish(container, stream, broken=broken)
            return
