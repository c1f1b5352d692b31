"""The report folder: figures that can be checked by hand, pictures that can be opened."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.tiny_data import drawn_character
from training.report.pictures import Comparison, bar_chart, confusion_picture, curves
from training.report.scores import confusion_matrix, split_scores, worst_confusions
from training.report.write import write_report

CLASSES = ("A", "B", "C", "D")


def certain(guesses: list[int], count: int = len(CLASSES), sure: float = 1.0) -> np.ndarray:
    """Probabilities of one who gives ``sure`` to each guess and the rest to the others alike."""
    rest = (1 - sure) / (count - 1)
    return np.full((len(guesses), count), rest) + (sure - rest) * np.eye(count)[guesses]


def drawn(labels: np.ndarray, classes: str | tuple[str, ...]) -> np.ndarray:
    """An image (28, 28) uint8 of each label's character, ink bright."""
    return np.stack([drawn_character(classes[label]) for label in labels])


def test_scores_by_hand() -> None:
    labels = np.array([0, 0, 0, 1, 1, 2])
    scores = split_scores(certain([0, 0, 1, 1, 0, 2], sure=0.7), labels, CLASSES)
    assert scores["images"] == 6
    assert scores["accuracy"] == round(4 / 6, 5)
    assert scores["class_accuracy"] == round((2 / 3 + 1 / 2 + 1) / 3, 5)  # of the classes that are there
    assert scores["loss"] == round(-(4 * np.log(0.7) + 2 * np.log(0.1)) / 6, 5)
    assert scores["calibration_error"] == round(0.7 - 4 / 6, 5)
    assert scores["per_class"] == {
        "A": {"images": 3, "accuracy": round(2 / 3, 5)},
        "B": {"images": 2, "accuracy": 0.5},
        "C": {"images": 1, "accuracy": 1.0},
        "D": {"images": 0, "accuracy": None},
    }
    assert json.loads(json.dumps(scores)) == scores


def test_top_three_and_certainty_of_nonsense() -> None:
    likely = np.array([[0.4, 0.3, 0.2, 0.1], [0.1, 0.2, 0.3, 0.4]])
    assert split_scores(likely, np.array([2, 0]), CLASSES)["top3"] == 0.5
    scores = split_scores(certain([1, 1]), np.array([0, 0]), CLASSES)
    assert np.isfinite(scores["loss"])
    assert scores["calibration_error"] == 1.0


@pytest.mark.parametrize(
    ("rows", "labels", "word"),
    [([0, 1], [0], "do not fit"), ([0], [4], "not all among"), ([0], [-1], "not all among"), ([], [], "no image")],
)
def test_arrays_that_do_not_belong_together(rows: list[int], labels: list[int], word: str) -> None:
    with pytest.raises(ValueError, match=word):
        split_scores(certain(rows) if rows else np.zeros((0, 4)), np.array(labels, np.int64), CLASSES)


def test_confusions_by_number_then_by_share() -> None:
    labels = np.array([0] * 10 + [1] * 4 + [2] * 2)
    guesses = np.array([0] * 7 + [1] * 3 + [1, 1, 3, 3] + [0, 0])
    matrix = confusion_matrix(labels, guesses, 4)
    assert matrix.tolist() == [[7, 3, 0, 0], [0, 2, 0, 2], [2, 0, 0, 0], [0, 0, 0, 0]]
    assert worst_confusions(matrix, CLASSES) == [
        {"truth": "A", "read": "B", "times": 3, "share": 0.3},
        {"truth": "C", "read": "A", "times": 2, "share": 1.0},
        {"truth": "B", "read": "D", "times": 2, "share": 0.5},
    ]
    assert len(worst_confusions(matrix, CLASSES, most=1)) == 1


