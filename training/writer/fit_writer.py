"""Make weights for the program of a trained embedder.

    python -m training.writer.fit_writer RUN --data DIR --out OUT

Works out, from pages, what `training.writer.train_writer` does not learn: the whitening, the calibration of
similarities to probabilities (by writers that were held out) and what tells print from handwriting.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import cv2
import keras

from ocrtool.weights.store import parse_manifest
from ocrtool.writer.compare import Calibration, unit
from training.command import errors_as_messages
from training.language.corpus import default_data_folder
from training.models.writer import build_writer
from training.publish.compile_weights import make_spec
from training.writer.artifacts import EMBEDDER
from training.writer.calibrate import export, fit_finish, verification
from training.writer.embed import Embedded, embed_pages
from training.writer.group_model import predict_embeddings
from training.writer.known_pages import find_pages
from training.writer.print_pages import book_pages, drawn_print, folder_of_print
from training.writer.strips import CutPage, cut_pages
from training.writer.train_embedder import choice_scores
from training.writer.training_pages import FREE_LICENCE, IAM_LICENCE, gather, is_print

#: Patches looked at of each page.
PATCHES = 80
#: Pages of print drawn, and their seed.
DRAWN, DRAWN_SEED = 150, 3


@click.command()
@click.argument("run", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--data", type=click.Path(path_type=Path), help="Folder of data (default: OCRTOOL_DATA).")
@click.option("--more", multiple=True, type=click.Path(path_type=Path, exists=True), help="As it was trained with.")
@click.option("--without-data", is_flag=True, help="As it was trained: pages of --more alone.")
@click.option(
    "--hold-out", "held", type=click.IntRange(min=0), default=12, show_default=True, help="As it was trained."
)
@click.option(
    "--calibrate",
    "others",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    help="More pages of writers it was not trained on, to calibrate by.",
)
@click.option(
    "--calibration",
    type=click.Path(path_type=Path, exists=True),
    help="Take the calibration of this manifest: of a training that held writers out.",
)
@click.option(
    "--print",
    "printed_folders",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    help="More pages of print: images in a folder, such as drawn Korean ones.",
)
@click.option("--fonts", type=click.Path(path_type=Path), help="Latin fonts, to draw print (default: OCRTOOL_FONTS).")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder for the weights.")
@click.option("--name", default="writer", show_default=True)
@errors_as_messages()
def main(
    run: Path,
    data: Path | None,
    more: tuple[Path, ...],
    without_data: bool,
    held: int,
    others: tuple[Path, ...],
    calibration: Path | None,
    printed_folders: tuple[Path, ...],
    fonts: Path | None,
    out: Path,
    name: str,
) -> None:
    """Make weights for the program of a trained embedder."""
    cv2.setNumThreads(1)
    data = data or default_data_folder()
    trained = json.loads((run / "training.json").read_text(encoding="utf-8"))
    spec = make_spec("writer", trained["parameters"])
    embedder = build_writer(spec)
    embedder.load_weights(run / EMBEDDER)
    train, choice = gather(data, more, without_data, held)
    choice += cut_pages([page for folder in others for page in find_pages(folder)])

    def embedded(pages: list[CutPage]) -> Embedded:
        return embed_pages(pages, lambda patches: predict_embeddings(embedder, patches), PATCHES)

    learnt_print = [page for page in train if is_print(page)]
    seen = embedded([page for page in train if not is_print(page)])
    asked = embedded(choice) if choice else None
    more_print = [page for folder in printed_folders for page in folder_of_print(folder)] + learnt_print
    printed = embedded(book_pages(data, "train") + drawn_print(data, fonts, "train", DRAWN, DRAWN_SEED) + more_print)
    stated = Calibration.from_manifest(parse_manifest(calibration)) if calibration is not None else None
    finished = fit_finish(seen, asked if calibration is None else None, printed, spec.described, stated)
    scores: dict[str, Any] = {
        "lines_taken_for_print": {"print": _print_share(finished, printed), "handwriting": _print_share(finished, seen)}
    }
    if asked is not None:
        means = finished.means(asked)
        scores["validation"] = verification(unit(means), asked.writers) | choice_scores(asked)
    facts = {**trained["facts"], "scores": scores, "licence": FREE_LICENCE if without_data else IAM_LICENCE}
    manifest = export(name, embedder, spec, finished, out, facts)
    print(json.dumps({"scores": manifest["scores"], "calibration": manifest["calibration"]}, indent=1))


def _print_share(finished: Any, pages: Embedded) -> float:
    """Of lines taken for print."""
    lines = pages.line_means()[0] @ finished.matrix + finished.bias
    return round(float((lines @ finished.print_weights + finished.print_bias > 0).mean()), 4)


if __name__ == "__main__":
    keras.utils.set_random_seed(0)
    main()
