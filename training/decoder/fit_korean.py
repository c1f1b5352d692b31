"""Fit the decoder of Korean: python -m training.decoder.fit_korean --data DIR --weights WEIGHTS --out weights.

As `training.decoder.fit_decoder`, on pages drawn in the validation families with the validation part of the Korean
text: the space model, the path weights with and without the language model, the calibration of word probabilities, and
what tells text from pictures (the pictures are those of the training books).
"""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import click
import cv2
import numpy as np
from ocrtool.options import Options
from ocrtool.script.detect import syllable_line
from ocrtool.script.engine import KoreanEngine, load_engine, load_korean_engine
from tqdm import tqdm

from ocrtool.charset import LINE_START, Labels
from ocrtool.decode.alphabet import korean_alphabet
from ocrtool.decode.language_model import UniformModel
from ocrtool.files import atomic_write
from ocrtool.imaging.input import read_pages
from ocrtool.recognize.candidates import Candidates
from ocrtool.script.hangul.charset import OTHER
from ocrtool.segment.layout import find_syllable_text
from training.command import errors_as_messages
from training.decoder.align_pages import ScoredLine
from training.decoder.fit_confidence import fit_confidence
from training.decoder.fit_korean_text import fit_korean_text
from training.decoder.fit_spaces import fit_spaces, with_spaces
from training.decoder.path_search import FOLDS, MOVES, Evaluator, coordinate_search, cross_validated
from training.decoder.samples import Sample
from training.glyphs.hangul_lines import KoreanPages
from training.language.corpus import default_data_folder
from training.publish.manifest import library_versions, training_command
from training.synthesis.fonts import find_fonts
from training.synthesis.fonts import part_of as latin_part
from training.synthesis.hangul_fonts import find_korean_fonts
from training.synthesis.hangul_line_text import KoreanLineText

#: Lines the decoder is fitted on, as pages hold them: characters, and how often each kind.
LENGTHS = (2, 34)
KINDS = {"text": 0.85, "mixed": 0.05, "marks": 0.1}


def page_samples(gray: np.ndarray, lines: list[str], engine: KoreanEngine, kind: str, group: str) -> list[Sample]:
    """A page's lines, scored; none where not as many lines are found as it has."""
    found = find_syllable_text(gray)
    if found is None:
        return []
    regions = [region for block in found.syllables for region in block]
    cut = [line for region in regions if (line := syllable_line(found.page, found.layout, region)) is not None]
    wanted = [line for line in lines if line]
    if len(cut) != len(wanted):
        return []
    samples = []
    for one, text in zip(engine.score(cut), wanted, strict=True):
        x = one.lattice
        scored = ScoredLine(one.line, Candidates(x.labels, x.log_probs, x.reject), x)  # type: ignore[arg-type]
        samples.append(Sample(kind, group, [scored], text, False))
    return samples


def folder_samples(folder: Path, engine: KoreanEngine) -> list[Sample]:
    """Lines of the pages NAME.png with NAME.gt.txt in the folders of ``folder``; each folder is a kind."""
    samples: list[Sample] = []
    for path in tqdm(sorted(folder.glob("*/*.gt.txt")), unit="page", disable=None):
        lines = [" ".join(line.split()) for line in path.read_text(encoding="utf-8").splitlines()]
        image = path.with_name(path.name.removesuffix(".gt.txt") + ".png")
        page = next(iter(read_pages(image, str(image))))
        samples += page_samples(page.gray, lines, engine, path.parent.name, path.stem)
    return samples


def load_samples(
    data: Path, fonts: Path | None, latin: Path | None, engine: KoreanEngine, count: int, seed: int
) -> list[Sample]:
    """Lines of ``count`` pages of the validation families."""
    latin_fonts = [f for f in find_fonts(latin) if latin_part(f.family) == "validation"]
    text = KoreanLineText(data, "validation", KINDS)
    pages = KoreanPages(find_korean_fonts(fonts, "validation"), latin_fonts, text, LENGTHS)
    samples: list[Sample] = []
    for number in tqdm(range(count), unit="page", disable=None):
        page, lines = pages.page(np.random.default_rng((seed, number)))
        samples += page_samples(page.gray, lines, engine, "lines", str(number))
    return samples


