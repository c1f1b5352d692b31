"""Training of writer identification: pages and parts, batches, whitening, figures, and runs from pages to weights."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import keras
import numpy as np
import pytest

from tests.tiny_data import write_writers
from training.writer.known_pages import find_pages, split_pages, writers_of
from training.writer.scores import equal_error_rate, pairwise_f1, refused_at, top1
from training.writer.whitening import fit_whitening


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six hands, three pages each."""
    root = tmp_path_factory.mktemp("writers")
    write_writers(root)
    return root


def test_a_folder_of_writers_is_split_by_page(folder: Path) -> None:
    pages = find_pages(folder)
    assert writers_of(pages) == [f"hand-{k}" for k in range(6)]
    for writer in writers_of(pages):
        parts = sorted(page.part for page in pages if page.writer == writer)
        assert parts == ["test", "train", "train"]
    assert split_pages(pages[::-1])[::-1] == pages


def test_a_table_names_pages_and_parts(folder: Path, tmp_path: Path) -> None:
    table = tmp_path / "pages.tsv"
    table.write_text(f"page\twriter\tpart\n{folder}/hand-0/0.png\tAda\tpairs\n{folder}/hand-1/0.png\tBob\ttrain\n")
    assert [(p.writer, p.part) for p in find_pages(table)] == [("Ada", "pairs"), ("Bob", "train")]
    table.write_text("page\twriter\tpart\nx.png\tAda\tsome\n")
    with pytest.raises(ValueError, match=r"line 2: part 'some' is not one of"):
        find_pages(table)
    table.write_text("file\tname\n")
    with pytest.raises(ValueError, match="needs the columns page and writer"):
        find_pages(table)


def test_a_folder_without_pages_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=str(tmp_path)):
        find_pages(tmp_path)


def test_batches_hold_groups_of_one_page_and_repeat(folder: Path) -> None:
    from training.writer.batches import Augmentation, GroupBatches, Sampling
    from training.writer.strips import cut_pages

    pages = cut_pages(find_pages(folder))
    writers = writers_of(page.page for page in pages)
    batches = GroupBatches(pages, writers, Sampling(12, 4, 0, 10, Augmentation()))
    patches, labels = batches[3]
    assert patches.shape == (12, 4, 113, 113, 1)
    assert patches.dtype == np.float32
    assert labels.shape == (12,)
    assert set(labels) <= set(range(6))
    assert (patches.reshape(48, -1).max(axis=1) > 100).all()
    again, same = batches[3]
    assert (again == patches).all()
    assert (same == labels).all()
    assert not (batches[4][0] == patches).all()


def test_writers_of_another_source_get_their_share(folder: Path) -> None:
    from training.writer.batches import GroupBatches, Sampling
    from training.writer.strips import cut_pages

    pages = cut_pages(find_pages(folder))
    writers = writers_of(page.page for page in pages)
    batches = GroupBatches(pages, writers, Sampling(400, 1, 0, 10, None, (("hand-0", 0.5),)))
    assert np.mean(batches[0][1] == 0) == pytest.approx(0.5, abs=0.08)


def test_whitening_makes_writers_vary_alike_and_keeps_what_tells_them_apart() -> None:
    rng = np.random.default_rng(0)
    writer_of = np.repeat(np.arange(60), 4)
    scale = np.array([10.0, 1.0, 0.1, 3.0])
    between, within = rng.normal(size=(60, 4)) * scale, rng.normal(size=(240, 4)) * scale * [0.1, 0.1, 0.1, 10.0]
    pages = (between[writer_of] + within).astype(np.float32)
    matrix, bias = fit_whitening(pages, writer_of.astype(str), 3, 0.5, 1e-6)
    white = pages @ matrix + bias
    names = writer_of.astype(str)
    means = np.stack([white[names == k].mean(axis=0) for k in np.unique(names)])
    assert means.mean(axis=0) == pytest.approx(np.zeros(3), abs=1e-6)
    assert means.var(axis=0).max() / means.var(axis=0).min() < 1.5
    # the fourth number varies mostly within a writer's pages: it is the one that goes
    assert np.abs(matrix[3] * scale[3]).max() < 0.2 * np.abs(matrix[:3] * scale[:3, None]).max()


