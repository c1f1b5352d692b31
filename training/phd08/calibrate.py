"""Compare generated with real PHD08 samples: measurements of both and the tolerated differences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from training.phd08.counterparts import COUNTERPARTS
from training.phd08.files import Source
from training.phd08.measures import FIGURES, measure
from training.phd08.text_form import UNKNOWN, parse, split_name
from training.synthesis.phd08_variations import LEVELS

#: Relative difference of means that is tolerated for lengths and areas.
RELATIVE = {"height": 0.03, "width": 0.03, "ink": 0.06, "stem": 0.06, "bar": 0.06}
#: Difference of means that is tolerated for counts and shares.
ABSOLUTE = {"vertical roughness": 0.03, "horizontal roughness": 0.03, "bumps": 0.015, "specks": 0.03, "pinholes": 0.01}
#: Tolerance of standard deviations, as a multiple of that of means.
SPREAD_FACTOR = 2.5
#: Tolerance of means at one level of a variation, as a multiple of that of all samples.
LEVEL_FACTOR = 1.5
#: Largest distance of the two cumulative distributions (Kolmogorov-Smirnov).
MOST_DISTANCE = 0.15

#: Names of the variations by their letter.
VARIATION_NAMES = {"a": "size", "b": "darkness", "c": "resolution", "d": "threshold", "e": "rotation"}


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison: what, its value for real and generated samples, and the difference that is tolerated."""

    what: str
    real: float
    generated: float
    tolerance: float

    @property
    def passed(self) -> bool:
        return abs(self.real - self.generated) <= self.tolerance


@dataclass(frozen=True, slots=True)
class RealSamples:
    """Samples with font and variation in their names: characters, fonts, variations (N, 5) and images, each N."""

    characters: list[str]
    fonts: list[str]
    variations: np.ndarray
    images: list[np.ndarray]

    def keys(self) -> list[tuple[str, str, tuple[int, ...]]]:
        """(character, font, variation) of each."""
        levels = [tuple(int(level) for level in row) for row in self.variations]
        return list(zip(self.characters, self.fonts, levels, strict=True))


def read_real(sources: Sequence[Source]) -> RealSamples:
    """The samples of fonts that have a counterpart. Raises ValueError if there are none, OSError."""
    characters: list[str] = []
    fonts: list[str] = []
    variations: list[tuple[int, ...]] = []
    images: list[np.ndarray] = []
    for source in sources:
        samples = parse(source.path.read_bytes())
        for name, image in zip(samples.names, samples.images, strict=True):
            font, variation = split_name(name)
            if font in COUNTERPARTS and variation != UNKNOWN and max(variation) < LEVELS and image.any():
                characters.append(source.character)
                fonts.append(font)
                variations.append(variation)
                images.append(image)
    if not images:
        raise ValueError(f"no samples of PHD08's fonts {', '.join(COUNTERPARTS)}")
    return RealSamples(characters, fonts, np.array(variations), images)


def compare(real: RealSamples, generated: Sequence[np.ndarray]) -> list[Row]:
    """generated: a picture for each real sample, of the same character and variation."""
    true, drawn = measure(real.images), measure(generated)
    rows: list[Row] = []
    for column, name in enumerate(FIGURES):
        rows += _figure_rows(name, true[:, column], drawn[:, column])
    for axis, letter in enumerate(VARIATION_NAMES):
        for level in range(LEVELS):
            chosen = real.variations[:, axis] == level
            if chosen.any():
                rows += _level_rows(f"{letter}={level}", true[chosen].mean(0), drawn[chosen].mean(0))
    return rows


def _figure_rows(name: str, real: np.ndarray, drawn: np.ndarray) -> Iterator[Row]:
    tolerance = _tolerance(name, float(real.mean()))
    yield Row(f"{name}, mean", float(real.mean()), float(drawn.mean()), tolerance)
    if name not in ("specks", "pinholes"):  # so rare that their mean says all
        spread = SPREAD_FACTOR * _tolerance(name, float(real.std()))
        yield Row(f"{name}, standard deviation", float(real.std()), float(drawn.std()), spread)
    yield Row(f"{name}, distance of distributions", 0.0, _distance(real, drawn), MOST_DISTANCE)


def _level_rows(level: str, real: np.ndarray, drawn: np.ndarray) -> Iterator[Row]:
    for name in ("height", "width", "ink", "stem", "bar", "vertical roughness", "horizontal roughness", "bumps"):
        column = FIGURES.index(name)
        tolerance = LEVEL_FACTOR * _tolerance(name, float(real[column]))
        yield Row(f"{level}: {name}, mean", float(real[column]), float(drawn[column]), tolerance)


def _tolerance(name: str, value: float) -> float:
    return RELATIVE[name] * value if name in RELATIVE else ABSOLUTE[name]


def _distance(first: np.ndarray, second: np.ndarray) -> float:
    """Largest difference of the two cumulative distributions."""
    values = np.sort(np.concatenate([first, second]))
    shares = [np.searchsorted(np.sort(part), values, "right") / len(part) for part in (first, second)]
    return float(np.abs(shares[0] - shares[1]).max())
