"""Small data sets in the form of the real ones, drawn here: a folder as OCRTOOL_DATA names it, and fonts."""

from __future__ import annotations

import csv
import gzip
import zipfile
from pathlib import Path

import cv2
import numpy as np

from ocrtool.charset import LATIN
from tests.bar_font import make_bar_font
from training.emnist.idx import idx_header
from training.emnist.mapping import BALANCED, BYCLASS
from training.writer.known_pages import WriterPage

#: A sentence with all small letters.
SENTENCE = "The quick brown fox jumps over a lazy dog, said he. "
WORDS = ("when", "the", "morning", "came", "over", "some", "moor", "we", "saw", "a", "small", "vessel", "turn", "on")
FONTS = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_COMPLEX, cv2.FONT_HERSHEY_SCRIPT_SIMPLEX)


def drawn_character(character: str, shift: int = 0) -> np.ndarray:
    """(28, 28) uint8, ink bright, in a plotter font."""
    image = np.zeros((28, 28), np.uint8)
    cv2.putText(image, character, (5 + shift, 22), cv2.FONT_HERSHEY_SIMPLEX, 0.75, 255, 2)
    return image


def write_emnist(data: Path, each: int = 1) -> None:
    """The pool of EMNIST images, train and test: ``each`` of every class."""
    folder = data / "emnist"
    folder.mkdir(parents=True, exist_ok=True)
    classes = [c for c in BYCLASS for _ in range(each)]
    images = np.stack([drawn_character(c, k % 3).T for k, c in enumerate(classes)])
    byclass = np.array([BYCLASS.index(c) for c in classes], np.uint8)
    balanced = np.array([BALANCED.index(c) if c in BALANCED else 255 for c in classes], np.uint8)
    arrays = {"images-idx3": images, "byclass-labels-idx1": byclass, "balanced-labels-idx1": balanced}
    for part in ("train", "test"):
        for name, array in arrays.items():
            with gzip.open(folder / f"emnist-pool-{part}-{name}-ubyte.gz", "wb", 1) as file:
                file.write(idx_header(array.shape) + array.tobytes())


def write_unipen(data: Path, writers: int = 3) -> None:
    """Pen tracks of writers who each wrote every character once: a zigzag of its own for each."""
    folder = data / "unipen"
    folder.mkdir(parents=True, exist_ok=True)
    for part in ("train", "test"):
        strokes = [
            _track(k, 100.0 if c in "acemnorsuvwxz" else 190.0) for _ in range(writers) for k, c in enumerate(LATIN)
        ]
        np.savez(
            folder / f"unipen-{part}.npz",
            label=np.array(list(LATIN) * writers),
            writer=np.repeat([f"abc/{part}{k}" for k in range(writers)], len(LATIN)),
            points=np.concatenate(strokes).astype(np.int32),
            stroke_length=np.array([len(s) for s in strokes], np.int32),
            strokes_per_char=np.ones(len(strokes), np.int32),
        )


def _track(number: int, height: float) -> np.ndarray:
    random = np.random.default_rng(number)
    return np.column_stack(
        [np.linspace(0, 80, 6), random.uniform(0, height, 6).round() * [0, 1, 1, 1, 1, 1] + [0, 0, 0, 0, 0, 1]]
    )


def write_unipen_words(data: Path, part: str, writers: list[str], seed: int = 0) -> None:
    """``unipen-words-PART.npz`` with 60 words of each writer: arches with stems and tails where letters have them."""
    folder = data / "unipen"
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(seed)
    labels = ["".join(random.choice(list("acemnorhkgpy"), 6)) for _ in range(60 * len(writers))]
    words = [written_word(label, float(random.integers(-300, 300))) for label in labels]
    points = np.concatenate([stroke * (1, -1) for word in words for stroke in word])
    points += random.normal(0, 3, points.shape)
    np.savez(
        folder / f"unipen-words-{part}.npz",
        label=np.array(labels),
        writer=np.repeat(writers, 60),
        points=points.round().astype(np.int32),
        stroke_length=np.array([len(s) for w in words for s in w], np.int32),
        strokes_per_word=np.array([len(w) for w in words], np.int32),
    )


#: x-height of written words, in pen units.
UNIT = 50.0


def written_word(label: str, baseline: float, left: float = 0.0) -> list[np.ndarray]:
    """An arch for each letter, with a tail or a tall stem where the letter has one. Rows count downward."""
    points = []
    for i, letter in enumerate(label):
        x = left + i * UNIT
        points += [(x, 0.0), (x + 5, UNIT * (2.0 if letter in "bdhkl" else 1.0)), (x + UNIT / 2, 0.8 * UNIT)]
        points += [(x + 0.7 * UNIT, -UNIT if letter in "gpqy" else 0.0), (x + 0.8 * UNIT, 0.5 * UNIT)]
    return [np.array([(x, baseline - y) for x, y in points], np.float32)]


