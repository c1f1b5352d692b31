"""The HTML page: what it holds, and in Chromium that it can be searched, checked and corrected by keyboard alone."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from lxml import html
from odd_pages import ODD_NAME, odd_pages, with_table
from PIL import Image

from ocrtool.errors import printable
from ocrtool.export.documents import ExportPage, PageFile, PageImage
from ocrtool.export.registry import find_format
from ocrtool.text import normal
from ocrtool.types import Box, Page, TableCell

#: Programs that are Chromium, by their names on systems.
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def with_image(export: ExportPage) -> ExportPage:
    page = export.page
    return replace(export, image=PageImage(np.full((page.height, page.width), 255, np.uint8)))


def document(*pages: ExportPage) -> bytes:
    return b"".join(find_format("html", "read").writers["read"](map(with_image, pages)))


def sections(*pages: ExportPage) -> list[Any]:
    return html.fromstring(document(*pages)).xpath("//section")


def test_it_holds_the_text_in_reading_order_without_a_script() -> None:
    for export, section in zip(odd_pages(), sections(*odd_pages()), strict=True):
        (text,) = section.xpath("div[@class='text']")
        words = [word.text_content() for word in text.xpath(".//span[contains(@class, 'w')]")]
        assert words == [word.text for line in export.page.lines for word in line.words]
        assert normal(text.text_content()).replace(" ", "") == normal(export.page.text).replace(" ", "")


def test_it_fetches_nothing() -> None:
    root = html.fromstring(document(*odd_pages()))
    assert not root.xpath("//link | //iframe | //object | //script[@src]")
    assert all(source.startswith("data:image/jpeg;base64,") for source in root.xpath("//@src"))
    (policy,) = root.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy.startswith("default-src 'none'; img-src data:;") and "http" not in policy


def test_tables_are_tables() -> None:
    (section,) = sections(ExportPage(with_table()))
    rows = section.xpath(".//tr")
    assert [[cell.text_content() for cell in row] for row in rows] == [["Tea", "2", "4.20"], ["Total", "4.20"]]
    assert rows[1][0].get("colspan") == "2"


def test_cells_of_several_lines_and_rows() -> None:
    page = with_table()
    top, bottom = (line.words for line in page.lines[1:])
    high = TableCell(0, 0, "Tea Total", Box.around([top[0].box, bottom[0].box]), row_span=2)
    single = (
        TableCell(0, 1, "2", top[1].box),
        TableCell(0, 2, "4.20", top[2].box),
        TableCell(1, 2, "4.20", bottom[1].box),
    )
    (section,) = sections(ExportPage(replace(page, tables=(replace(page.tables[0], cells=(high, *single)),))))
    rows = section.xpath(".//tr")
    assert [[" ".join(cell.text_content().split()) for cell in row] for row in rows] == [
        ["Tea Total", "2", "4.20"],
        ["", "4.20"],
    ]
    assert rows[0][0].get("rowspan") == "2"


def test_alternatives_are_tooltips() -> None:
    (section,) = sections(ExportPage(with_table()))
    assert section.xpath(".//i[.='2']/@title")[0] == "2 93.8 %, O 6.2 %"


def test_names_of_texts() -> None:
    """As transcripts beside the images are called; those of later pages have their number."""
    names = [section.get("data-name") for section in sections(*odd_pages())]
    assert names[:5] == ["k", "blank", "t.3", f"{printable(ODD_NAME).removesuffix('.png')}.4", "table"]


def test_turned_pages_stand_upright() -> None:
    section = sections(odd_pages()[2])[0]
    assert section.xpath(".//div[@class='sheet']/@data-w") == ["400"]
    upright = sections(odd_pages()[0])[0]
    places = [s.xpath(".//span[contains(@class, 'w')]/@data-b") for s in (section, upright)]
    assert places[0] == places[1]
    gray = np.zeros((400, 60), np.uint8)
    gray[:10] = 255  # the top of the page as it came is its right side when it is upright
    data = b"".join(find_format("html", "read").writers["read"]([replace(odd_pages()[2], image=PageImage(gray))]))
    source = html.fromstring(data).xpath("//img/@src")[0].partition(",")[2]
    image = cv2.imdecode(np.frombuffer(base64.b64decode(source), np.uint8), cv2.IMREAD_GRAYSCALE)
    assert image.shape == (60, 400) and image[:, -5:].mean() > 250 and image[:, :-15].mean() < 5


def embedded(export: ExportPage) -> tuple[str, bytes]:
    """The kind and the bytes of the image in a document of one page."""
    kind, _, data = html.fromstring(document(export)).xpath("//img/@src")[0].partition(";base64,")
    return kind, base64.b64decode(data)


def test_files_that_browsers_show_are_embedded_as_they_are(tmp_path: Path) -> None:
    """Others are encoded anew: of other kinds, turned by EXIF or to be read, or gone."""
    image = Image.fromarray(np.full((200, 500, 3), (250, 200, 150), np.uint8))
    page = ExportPage(with_table())
    for name, kind in (("a.png", "png"), ("a.jpg", "jpeg")):
        image.save(tmp_path / name)
        own = replace(page, file=PageFile(tmp_path / name, 1))
        assert embedded(own) == (f"data:image/{kind}", (tmp_path / name).read_bytes())
    turned = replace(page, page=replace(page.page, orientation=180), file=PageFile(tmp_path / "a.png", 1))
    assert embedded(turned)[0] == "data:image/jpeg"
    exif = Image.Exif()
    exif[0x0112] = 3
    for name in ("b.jpg", "b.png", "b.tif"):
        image.save(tmp_path / name, exif=exif)
    for name in ("b.jpg", "b.png", "b.tif", "gone.png"):
        kind, data = embedded(replace(page, file=PageFile(tmp_path / name, 1)))
        assert kind == "data:image/jpeg" and Image.open(BytesIO(data)).mode == "L"


def test_two_runs_give_the_same_bytes() -> None:
    assert document(*odd_pages()) == document(*odd_pages())
    assert html.fromstring(document()).xpath("//main") != []


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api")
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    with playwright.sync_playwright() as program:
        chromium = program.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def view(browser: Any, tmp_path: Path) -> Iterator[Any]:
    """Two pages in Chromium; at the end nothing was fetched, and the script made no error."""
    table = replace(with_table(), source="scans/table.png")
    path = tmp_path / "pages.html"
    path.write_bytes(document(ExportPage(table), odd_pages()[0], odd_pages()[2]))
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    fetched, faults = [], []
    page.on("request", lambda request: fetched.append(request.url))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text))
    page.goto(path.as_uri())
    yield page
    assert [url for url in fetched if not url.startswith(("data:", "blob:"))] == [path.as_uri()] and not faults
    page.close()


def current(view: Any) -> str:
    return str(view.inner_text(".w.current"))


def saved(view: Any, folder: Path, keys: str = "s") -> Path:
    with view.expect_download() as download:
        view.keyboard.press(keys)
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_search_finds(view: Any) -> None:
    view.keyboard.press("/")
    view.keyboard.type("tea 2")
    assert view.inner_text("#hits") == "1 found"
    assert view.locator(".w.hit").all_inner_texts() == ["Tea", "2"] and view.locator(".over.hit").count() == 2
    view.fill("#find", "한글")
    view.keyboard.press("Enter")
    assert view.inner_text("#hits") == "1 of 2 found" and current(view) == "한글"
    view.fill("#find", "nowhere")
    assert view.inner_text("#hits") == "0 found" and view.locator(".hit").count() == 0


def test_keyboard_alone_checks_corrects_and_saves(view: Any, tmp_path: Path) -> None:
    """The result is a transcript, called as `training.adapt` wants it beside its image."""
    assert view.inner_text("#count") == "12 doubtful"
    view.keyboard.press("n")
    assert current(view) == "Invoice" and view.inner_text("#count") == "1 of 12 doubtful"
    view.keyboard.press("c")  # it is right
    view.keyboard.press("n")
    assert current(view) == "2" and "1 O 6 %" in view.inner_text("#word").replace("\u2002", "")
    view.keyboard.press("1")  # take the alternative
    assert current(view) == "4.20" and view.inner_text("#count").endswith("of 10 doubtful")
    view.keyboard.press("Enter")
    view.keyboard.type("4.70  net")
    view.keyboard.press("Enter")
    assert current(view) == "Total"
    view.keyboard.press("Enter")
    view.keyboard.type("nonsense")
    view.keyboard.press("Escape")
    assert current(view) == "Total"
    view.keyboard.press("n")
    view.keyboard.press("Enter")
    view.keyboard.press("Delete")
    view.keyboard.press("Enter")  # no word there
    assert current(view) == "한글"  # of the next page
    assert saved(view, tmp_path).name == "k.gt.txt"
    view.keyboard.press("p")
    path = saved(view, tmp_path, "Control+s")
    assert path.name == Path("table.png").with_suffix(".gt.txt").name
    assert path.read_text(encoding="utf-8") == "Invoice\nTea O 4.70 net\nTotal\n"


def test_a_word_comes_back_as_it_was_read(view: Any, tmp_path: Path) -> None:
    view.keyboard.press("n")
    view.keyboard.press("Enter")
    view.keyboard.type("x")
    view.keyboard.press("Enter")
    assert view.locator(".w.changed").all_inner_texts() == ["x"] == view.locator(".over.changed").all_inner_texts()
    view.keyboard.press("ArrowLeft")
    view.keyboard.press("u")
    assert current(view) == "Invoice" and view.locator(".changed").count() == 0
    assert view.inner_text("#count") == "1 of 12 doubtful"


def test_text_lies_over_the_image(view: Any) -> None:
    """Within 2 pixels of the boxes of the reading, on an upright page and on one that was turned."""
    lengths = view.evaluate("""() => [...document.querySelectorAll(".page")].map((page) => {
        const sheet = page.querySelector(".sheet");
        const frame = sheet.getBoundingClientRect();
        const scale = sheet.dataset.w / frame.width;
        return [...sheet.querySelectorAll(".over")].map((over) => {
            const box = over.getBoundingClientRect();
            return [box.left - frame.left, box.top - frame.top, box.right - frame.left, box.bottom - frame.top]
                .map((length) => length * scale);
        });
    })""")
    pages: list[Page] = [with_table(), odd_pages()[0].page, odd_pages()[0].page]
    for page, found in zip(pages, lengths, strict=True):
        boxes = [word.box for line in page.lines for word in line.words]
        expected = [[box.x0, box.y0, box.x1, box.y1] for box in boxes]
        assert np.abs(np.array(found) - expected).max() < 2.0


def test_text_copied_from_the_image_has_lines_and_spaces(view: Any) -> None:
    copied = view.evaluate("""() => {
        const over = document.querySelectorAll(".page .over");
        getSelection().setBaseAndExtent(over[1].firstChild, 0, over[4].firstChild, 1);
        const event = new ClipboardEvent("copy", {clipboardData: new DataTransfer(), bubbles: true, cancelable: true});
        over[1].dispatchEvent(event);
        return event.clipboardData.getData("text/plain");
    }""")
    assert copied == "Tea 2 4.20\nTotal"


def test_the_threshold_of_doubt(view: Any) -> None:
    view.select_option("#limit", "0.5")
    assert view.inner_text("#count") == "no doubtful word"
    view.select_option("#limit", "0.8")
    assert view.inner_text("#count") == "12 doubtful"
