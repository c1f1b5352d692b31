"""The languages there are models of: for a new one, a corpus with its vocabulary and an entry here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from training.language.corpus import Corpus
from training.language.english_corpus import EnglishCorpus
from training.language.korean_corpus import KoreanCorpus


@dataclass(frozen=True, slots=True)
class Recipe:
    """Sizes of a model and of its fit, which did well for a language.

    units: of the LSTM; projection: numbers between the LSTM and the scores, 0 for none; dropout: share of the LSTM's
    output dropped while training; window: symbols of a window; batch: windows of a batch; steps_per_epoch: batches
    between two validations; validation_windows: of the validation part; float16: weights are kept in 16 bits; rate:
    highest learning rate.
    """

    units: int
    batch: int
    window: int
    steps_per_epoch: int
    validation_windows: int
    dropout: float = 0.1
    projection: int = 0
    float16: bool = False
    rate: float = 2e-3


@dataclass(frozen=True, slots=True)
class Language:
    """A language with a model ``lstm_CODE``. load: opens its corpus in the data folder and a folder of modern text."""

    name: str
    load: Callable[[Path, Path | None], Corpus]
    recipe: Recipe
    licence: str


def _korean(data: Path, modern: Path | None) -> Corpus:
    if modern is not None:
        raise ValueError("the Korean corpus takes no folder of modern text")
    return KoreanCorpus.load(data)


LANGUAGES = {
    "eng": Language(
        "English",
        EnglishCorpus.load,
        # Every line is decoded from the zero state: a window is one or two lines. 384 units are a step of 0.8 million
        # products, two thirds of what 512 are. No dropout: no text is seen twice.
        Recipe(
            units=384,
            batch=48,
            window=96,
            steps_per_epoch=250,
            validation_windows=384,
            dropout=0.0,
            float16=True,
            rate=3e-3,
        ),
        "Apache-2.0 as far as this project holds rights. Trained on Project Gutenberg books (public domain in the US), "
        "on names from hand-printed forms (CC0), on text made from faker's lists (MIT) and the project's own, and, "
        "where the data names them, on manuals packaged by Debian: Python (PSF-2.0), PostgreSQL (PostgreSQL licence), "
        "the Linux kernel, Git and the Developer's Reference (GPL-2.0), the Debian Policy (GPL-2.0-or-later) and the "
        "Debian Handbook (GPL-2.0-or-later or CC BY-SA 3.0), and on the word list SCOWL (a permissive licence of its "
        "own). Who holds weights to be an adaptation of their text passes them on under those licences.",
    ),
    "kor": Language(
        "Korean",
        _korean,
        # With the projection a step of 1,800 symbols is under a million products; more dropout, since the text is gone
        # through several times.
        Recipe(
            units=384,
            batch=32,
            window=64,
            steps_per_epoch=300,
            validation_windows=512,
            dropout=0.2,
            projection=128,
            float16=True,
        ),
        "Apache-2.0 as far as this project holds rights. Trained on UD Korean Kaist and GSD and KLUE (CC BY-SA 4.0: "
        "who holds weights to be an adaptation of their text passes them on under that licence), KorNLU (CC BY-SA "
        "4.0), the Korean Rust book (MIT or Apache-2.0), songys chatbot data (MIT), law texts and stories in the "
        "public domain.",
    ),
}
