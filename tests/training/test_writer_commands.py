"""The commands of writer identification: each runs one small step from pages to weights, scores or pages."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from ocrtool.weights.store import open_weights
from tests.tiny_data import (
    draw_written_page,
    write_books,
    write_emnist,
    write_iam,
    write_latin_fonts,
    write_old_books,
    write_unipen,
    write_writers,
)
from training.models.writer import WriterSpec
from training.writer import evaluate_writer, fit_writer, synthesize_writers, train_writer

pytestmark = pytest.mark.usefixtures("no_system_fonts")


@dataclass(frozen=True)
class SmallSpec(WriterSpec):
    """An embedder that costs nothing."""

    widths: tuple[int, ...] = (8, 8, 16, 16)
    blocks: tuple[int, ...] = (0, 0, 0, 0)
    embedding: int = 16
    described: int = 8


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    for write in (write_iam, write_old_books, write_emnist, write_unipen, write_books):
        write(folder)
    write_latin_fonts(folder / "fonts", "roboto", "lato")  # of the parts train and test
    return folder


def run(command: object, *words: object) -> str:
    result = CliRunner().invoke(command, [str(word) for word in words])  # type: ignore[arg-type]
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.slow
def test_from_pages_to_the_weights_of_the_program(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Training, whitening and calibration, each by its command; the weights then answer about pages."""
    monkeypatch.setattr(train_writer, "WriterSpec", SmallSpec)
    write_writers(tmp_path / "more", writers=2, pages=1)
    write_writers(tmp_path / "pages", writers=3, pages=2)
    draw_written_page(tmp_path / "pages" / "alone" / "0.png", 4, 99)
    pages = ("--data", data, "--more", tmp_path / "more", "--hold-out", 1)
    learning = ("--epochs", 0.004, "--groups", 3, "--size", 2, "--share", 0.5, "--seed", 2)
    said = run(train_writer.main, *pages, "--out", tmp_path / "run", *learning)
    # of five writers to learn from, one with two pages and the two with one are held out
    assert "6 pages of 4 writers, 4 pages to choose by" in said
    history = json.loads((tmp_path / "run" / "history.json").read_text())
    assert history["steps"] == 2 and 0.0 <= history["epochs"][0]["val_top1"] <= 1.0
    trained = json.loads((tmp_path / "run" / "training.json").read_text())
    assert trained["facts"]["data"]["pages"]["more"] == 2 and trained["facts"]["data"]["patches_shown"] == 2 * 3 * 2
    assert str(tmp_path) not in json.dumps(trained)

    drawing = ("--fonts", data / "fonts", "--drawn", 2)
    run(fit_writer.main, tmp_path / "run", *pages, *drawing, "--out", tmp_path / "out", "--name", "mine")
    manifest = open_weights("mine", tmp_path / "out").manifest
    assert manifest["architecture"] == "writer" and manifest["parameters"]["described"] == 8
    assert set(manifest["calibration"]) >= {"slope", "offset"} and len(manifest["print"]["weights"]) == 8
    assert "non-commercial" in manifest["licence"] and manifest["scores"]["validation"]["same"] > 0

    found = run(evaluate_writer.main, "--pages", tmp_path / "pages", "--weights", tmp_path / "out", "--name", "mine")
    report = json.loads(found)["open_set"]
    assert (report["writers"], report["pages"]) == (3, 7) and 0.0 <= report["top1"] <= 1.0


@pytest.mark.slow
def test_without_held_out_writers_a_calibration_is_needed(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(train_writer, "WriterSpec", SmallSpec)
    learning = ("--epochs", 0.002, "--groups", 2, "--size", 2, "--plain")
    run(train_writer.main, "--data", data, "--hold-out", 0, "--out", tmp_path, *learning)
    assert json.loads((tmp_path / "history.json").read_text())["best_epoch"] == 1  # the last weights are kept
    options = [tmp_path, "--data", data, "--hold-out", 0, "--fonts", data / "fonts", "--drawn", 1, "--out", tmp_path]
    result = CliRunner().invoke(fit_writer.main, [str(word) for word in options])
    assert result.exit_code == 1 and "cannot be calibrated" in result.output and result.output.count("\n") == 1
    shipped = open_weights("writer")
    run(fit_writer.main, *options, "--calibration", shipped.folder / "writer.json")
    manifest = json.loads((tmp_path / "writer.json").read_text())
    assert manifest["calibration"] == shipped.manifest["calibration"]


@pytest.mark.slow
def test_the_tutorials_network_is_trained_and_published(data: Path, tmp_path: Path) -> None:
    said = run(
        train_writer.main,
        *("--model", "tutorial", "--data", data, "--out", tmp_path, "--epochs", 0.002, "--groups", 4, "--seed", 1),
    )
    assert "6 pages of 3 writers, 0 pages to choose by" in said
    manifest = open_weights("writer_tutorial", tmp_path).manifest
    assert manifest["labels"] == ["000", "001", "002"]
    assert {"patches", "lines", "pages"} == set(manifest["scores"]["test"])
    assert (tmp_path / "architecture.json").is_file()


@pytest.mark.slow
def test_scores_of_the_shipped_weights(data: Path, tmp_path: Path) -> None:
    options = ("--data", data, "--fonts", data / "fonts", "--drawn", 1, "--scans", "--report", tmp_path)
    report = json.loads(run(evaluate_writer.main, *options))
    assert report["closed_set"]["writers"] == 3 and report["closed_set"]["pages"] == 3
    assert report["open_set"]["writers"] == 2 and report["open_set"]["pages"] == 4
    assert len(report["other_scans"]) == 3 and report["seconds_a_page"] > 0
    assert set(report["print"]) == {"handwriting_taken_for_print", "books_recognized", "drawn_print_recognized"}
    assert {path.name for path in tmp_path.iterdir()} == {"report.json", "confusion.png", "alike.png"}


def test_print_is_drawn_as_if_families_and_books_were_writers(data: Path, tmp_path: Path) -> None:
    options = ("--data", data, "--fonts", data / "fonts", "--out", tmp_path, "--source", "print", "--pages", 2)
    run(synthesize_writers.main, *options)
    with (tmp_path / "pages.tsv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert {row["writer"]: row["lines"] for row in rows} == {"print-roboto": "0", "print-book-A": "0"}
    assert [row["page"] for row in rows] == ["print-roboto/1.png", "print-roboto/2.png", "print-book-A/1.png"]
    result = CliRunner().invoke(synthesize_writers.main, ["--data", str(tmp_path), "--out", str(tmp_path)])
    assert result.exit_code == 1 and "Traceback" not in result.output