def noisy_reader(classes: str, count: int, wrong: float) -> tuple[np.ndarray, np.ndarray]:
    """Labels (count,) and probabilities of a reader that is wrong in a share of ``wrong``."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, len(classes), count)
    guesses = np.where(rng.random(count) < wrong, (labels + 1) % len(classes), labels)
    chances = rng.random((count, len(classes))) + 9 * np.eye(len(classes))[guesses]
    return labels, chances / chances.sum(axis=1, keepdims=True)


HISTORY = [
    {"epoch": 1, "loss": 1.2, "accuracy": 0.6, "val_loss": 0.9, "val_accuracy": 0.7, "seconds": 3.0},
    {"epoch": 2, "loss": 0.8, "accuracy": 0.7, "val_loss": 1.0, "val_accuracy": 0.75, "seconds": 3.0},
]


def test_the_folder_holds_what_it_should(tmp_path: Path) -> None:
    classes = "0123456789AB"
    labels, chances = noisy_reader(classes, 400, 0.4)
    folder = tmp_path / "new" / "report"
    report = write_report(
        folder,
        drawn(labels, classes),
        labels,
        tuple(classes),
        chances,
        HISTORY,
        {"name": "compact", "epochs": 2},
    )
    assert json.loads((folder / "report.json").read_text()) == report
    assert (report["name"], report["images"], report["worst_confusions"][0]["read"] in classes) == (
        "compact",
        400,
        True,
    )
    pictures = {"curves.png", "confusion.png", "worst.png", "errors-confident.png", "errors-random.png"}
    assert {path.name for path in folder.iterdir()} == pictures | {"report.json", "confusion.csv"}
    for name in pictures:
        picture = cv2.imread(str(folder / name))
        assert min(picture.shape[:2]) > 300
        assert np.mean(picture.min(axis=2) < 128) > 0.005  # there is something on it
    with (folder / "confusion.csv").open(newline="") as file:
        head, *rows = csv.reader(file)
    assert head[1:] == list(classes)
    assert sum(int(count) for row in rows for count in row[1:]) == 400


def test_the_same_report_twice_is_the_same(tmp_path: Path) -> None:
    labels, chances = noisy_reader("abc", 300, 0.6)
    for name in ("first", "second"):
        write_report(tmp_path / name, drawn(labels, "abc"), labels, ("a", "b", "c"), chances, HISTORY, {})
    for path in (tmp_path / "first").iterdir():
        assert path.read_bytes() == (tmp_path / "second" / path.name).read_bytes(), path.name


def test_nothing_wrong_leaves_no_sheet_of_errors(tmp_path: Path) -> None:
    labels, chances = noisy_reader("abc", 40, 0.5)
    arguments = (drawn(labels, "abc"), labels, ("a", "b", "c"))
    write_report(tmp_path, *arguments, chances, HISTORY, {})
    assert (tmp_path / "errors-confident.png").exists()
    assert not (tmp_path / "errors-random.png").exists()  # all errors are on the first sheet
    report = write_report(tmp_path, *arguments, np.eye(3)[labels], None, {})
    assert (report["accuracy"], report["worst_confusions"]) == (1.0, [])
    assert {path.name for path in tmp_path.iterdir()} == {"report.json", "confusion.csv", "confusion.png"}


def test_errors_stand_the_most_confident_first(tmp_path: Path) -> None:
    """Each image is of one grey value; the sheet shows them, turned to dark on light, in the order of confidence."""
    chances = np.array([[0.45, 0.55], [0.05, 0.95], [0.9, 0.1], [0.2, 0.8]])
    images = np.stack([np.full((28, 28), value, np.uint8) for value in (40, 120, 255, 200)])
    write_report(tmp_path, images, np.zeros(4, np.int64), ("a", "b"), chances, None, {})
    sheet = cv2.imread(str(tmp_path / "errors-confident.png"), cv2.IMREAD_GRAYSCALE)
    shown = [int(value) for value in sheet[100] if value in (255 - 120, 255 - 200, 255 - 40)]
    assert list(dict.fromkeys(shown)) == [255 - 120, 255 - 200, 255 - 40]


def test_what_the_report_says_itself_is_not_overwritten(tmp_path: Path) -> None:
    labels, chances = noisy_reader("ab", 10, 0.5)
    with pytest.raises(ValueError, match="has accuracy itself"):
        write_report(tmp_path, drawn(labels, "ab"), labels, ("a", "b"), chances, None, {"accuracy": 1.0})
    with pytest.raises(ValueError, match="3 images do not fit 10 labels"):
        write_report(tmp_path, drawn(labels[:3], "ab"), labels, ("a", "b"), chances, None, {})


@pytest.mark.parametrize("rows", [HISTORY[:1], [{"epoch": 1, "loss": 1.0, "accuracy": 0.5}], [{"epoch": 3}], HISTORY])
def test_curves_of_whatever_was_recorded(rows: list[dict[str, float]], tmp_path: Path) -> None:
    curves(rows, tmp_path / "curves.png")
    assert cv2.imread(str(tmp_path / "curves.png")) is not None


def test_sixty_two_classes_and_ten_fit_on_a_confusion_picture(tmp_path: Path) -> None:
    sizes = []
    for count in (10, 62):
        matrix = np.full((count, count), 1) + 500 * np.eye(count, dtype=np.int64)
        matrix[3] = 0  # a class without images
        confusion_picture(matrix, [chr(65 + i) for i in range(count)], tmp_path / "confusion.png")
        sizes.append(cv2.imread(str(tmp_path / "confusion.png")).shape[0])
    assert 500 < sizes[0] < sizes[1] < 2000
    with pytest.raises(ValueError, match="no image"):
        confusion_picture(np.zeros((3, 3), np.int64), "abc", tmp_path / "confusion.png")


def test_bar_chart_with_a_training_missing(tmp_path: Path) -> None:
    rows = [Comparison("compact", (0.9, 0.5), (0.91, 0.85)), Comparison("vgg16", None, (0.89, 0.8))]
    bar_chart(rows, tmp_path / "bars.png")
    assert cv2.imread(str(tmp_path / "bars.png")).shape[1] > 1000
    with pytest.raises(ValueError, match="no model"):
        bar_chart([], tmp_path / "bars.png")