def test_figures_of_small_cases_by_hand() -> None:
    similar = np.array([[0.9, 0.1], [0.6, 0.5]])
    assert top1(similar, np.array(["a", "b"]), np.array(["a", "b"])) == 0.5
    assert equal_error_rate(np.array([0.9, 0.8]), np.array([0.1, 0.2, 0.3])) == 0.0
    assert equal_error_rate(np.array([0.9, 0.2]), np.array([0.1, 0.5])) == pytest.approx(0.5)
    refused, threshold = refused_at(np.linspace(0.5, 1.0, 101), np.array([0.1, 0.4, 0.9, 0.2]), 0.05)
    assert refused == 0.75
    assert threshold == pytest.approx(0.525)
    f1, precision, recall = pairwise_f1(np.array([0, 0, 0, 1]), np.array([0, 0, 1, 1]))
    assert (precision, recall) == (pytest.approx(1 / 3), 0.5)
    assert f1 == pytest.approx(0.4)


def test_the_tutorials_network_has_its_size() -> None:
    from training.models.writer import TutorialSpec, build_tutorial

    assert build_tutorial(TutorialSpec()).count_params() == 827_698


@pytest.mark.slow
def test_a_short_training_gives_weights_that_tell_hands_apart(folder: Path, tmp_path: Path) -> None:
    from ocrtool.imaging.input import read_pages
    from ocrtool.weights.store import open_weights
    from ocrtool.writer.embed import MOST_PATCHES, Embedder
    from training.fit import Run
    from training.models.writer import WriterSpec
    from training.writer import train_embedder
    from training.writer.calibrate import fit_finish, publish_writer
    from training.writer.embed import embed_pages
    from training.writer.group_model import predict_embeddings
    from training.writer.strips import cut_pages

    keras.utils.set_random_seed(1)
    pages = cut_pages(find_pages(folder))
    spec = WriterSpec(widths=(8, 8, 16, 16), blocks=(0, 0, 0, 0), embedding=16, described=8)
    settings = train_embedder.EmbedderSettings(tmp_path / "run", groups=6, size=4, epochs=20 / train_embedder.STEPS)
    embedder, run = train_embedder.fit_embedder(spec, pages, pages, settings)
    assert isinstance(run, Run)
    assert run.steps == 20
    assert json.loads((tmp_path / "run" / "history.json").read_text())["epochs"][0]["val_page_top1"] > 1 / 6

    seen = embed_pages(pages, lambda patches: predict_embeddings(embedder, patches), MOST_PATCHES)
    turned = [train_embedder.CutPage(page.page, page.strips[::-1]) for page in pages[:3]]
    printed = embed_pages(turned, lambda patches: -predict_embeddings(embedder, patches), 20)
    finished = fit_finish(seen, seen, printed, spec.described)
    facts = {"scores": {}, "licence": "MIT", "data": {}, "split": "", "seed": 0}
    manifest = publish_writer("writer", embedder, spec, finished, tmp_path, facts)
    assert manifest["architecture"] == "writer"

    describer = Embedder(open_weights("writer", tmp_path))
    first, second = (next(iter(read_pages(pages[k].page.path, ""))).gray for k in (0, 1))
    one, again, other = (describer.embed(gray) for gray in (first, first, second))
    assert one.vector is not None
    assert other.vector is not None
    assert one.vector.shape == (8,)
    assert np.linalg.norm(one.vector) == pytest.approx(1.0, abs=1e-5)
    assert (one.vector == again.vector).all()
    # the compiled form with numbers of 8 bits, by the program's own way, against the network as it was trained
    wanted = finished.means(seen)[0]
    assert float(one.vector @ wanted / np.linalg.norm(wanted)) > 0.9


def test_other_scans_leave_the_hand_as_it_is(folder: Path) -> None:
    from ocrtool.writer.strips import find_strips
    from training.writer.other_scans import OTHER_SCANS

    gray = cv2.imread(str(folder / "hand-0" / "0.png"), cv2.IMREAD_GRAYSCALE)
    wanted = find_strips(gray)
    for name, scan in OTHER_SCANS.items():
        found = find_strips(scan(gray, 0))
        assert len(found) == len(wanted), name
        for one, other in zip(wanted, found, strict=True):
            assert abs(one.image.shape[1] - other.image.shape[1]) < 0.08 * one.image.shape[1], name
