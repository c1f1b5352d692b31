"""Make weights for the program of a trained embedder.

    python -m training.writer.fit_writer RUN --data DIR --out OUT

Works out, from pages, what `training.writer.train_writer` does not learn: the whitening, the calibration of
similarities to probabilities (by writers that were held out) and what distinguishes print from handwriting.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import cv2
import keras

from ocrtool.weights.store import parse_manifest
from ocrtool.writer.compare import Calibration, l2_normalize
from training.command import EXISTING, data_option, errors_as_messages, latin_fonts_option, out_option
from training.models.writer import WriterSpec, build_writer
from training.publish.architectures import make_spec
from training.writer.artifacts import EMBEDDER, TRAINING
from training.writer.calibrate import Finished, fit_finish, publish_writer, verification
from training.writer.embed import Embedded, embed_pages
from training.writer.group_model import predict_embeddings
from training.writer.known_pages import find_pages
from training.writer.print_pages import book_pages, drawn_print, folder_of_print
from training.writer.strips import CutPage, cut_pages
from training.writer.train_embedder import choice_scores
from training.writer.training_pages import FREE_LICENCE, IAM_LICENCE, Pages, gather, is_print, pages_options

#: Patches of each page that are embedded.
PATCHES = 80
#: Pages of print drawn, and their seed.
DRAWN, DRAWN_SEED = 150, 3


@dataclass(frozen=True, slots=True)
class FinishSettings:
    """run: folder of the training; pages: as it was trained with; others: pages of writers it was not trained on, to
    calibrate by; calibration: manifest to take the calibration of; printed: folders of pages of print; fonts: of drawn
    print, of which there are ``drawn`` pages.
    """

    run: Path
    pages: Pages
    out: Path
    name: str = "writer"
    others: tuple[Path, ...] = ()
    calibration: Path | None = None
    printed: tuple[Path, ...] = ()
    fonts: Path | None = None
    drawn: int = DRAWN


@dataclass(frozen=True, slots=True)
class Evidence:
    """Embedded pages: of writers trained on, of writers held out (None: there are none), and of print."""

    seen: Embedded
    held: Embedded | None
    printed: Embedded


def fit_writer(settings: FinishSettings) -> dict[str, Any]:
    """Fit whitening, calibration and print test, and publish the weights. Returns the manifest.

    Raises ValueError if there is nothing to calibrate by, OSError, InputError.
    """
    trained = json.loads((settings.run / TRAINING).read_text(encoding="utf-8"))
    spec: WriterSpec = make_spec("writer", trained["parameters"])
    embedder = build_writer(spec)
    embedder.load_weights(settings.run / EMBEDDER)
    evidence = gather_evidence(settings, embedder)
    path = settings.calibration
    stated = Calibration.from_manifest(parse_manifest(path)) if path is not None else None
    held = evidence.held if stated is None else None
    finished = fit_finish(evidence.seen, held, evidence.printed, spec.described, stated)
    licence = FREE_LICENCE if settings.pages.without_data else IAM_LICENCE
    facts = {**trained["facts"], "scores": scores(finished, evidence), "licence": licence}
    return publish_writer(settings.name, embedder, spec, finished, settings.out, facts)


def gather_evidence(settings: FinishSettings, embedder: keras.Model) -> Evidence:
    """Embed all pages that something is fitted to."""

    def embedded(pages: list[CutPage]) -> Embedded:
        return embed_pages(pages, lambda patches: predict_embeddings(embedder, patches), PATCHES)

    train, choice = gather(settings.pages)
    choice += cut_pages([page for folder in settings.others for page in find_pages(folder)])
    data, learned = settings.pages.data, [page for page in train if is_print(page)]
    printed = book_pages(data, "train") + drawn_print(data, settings.fonts, "train", settings.drawn, DRAWN_SEED)
    printed += [page for folder in settings.printed for page in folder_of_print(folder)] + learned
    seen = embedded([page for page in train if not is_print(page)])
    return Evidence(seen, embedded(choice) if choice else None, embedded(printed))


def scores(finished: Finished, evidence: Evidence) -> dict[str, Any]:
    """Lines taken for print, and verification and identification of the writers held out."""
    found: dict[str, Any] = {
        "lines_taken_for_print": {
            "print": _print_share(finished, evidence.printed),
            "handwriting": _print_share(finished, evidence.seen),
        }
    }
    if evidence.held is not None:
        means = finished.means(evidence.held)
        found["validation"] = verification(l2_normalize(means), evidence.held.writers) | choice_scores(evidence.held)
    return found


def _print_share(finished: Finished, pages: Embedded) -> float:
    """Of lines taken for print."""
    lines = pages.line_means()[0] @ finished.matrix + finished.bias
    return round(float((lines @ finished.print_weights + finished.print_bias > 0).mean()), 4)


@click.command()
@click.argument("run", type=click.Path(path_type=Path, exists=True, file_okay=False))
@data_option("pages of known writers, old_books/, unipen/, emnist/ and gutenberg/")
@pages_options
@click.option("--calibrate", "others", multiple=True, type=EXISTING, help="Pages of further writers to calibrate by.")
@click.option("--calibration", type=EXISTING, help="Manifest of weights to take the calibration of.")
@click.option("--print", "printed", multiple=True, type=EXISTING, help="More pages of print: images in a folder.")
@click.option("--drawn", type=click.IntRange(min=1), default=DRAWN, show_default=True, help="Pages of print drawn.")
@latin_fonts_option()
@out_option()
@click.option("--name", default="writer", show_default=True, help="Of the weights.")
@errors_as_messages()
def main(data: Path, more: tuple[Path, ...], without_data: bool, held: int, **settings: Any) -> None:
    """Make weights for the program of a trained embedder.

    --more, --without-data and --hold-out as in its training.
    """
    cv2.setNumThreads(1)
    manifest = fit_writer(FinishSettings(pages=Pages(data, more, without_data, held), **settings))
    print(json.dumps({"scores": manifest["scores"], "calibration": manifest["calibration"]}, indent=1))


if __name__ == "__main__":
    keras.utils.set_random_seed(0)
    main()
