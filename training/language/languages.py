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
    between two validations; validation_windows: of the validation part; float16: weights are kept in 16 bits.
    """

    units: int
    batch: int
    window: int
    steps_per_epoch: int
    validation_windows: int
    dropout: float = 0.1
    projection: int = 0
    float16: bool = False


@dataclass(frozen=True, slots=True)
class Language:
    """A language with a model ``lstm_CODE``. load: opens its corpus in the data folder."""

    name: str
    load: Callable[[Path], Corpus]
    recipe: Recipe
    licence: str


LANGUAGES = {
    "eng": Language(
        "English",
        EnglishCorpus.load,
        # The windows are about one and a half lines, since every line is decoded from the zero state.
        Recipe(units=512, batch=64, window=80, steps_per_epoch=400, validation_windows=640),
        "Weights: Apache-2.0 as far as this project holds rights. Trained on Project Gutenberg books (public domain in "
        "the US), on transcripts of IAM handwriting pages (non-commercial research use only: this note travels with "
        "the weights), on names from hand-printed forms (CC0), on SROIE receipts and on text made by faker (MIT).",
    ),
    "kor": Language(
        "Korean",
        KoreanCorpus.load,
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
