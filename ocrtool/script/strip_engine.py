"""The engine of a script that a line reader reads: strips, frame probabilities, text, boxes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache, cached_property, partial
from pathlib import Path

import cv2
import numpy as np

from ocrtool.charset import LINE_START, Labels
from ocrtool.decode import ctc
from ocrtool.decode.alphabet import Alphabet
from ocrtool.decode.ctc_beam import Classes
from ocrtool.decode.ctc_consensus import Consensus
from ocrtool.decode.ctc_gaps import weigh_gaps
from ocrtool.decode.ctc_places import SPACE
from ocrtool.decode.ctc_reading import Reading
from ocrtool.decode.ctc_words import line_word_probabilities, word_features
from ocrtool.decode.language_model import CharacterLSTM, LanguageModel, UniformModel
from ocrtool.decode.settings import CtcSettings, CtcWeights
from ocrtool.decode.text_filter import SPOTS
from ocrtool.errors import WeightsRefused
from ocrtool.imaging.affine import input_boxes
from ocrtool.recognize.line_reader import LineReader
from ocrtool.script.numerals import read_numerals
from ocrtool.script.script import GlyphClassifier, Script
from ocrtool.script.views import agreed, are_unsure, enlarged, look_again, sureness
from ocrtool.segment.character_boxes import character_boxes
from ocrtool.segment.items import level_items
from ocrtool.segment.layout import Layout
from ocrtool.segment.strip import Strip, cut_strip
from ocrtool.segment.types import LineRegion
from ocrtool.types import Alternative, Box, Character, Line, Word
from ocrtool.weights.store import ANY, open_weights, read_as, read_manifest

#: Lines whose characters have a lower mean probability on the best path are pictures: searching them takes seconds.
HOPELESS = 0.3
#: What bits of a vertical rule look like.
BAR = "|"
#: Weights of reading without the language model.
NO_MODEL = CtcWeights(lm=0.0, character=0.0, word=0.0)
#: Less likely alternatives of a character are dropped.
LEAST_PROBABILITY = 1e-4


@dataclass(frozen=True, eq=False)
class StripLine:
    """A line before the line reader. log_probs: (T, classes) float32, natural, of each frame of the strip."""

    layout: Layout
    region: LineRegion
    strip: Strip
    log_probs: np.ndarray

    @cached_property
    def sureness(self) -> float:
        """Mean probability of the frames with a character on the best path, 0..1; 0 if there are none."""
        return sureness(self.log_probs)


@dataclass(frozen=True, slots=True)
class StripEngine:
    """Reads the lines of one script with its line reader and its language model.

    guided: the language model contributes; again: lines that are hard to read are read in other views too; open_glyphs:
    opens the glyph classifier, which reads along in the cells of forms.
    """

    script: Script
    reader: LineReader
    language_model: LanguageModel
    settings: CtcSettings
    alphabet: Alphabet
    guided: bool = True
    again: bool = True
    open_glyphs: Callable[[], GlyphClassifier] | None = None

    def look(self, layout: Layout, regions: Sequence[LineRegion]) -> list[StripLine]:
        """Cut the strips of lines and run the line reader over them."""
        regions = level_items(layout, regions)
        strips = [cut_strip(layout, region) for region in regions]
        strips, frames = enlarged(self.reader, layout, regions, strips, self.reader.read(strips))
        weights = self.settings.gap_weights
        found = [weigh_gaps(rows, strip.soft, weights) for rows, strip in zip(frames, strips, strict=True)]
        lines = [StripLine(layout, *each) for each in zip(regions, strips, found, strict=True)]
        return [line if line.region.cells < 0 else self._settled(line) for line in lines]

    def _settled(self, line: StripLine) -> StripLine:
        """Let the glyph classifier read along in the cells of a form."""
        if self.open_glyphs is None:
            return line
        from ocrtool.script.cells import settle_cells

        reader = (self.reader.labels, self.script, self.open_glyphs)
        return replace(line, log_probs=settle_cells(line.layout, line.region, line.strip, line.log_probs, reader))

    def decode(self, lines: Sequence[StripLine]) -> list[Reading]:
        """Find the text of each line: along the best path, and by the language model where that is unsure."""
        return self._decoded([line.log_probs for line in lines])

    def _decoded(self, log_probs: Sequence[np.ndarray]) -> list[Reading]:
        if not self.guided:
            return [ctc.greedy(rows) for rows in log_probs]
        weights, beam = self.settings.weights, self.settings.beam
        return ctc.search(log_probs, self.language_model, weights, beam, self.alphabet, hopeless=HOPELESS)

    def read_again(self, lines: Sequence[StripLine], readings: Sequence[Reading]) -> list[Reading]:
        """Read those lines of a page in other views too that are hard to read. readings: of all its lines."""
        unsure = are_unsure(readings, [line.sureness for line in lines])
        spots = [SPACE, *(k for k, label in enumerate(self.reader.labels) if label in SPOTS)]
        return [
            self.agree(line, reading)
            if doubt and line.region.cells < 0 and not np.isin(reading.labels, spots).all()
            else reading
            for line, reading, doubt in zip(lines, readings, unsure, strict=True)
        ]

    def agree(self, line: StripLine, first: Reading) -> Reading:
        """Read a line in other views too, and return the text that all of them make the most likely."""
        views = look_again(self.reader, line.layout, line.region)
        readings = [first, *self._decoded([rows for _, rows in views])]
        weights = self.settings.weights if self.guided else NO_MODEL
        consensus = Consensus(self.language_model, weights.lm, Classes.of(self.alphabet, weights), self.alphabet.start)
        bar = self.reader.labels.index(BAR) if BAR in self.reader.labels else None
        return agreed(consensus, [(line.strip, line.log_probs), *views], readings, bar)

    def read(self, lines: Sequence[StripLine], size: tuple[int, int]) -> list[Line | None]:
        """Read lines, with boxes in pixels of the input; None for a line without characters. size: (H, W) of it."""
        readings = self.decode(lines)
        if self.again:
            readings = self.read_again(lines, readings)
        return [
            self._assemble(line, self._settle(line, reading), size)
            for line, reading in zip(lines, readings, strict=True)
        ]

    def _settle(self, line: StripLine, reading: Reading) -> Reading:
        """Read what the ink tells better than the line reader: numerals by their strokes, entries glyph by glyph."""
        labels = self.reader.labels
        reading = read_numerals(line.layout, line.region, line.strip, line.log_probs, reading, labels)
        return self._witnessed(line, reading)

    def _witnessed(self, line: StripLine, reading: Reading) -> Reading:
        """Let the glyph classifier see the characters in doubt of an entry into a form, which stand apart as a rule."""
        found = line.layout.components
        if self.open_glyphs is None or not (found.rows or found.ticks) or line.region.cells >= 0:
            return reading
        from ocrtool.script.second_witness import ask_glyphs
        from ocrtool.script.word_kinds import agree_words

        printed = np.flatnonzero(reading.labels != SPACE)
        if not len(printed):
            return reading
        frame = line.strip.soft.shape[1] / max(1, len(line.log_probs))
        columns = (reading.frames[printed] + 0.5) * frame
        reader = (self.reader.labels, self.script, self.open_glyphs)
        part = Reading(**{f.name: getattr(reading, f.name)[printed] for f in fields(Reading)})
        part = ask_glyphs((line.layout, line.region, line.strip), part, columns, reader)
        part = agree_words(part, np.flatnonzero(np.diff(printed, prepend=-2) > 1), self.reader.labels)
        whole = {f.name: getattr(reading, f.name).copy() for f in fields(Reading)}
        for name, values in whole.items():
            values[printed] = getattr(part, name)
        return Reading(**whole)

    def _assemble(self, line: StripLine, reading: Reading, size: tuple[int, int]) -> Line | None:
        labels = self.reader.labels
        printed = np.flatnonzero(reading.labels != SPACE)
        if len(printed) == 0:
            return None
        frame = line.strip.soft.shape[1] / max(1, len(line.log_probs))
        columns = (reading.frames[printed] + 0.5) * frame
        to_input = line.layout.page.to_input
        boxes = iter(input_boxes(character_boxes(line.layout, line.region, line.strip, columns), to_input, size))
        probabilities = np.minimum(reading.probability.astype(np.float64), 1.0).round(4).tolist()
        starts = np.flatnonzero(np.diff(printed, prepend=-2) > 1)
        probability, ink, agreement = (v[printed] for v in (reading.probability, reading.ink, reading.agreement))
        features = word_features(probability, ink, agreement, starts)
        certainties = iter(line_word_probabilities(features, self.settings.word_weights).tolist())
        words: list[Word] = []
        characters: list[Character] = []
        for label, probability, others in zip(
            reading.labels.tolist(), probabilities, self._alternatives(reading), strict=True
        ):
            if label == SPACE:
                _close(characters, words, certainties)
                characters = []
            else:
                characters.append(Character(next(boxes), labels[label], probability, others))
        _close(characters, words, certainties)
        x0, _, x1, _ = line.region.box
        ends = [[x, line.region.slope * x + line.region.intercept] for x in (x0, x1)]
        baseline = cv2.transform(np.array([ends]), to_input)[0].round(1)
        (left, from_top), (right, to_top) = baseline.tolist()
        x_height = round(line.region.x_height * line.layout.page.input_scale, 1)
        return Line(Box.around([w.box for w in words]), tuple(words), (left, from_top, right, to_top), x_height)

    def _alternatives(self, reading: Reading) -> list[tuple[Alternative, ...]]:
        """Return what each character may be, itself among them, the most likely first; spaces are left out."""
        found = reading.alternative_labels
        probabilities = np.minimum(reading.alternative_probabilities.astype(np.float64), 1.0).round(4)
        kept = ((found == reading.labels[:, None]) | (probabilities >= LEAST_PROBABILITY)) & (found > SPACE)
        labels = self.reader.labels
        each = [
            Alternative(labels[k], p) for k, p in zip(found[kept].tolist(), probabilities[kept].tolist(), strict=True)
        ]
        ends = np.cumsum(kept.sum(axis=1)).tolist()
        return [tuple(each[start:end]) for start, end in zip([0, *ends[:-1]], ends, strict=True)]


def _close(characters: list[Character], words: list[Word], probabilities: Iterator[float]) -> None:
    """Make a word of ``characters``, if any, with the next of its line's probabilities of words."""
    if characters:
        box = Box.around([c.box for c in characters])
        words.append(Word(box, tuple(characters), round(next(probabilities), 4)))


def load_strip_engine(
    script: Script, weights: Path | None = None, language_model: bool = True, model: str = ANY
) -> StripEngine:
    """Load the engine of a script with a line reader. Raises WeightsNotFound, WeightsRefused."""
    names = script.weights.of(model, weights)
    if names.line_reader is None or names.line_decoder is None:
        raise ValueError(f"{script.name} has no line reader")
    reader = LineReader(open_weights(names.line_reader, weights))
    manifest = read_manifest(names.line_decoder, weights)
    with read_as("a decoder of lines", names.line_decoder):
        settings = CtcSettings.from_manifest(manifest["parameters"])
    glyphs = reader.labels[2:]
    text_model: LanguageModel = UniformModel(Labels((LINE_START, " ", *glyphs)))
    if language_model:
        text_model = CharacterLSTM(open_weights(names.language_model, weights))
    try:
        alphabet = Alphabet.nearest(glyphs, text_model.symbols)
    except KeyError as error:
        raise WeightsRefused(f"{names.language_model} is no model of {script.name}: {error.args[0]}") from error
    open_glyphs = cache(partial(script.open_classifier, weights, 1, model))
    return StripEngine(script, reader, text_model, settings, alphabet, language_model, open_glyphs=open_glyphs)
