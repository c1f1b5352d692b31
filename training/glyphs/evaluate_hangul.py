"""Scores of the Korean glyph classifier on characters alone.

On the real PHD08 files, which nothing is trained on, and on characters drawn in the families never trained on:
syllables of KS X 1001, all others, and marks; in PHD08's 243 variations, scanned in any way from 9 points at 150 dpi,
where the thinnest strokes are lost, to 14 points at 350 dpi, and in small print of 17 to 26 pixels alone. By the
compiled form, as reading uses it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ocrtool.recognize.crops import GEOMETRY_SIZE, isolated_image
from ocrtool.script.hangul.charset import FINALS, MARKS, VOWELS, glyph_number
from ocrtool.script.hangul.classifier import HangulClassifier, combine
from ocrtool.script.hangul.script import HANGUL_CROP
from training.phd08.files import find_sources
from training.phd08.text_form import parse, split_name
from training.synthesis.hangul_fonts import find_korean_fonts
from training.synthesis.hangul_samples import Drawer, any_phd08_scan, any_scan, small_scan
from training.synthesis.hangul_syllables import all_syllables, ks_x_1001

#: Where a PHD08 sample's name gives its turn, and the level that is upright.
TURN, UPRIGHT = 4, 1
#: Characters drawn and classified at once.
BATCH = 500


def scores(classifier: HangulClassifier, images: list[np.ndarray], truth: list[str]) -> dict[str, np.ndarray]:
    """Whether each image is read right: (N,) bool, "among syllables" where only these are asked for, and "among all".

    images: (h, w) uint8, ink bright.
    """
    crops = np.stack([isolated_image(image, HANGUL_CROP) for image in images])
    heads = classifier.heads(crops, np.zeros((len(crops), GEOMETRY_SIZE), np.float32))
    initial, vowel, final = (head.argmax(axis=1) for head in heads[1:])
    syllable = len(MARKS) + (initial * len(VOWELS) + vowel) * len(FINALS) + final
    labels = np.array([glyph_number(c) for c in truth])
    return {"among syllables": syllable == labels, "among all": combine(*heads).labels[:, 0] == labels}


def phd08_scores(classifier: HangulClassifier, folder: Path) -> dict[str, dict[str, float]]:
    """Share read right of each file of ``folder`` and of all, upright and turned, among the 11,172 syllables.

    Raises ValueError, FileNotFoundError.
    """
    result, everything = {}, []
    for source in find_sources(folder).files:
        samples = parse(source.path.read_bytes())
        images = [image * np.uint8(255) for image in samples.images]
        truth = [source.character] * len(images)
        parts = [slice(k, k + BATCH) for k in range(0, len(images), BATCH)]
        right = np.concatenate([scores(classifier, images[k], truth[k])["among syllables"] for k in parts])
        turns = np.array([split_name(name)[1][TURN] for name in samples.names])
        everything.append((right, turns))
        result[source.character] = _by_turn(right, turns)
    result["all"] = _by_turn(*(np.concatenate(column) for column in zip(*everything, strict=True)))
    return result


def _by_turn(right: np.ndarray, turns: np.ndarray) -> dict[str, float]:
    """Shares of all and, where there are such, of upright and of turned samples."""
    groups = {"all": np.ones(len(turns), bool), "upright": turns == UPRIGHT, "turned": turns != UPRIGHT}
    shares = {name: round(float(right[group].mean()), 4) for name, group in groups.items() if group.any()}
    return {"images": len(right), **shares}


def drawn_scores(classifier: HangulClassifier, drawer: Drawer, characters: list[str], seed: int) -> dict[str, Any]:
    """Share read right of characters drawn anew, half of them left grey, and of each family."""
    rng = np.random.default_rng(seed)
    right: dict[str, list[np.ndarray]] = {}
    families: list[str] = []
    for first in range(0, len(characters), BATCH):
        drawn = drawer.draw(characters[first : first + BATCH], rng, soft=bool(first // BATCH % 2))
        for kind, values in scores(classifier, [d.image for d in drawn], [d.character for d in drawn]).items():
            right.setdefault(kind, []).append(values)
        families += [d.font.family for d in drawn]
    joined = {kind: np.concatenate(values) for kind, values in right.items()}
    by_family = {
        family: round(float(joined["among all"][np.array(families) == family].mean()), 4)
        for family in sorted(set(families))
    }
    shares = {kind: round(float(values.mean()), 4) for kind, values in joined.items()}
    return {"images": len(characters), **shares, "by family": by_family}


#: Ways of scanning that the drawn characters are measured in.
FORMS = (("as PHD08", any_phd08_scan), ("any scan", any_scan), ("small print", small_scan))


@dataclass(frozen=True, slots=True)
class HangulEvaluation:
    """data: folder that holds phd08; fonts: folder; part: of the families; count: characters drawn of each set."""

    data: Path
    fonts: Path | None = None
    part: str = "test"
    count: int = 11_750
    seed: int = 8


def evaluate(classifier: HangulClassifier, settings: HangulEvaluation) -> dict[str, Any]:
    """Scores on PHD08 and of each set of characters in each form. Raises OSError, ValueError."""
    korean = find_korean_fonts(settings.fonts, settings.part)
    result: dict[str, Any] = {"phd08": phd08_scores(classifier, settings.data / "phd08")}
    rng = np.random.default_rng(settings.seed)
    drawers = {form: Drawer(korean, scans) for form, scans in FORMS}
    for name, characters in character_sets(Drawer(korean)).items():
        chosen = [characters[k] for k in rng.permutation(settings.count) % len(characters)]
        for form, drawer in drawers.items():
            result[f"{name}, {form}"] = drawn_scores(classifier, drawer, chosen, settings.seed)
    return result


def character_sets(drawer: Drawer) -> dict[str, list[str]]:
    """By name: syllables of KS X 1001, all others and marks, as far as a font has them; sets with none are left out."""
    standard = [c for c in ks_x_1001() if drawer.fonts_with(c)]
    listed = set(standard)
    sets = {
        "KS X 1001": standard,
        "other syllables": [c for c in all_syllables() if c not in listed and drawer.fonts_with(c)],
        "marks": [c for c in MARKS if drawer.fonts_with(c)],
    }
    return {name: characters for name, characters in sets.items() if characters}