def write_books(data: Path) -> None:
    """Three books: one to train on, one for validation, one for the test."""
    (data / "gutenberg").mkdir(parents=True, exist_ok=True)
    for name in "abc":
        (data / "gutenberg" / f"{name}.txt").write_text(SENTENCE * 90)


def write_photos(data: Path) -> None:
    """``photos62.zip`` with a picture of four characters."""
    (data / "photos62").mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(data / "photos62" / "photos62.zip", "w") as archive:
        for name, character in (("CAP_A_0", "A"), ("SMALL_a_1", "a"), ("7_2", "7"), ("SMALL_t_3", "t")):
            archive.writestr(f"{name}.png", cv2.imencode(".png", 255 - drawn_character(character))[1].tobytes())


def write_korean_text(data: Path, words: int = 8) -> str:
    """``korean_text/text.txt``. Returns the characters that it holds."""
    (data / "korean_text").mkdir(parents=True, exist_ok=True)
    pairs = [a + b for a in "가나다라마바사자아하" for b in "학교문서이름"]
    lines = "\n".join(f"{word}는 {word[::-1]} {k}를 이름 {word}." for k, word in enumerate(pairs * words))
    (data / "korean_text" / "text.txt").write_text(lines, encoding="utf-8")
    return "".join(sorted(set(lines) - set(" \n")))


def write_phd08(data: Path, characters: str = "가나") -> None:
    """Samples of a few characters in the form of PHD08."""
    from training.phd08.text_form import format_sample

    (data / "phd08").mkdir(parents=True, exist_ok=True)
    image = np.zeros((20, 24), np.uint8)
    image[2:18, 2:9] = 1
    for character in characters:
        samples = b"".join(format_sample(name, image) for name in ("S_0_0_0_0_1", "S_0_0_0_0_0"))
        (data / "phd08" / f"{character}.txt").write_bytes(samples)


def write_latin_fonts(folder: Path, *families: str) -> None:
    """Font families of bar codes, each a regular weight."""
    for family in families:
        path = folder / family / "files" / f"{family}-latin-400-normal.woff"
        path.parent.mkdir(parents=True, exist_ok=True)
        make_bar_font(path, "".join(LATIN))


def draw_written_page(path: Path, hand: int, seed: int) -> None:
    """A page in a hand of its own: strokes of one plotter font, leaning and wide as that hand does it."""
    rng = np.random.default_rng(seed)
    sheet = np.full((640, 1300), 255, np.uint8)
    for line in range(4):
        text = " ".join(rng.choice(WORDS, 6))
        cv2.putText(sheet, text, (60, 140 + 140 * line), FONTS[hand % 3], 1.6, 0, 3 + hand % 2, cv2.LINE_AA)
    lean = 0.25 * (hand // 3) - 0.1
    matrix = np.array([[1.0, -lean, 320 * lean], [0.0, 1.0, 0.0]])
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), cv2.warpAffine(sheet, matrix, sheet.shape[::-1], borderValue=255))


def write_writers(folder: Path, writers: int = 6, pages: int = 3) -> list[WriterPage]:
    """WRITER/PAGE.png of some hands."""
    made = []
    for hand in range(writers):
        for number in range(pages):
            made.append(WriterPage(folder / f"hand-{hand}" / f"{number}.png", f"hand-{hand}"))
            draw_written_page(made[-1].path, hand, 10 * hand + number)
    return made


def write_old_books(data: Path) -> None:
    """Two pages of print, of the parts train and test."""
    folder = data / "old_books"
    folder.mkdir(parents=True, exist_ok=True)
    rows = [("A1.png", "train"), ("B1.png", "test")]
    for number, (name, _) in enumerate(rows):
        draw_written_page(folder / name, 1, 100 + number)
    with (folder / "parts.tsv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter="\t", lineterminator="\n").writerows(rows)


def write_iam(data: Path) -> None:
    """Pages in the form of IAM: three writers with two pages to train on and one to test, two with a page more, and
    two with a page each.
    """
    folder = data / "iam"
    rows = [(writer, role) for writer in range(3) for role in ("train", "train", "test")]
    rows += [(writer, "") for writer in (3, 3, 4, 4, 5, 6)]
    forms = [(f"f{number:02d}", f"{writer:03d}", role) for number, (writer, role) in enumerate(rows)]
    for number, (form, writer, _) in enumerate(forms):
        draw_written_page(folder / "pages" / f"{form}.png", int(writer), number)
    with (folder / "pages.tsv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, delimiter="\t", lineterminator="\n")
        table.writerow(("form", "writer", "role"))
        table.writerows(forms)