@click.command()
@click.option("--data", type=click.Path(path_type=Path), default=None, help="Folder of data (default: OCRTOOL_DATA).")
@click.option("--fonts", type=click.Path(path_type=Path), help="Korean fonts (default: OCRTOOL_KOREAN_FONTS).")
@click.option("--latin-fonts", type=click.Path(path_type=Path), help="Latin fonts (default: OCRTOOL_FONTS).")
@click.option("--weights", type=click.Path(path_type=Path), help="Folder of the networks (default: the program's).")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder for decoder_kor.json.")
@click.option(
    "--drawn",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder of pages too: what `training.synthesis.korean_pages --part validation` draws.",
)
@click.option("--pages", type=click.IntRange(min=1), default=60, show_default=True, help="Of a few lines each.")
@click.option("--seed", type=int, default=1, show_default=True)
@errors_as_messages()
def main(
    data: Path | None,
    fonts: Path | None,
    latin_fonts: Path | None,
    weights: Path | None,
    out: Path,
    drawn: Path | None,
    pages: int,
    seed: int,
) -> None:
    """Fit the decoder of Korean and write its manifest."""
    cv2.setNumThreads(1)
    engine = load_korean_engine(Options(weights=weights))
    samples = load_samples(data or default_data_folder(), fonts, latin_fonts, engine, pages, seed)
    samples += folder_samples(drawn, engine) if drawn is not None else []
    space_weights, space_scores = fit_spaces(samples)
    samples = with_spaces(samples, space_weights)
    print(f"{len(samples)} lines; spaces {space_scores}", flush=True)
    beam = engine.settings.beam
    guided = Evaluator(samples, engine.guide, beam, engine.alphabet)
    best = coordinate_search(guided, engine.settings.guided, tuple(MOVES))
    plain_model = UniformModel(Labels([LINE_START, " ", OTHER]))
    unguided = Evaluator(samples, plain_model, beam, korean_alphabet(plain_model.symbols))
    start = dataclasses.replace(best, lm=0.0, word=0.0)
    plain = coordinate_search(unguided, start, tuple(name for name in MOVES if name != "lm"))
    points, sure = fit_confidence(guided, best)
    fitted = dataclasses.replace(engine, path_weights=best)
    latin = load_engine(Options(weights=weights))
    text_weights, text_scores = fit_korean_text(data or default_data_folder(), fitted, latin, samples, seed)
    manifest = {
        "name": "decoder_kor",
        "kind": "decoder",
        "parameters": {
            "guided": dataclasses.asdict(best),
            "unguided": dataclasses.asdict(plain),
            "space_weights": [round(float(w), 5) for w in space_weights],
            "text_weights": [round(float(w), 5) for w in text_weights],
            "confidence": points,
            "beam": dataclasses.asdict(beam),
        },
        "data": f"lines of {pages} pages drawn in the validation families, {KINDS}"
        + (", and pages of training.synthesis.korean_pages in them" if drawn is not None else "")
        + "; pictures of old_books, train part",
        "split": f"by font family and block of text; cross-validated in {FOLDS} folds over pages",
        "scores": {
            "guided": guided.rates(guided.errors(best)),
            "guided_cross_validated": cross_validated(guided),
            "unguided": unguided.rates(unguided.errors(plain)),
            "right_words_at_0.9": round(sure, 4),
            "space": space_scores,
            "text": text_scores,
        },
        "seed": seed,
        "versions": library_versions(),
        "licence": "Apache-2.0",
        "command": training_command(),
    }
    with atomic_write(out / "decoder_kor.json") as file:
        file.write((json.dumps(manifest, indent=1, ensure_ascii=False) + "\n").encode())
    print(json.dumps(manifest["scores"], indent=1))


if __name__ == "__main__":
    main()
