"""What stands on a drawn form: its fields and tick boxes, with their places on the picture, as JSON beside it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import cv2
import numpy as np

#: Beside NAME.png.
SUFFIX = ".form.json"

#: x0, y0, x1, y1 in pixels.
Place = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class FieldTruth:
    """A field. frame: how it is drawn, a key of `training.synthesis.form_frames.FRAMES`; text: "" where it is empty."""

    box: Place
    frame: str
    text: str


@dataclass(frozen=True, slots=True)
class MarkTruth:
    """A tick box. style: how box and mark are drawn; state: empty, ticked, crossed or filled."""

    box: Place
    style: str
    state: str


@dataclass(frozen=True, slots=True)
class FormTruth:
    """A form as drawn: its lines of text, fields and tick boxes."""

    lines: tuple[str, ...]
    fields: tuple[FieldTruth, ...]
    marks: tuple[MarkTruth, ...]

    def moved(self, matrix: np.ndarray) -> FormTruth:
        """The same on a picture that ``matrix`` (2, 3) maps this one to."""
        return FormTruth(
            self.lines,
            tuple(replace(field, box=moved(field.box, matrix)) for field in self.fields),
            tuple(replace(mark, box=moved(mark.box, matrix)) for mark in self.marks),
        )


def moved(box: Place, matrix: np.ndarray) -> Place:
    """The upright rectangle of a box's middle and sides on a picture that ``matrix`` (2, 3) maps this one to."""
    x0, y0, x1, y1 = box
    middle = cv2.transform(np.array([[[(x0 + x1) / 2, (y0 + y1) / 2]]]), matrix)[0, 0]
    half = np.array([x1 - x0, y1 - y0]) / 2 * float(np.sqrt(abs(np.linalg.det(matrix[:, :2]))))
    left, top, right, bottom = np.concatenate([middle - half, middle + half]).round(1).tolist()
    return left, top, right, bottom


def write_truth(image: Path, truth: FormTruth) -> None:
    """Write the truth of the form ``image`` beside it. Raises OSError."""
    text = json.dumps({"fields": list(map(asdict, truth.fields)), "marks": list(map(asdict, truth.marks))}, indent=1)
    image.with_name(image.stem + SUFFIX).write_text(text, encoding="utf-8")


def read_truth(image: Path) -> FormTruth:
    """The truth of the form ``image``, without its lines. Raises FileNotFoundError, ValueError."""
    found = json.loads(image.with_name(image.stem + SUFFIX).read_text(encoding="utf-8"))
    fields = [FieldTruth(tuple(each["box"]), each["frame"], each["text"]) for each in found["fields"]]
    marks = [MarkTruth(tuple(each["box"]), each["style"], each["state"]) for each in found["marks"]]
    return FormTruth((), tuple(fields), tuple(marks))
