"""The job of ``ocrtool classify``: most likely labels of images of single characters, and a plot of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from ocrtool.errors import printable
from ocrtool.export.documents import CharacterImage
from ocrtool.imaging.input_page import InputPage
from ocrtool.jobs.inputs import Source
from ocrtool.jobs.options import ClassifyOptions
from ocrtool.jobs.outcome import Loader, Outcome, PageResult, PageWork, SideFile
from ocrtool.jobs.trial import try_weights

if TYPE_CHECKING:
    from PIL.Image import Image

    from ocrtool.script.single import SingleReading

#: Maximum number of rows of a plot.
MOST_ROWS = 500


class CharacterClassifier(Protocol):
    """Classifies a grey image (H, W) uint8 of one character: ``ocrtool.script.single.SingleClassifier``."""

    def read(self, gray: np.ndarray, top: int) -> SingleReading: ...


def classification_job(options: ClassifyOptions) -> Loader[CharacterImage]:
    """Return the job for `ocrtool.jobs.workers.Workers`. This and loading it raise WeightsNotFound, WeightsRefused."""
    try_weights(options.weights)
    return partial(_load, options, load_classifier)


def load_classifier(options: ClassifyOptions) -> CharacterClassifier:
    """Load the classifiers of all scripts of the language. Raises WeightsNotFound, WeightsRefused."""
    import cv2

    from ocrtool.script.single import load_single_classifier

    cv2.setNumThreads(options.threads)
    return load_single_classifier(options.language, options.weights, options.threads, options.model)


def with_plot(outcomes: Iterable[Outcome[CharacterImage]], plot: Path | None) -> Iterator[Outcome[CharacterImage]]:
    """Pass on ``outcomes``, followed by the plot of their images; no plot if nothing could be read."""
    from ocrtool.export.bars import as_png, draw_row

    rows: list[Image] = []
    for outcome in outcomes:
        if plot is not None:
            rows += [draw_row(image) for image in outcome.results[: MOST_ROWS - len(rows)]]
        yield outcome
    if plot is not None and rows:
        partly = (f"{printable(str(plot))} shows the first {MOST_ROWS} images only",)
        yield Outcome(None, notices=partly if len(rows) == MOST_ROWS else (), files=(SideFile(plot, as_png(rows)),))


def _load(options: ClassifyOptions, load: Callable[[ClassifyOptions], CharacterClassifier]) -> PageWork[CharacterImage]:
    return partial(_classify, options, load(options))


def _classify(
    options: ClassifyOptions, classifier: CharacterClassifier, source: Source, image: InputPage
) -> PageResult[CharacterImage]:
    reading = classifier.read(image.gray, options.top)
    height, width = image.gray.shape
    kept = None
    if options.keep_images:
        from ocrtool.export.bars import thumbnail

        kept = thumbnail(image.gray)
    return PageResult(
        CharacterImage(source.name, image.number, image.label, (width, height), reading.box, reading.labels, kept)
    )
