"""The report in a real browser: no errors, no requests, tables and explorer by mouse and by keyboard.

Skipped where there is no Playwright (``pip install "matchsim[browser]"``) or no Chromium on the machine.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

sync_api = pytest.importorskip(
    "playwright.sync_api", reason="Playwright is not installed: pip install '.[browser]'"
)
BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(
    BROWSER is None, reason="there is no Chromium, such as Debian's, on this machine"
)

PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


@pytest.fixture(scope="module")
def chromium():
    with sync_api.sync_playwright() as playwright:
        # Root, as which containers run, may not use the sandbox.
        browser = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium):
    """Opens a report; afterwards nothing may have gone wrong and nothing been asked for."""
    contexts = []

    def open_report(folder: Path, viewport=DESKTOP, **options):
        context = chromium.new_context(viewport=viewport, offline=True, **options)
        page = context.new_page()
        told: list[str] = []
        page.on("console", lambda message: told.append(message.text))
        page.on("pageerror", lambda error: told.append(str(error)))
        page.on("request", lambda request: told.append(request.url))
        page.on("dialog", lambda dialog: told.append(dialog.message))
        address = (folder / "report.html").as_uri()
        page.goto(address)
        contexts.append((context, told, address))
        return page

    yield open_report
    for context, told, address in contexts:
        context.close()
        assert told == [address]


def column(page, listing: str, number: int) -> list[str]:
    return page.locator(f"#{listing} tbody tr:visible > :nth-child({number})").all_inner_texts()


def test_sorting_by_numbers_and_words(opened, small):
    page = opened(small)
    heading = page.locator("#positions thead th").nth(3)
    button = heading.get_by_role("button", name="Positions")
    button.click()
    assert heading.get_attribute("aria-sort") == "descending"
    numbers = [float(text.replace(",", "")) for text in column(page, "positions", 4)]
    assert numbers == sorted(numbers, reverse=True) != sorted(numbers)
    button.click()
    assert heading.get_attribute("aria-sort") == "ascending"
    assert column(page, "positions", 4)[0] == f"{min(numbers):,.0f}"
    page.locator("#positions").get_by_role("button", name="Specialty").click()
    words = column(page, "positions", 1)
    assert words == sorted(words)
    assert heading.get_attribute("aria-sort") is None


def test_undefined_numbers_come_last_either_way(opened, small):
    page = opened(small)
    for _ in range(2):
        page.locator("#match-rates").get_by_role("button", name="Match rate").click()
        assert column(page, "match-rates", 5)[-1] == "–"


def test_filtering(opened, small):
    page = opened(small)
    everything = column(page, "origins", 1)
    field = page.locator("#origins").get_by_label("Show rows that contain")
    field.fill("couples assumed")
    shown = column(page, "origins", 1)
    assert 0 < len(shown) < len(everything)
    assert all(text.startswith("couples.") for text in shown)
    assert (
        page.locator("#origins .filter [role=status]").inner_text()
        == f"{len(shown)} of {len(everything)} rows"
    )
    field.fill("")
    assert column(page, "origins", 1) == everything


def test_everything_is_reached_by_keyboard(opened, small):
    page = opened(small)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the summary"
    reached = set()
    for _ in range(400):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.tagName"))
        if page.evaluate("document.activeElement.textContent") == "Show all values":
            break
    assert {"A", "SELECT", "INPUT", "BUTTON", "DIV", "SUMMARY"} <= reached
    assert page.locator("pre").is_visible() is False
    page.keyboard.press("Enter")
    assert page.locator("pre").is_visible()
    page.locator("#positions").get_by_role("button", name="Fill rate").focus()
    page.keyboard.press("Enter")
    assert page.locator("#positions thead th").nth(5).get_attribute("aria-sort") == "descending"


def test_the_explorer_tells_what_was_counted(opened, small):
    page = opened(small)
    data = json.loads(page.locator("#explored").text_content())
    form = page.locator("form.explorer")
    told = form.locator("output")
    assert told.inner_text().startswith("All applicants with 5 programs of their first-ranked specialty")
    kind, specialty = data["types"].index("US MD seniors"), 1
    cells = data["cells"][f"{kind},{specialty}"]
    ranks = max(range(16), key=lambda k: cells[k][0] if cells[k] else 0) + 1
    form.get_by_label("Applicant type").select_option(label="US MD seniors")
    form.get_by_label("First-ranked specialty").select_option(index=specialty)
    slider = form.get_by_label("Programs ranked in it")
    slider.press("Home")
    for _ in range(ranks - 1):
        slider.press("ArrowRight")
    applicants, matched, low, high = cells[ranks - 1]
    said = told.inner_text()
    assert (
        f"{100 * matched / applicants:.1f}% matched ({matched} of {applicants} simulated applicants in 5"
        in said
    )
    if low < high:
        assert f"The middle 95% of the seasons: {100 * low:.1f}% to {100 * high:.1f}%." in said
    bars = form.locator(".bars > span")
    assert bars.count() == 16
    assert form.locator(".bars .chosen").inner_text() == str(ranks)
    assert f"{ranks}: {100 * matched / applicants:.1f}%" in form.locator(".bars").get_attribute("aria-label")
    slider.press("End")
    assert slider.get_attribute("aria-valuetext") == "16 or more"


def test_the_explorer_names_no_rate_of_a_few(opened, small):
    page = opened(small)
    data = json.loads(page.locator("#explored").text_content())
    few, none = None, None
    for at, cells in data["cells"].items():
        for k, cell in enumerate(cells, start=1):
            few = (at, k) if cell and cell[0] < 10 else few
            none = (at, k) if cell is None else none
    for (at, k), words in ((few, "too few for a rate"), (none, "nobody in this run was like that")):
        kind, specialty = at.split(",")
        page.locator("select[name=type]").select_option(value=kind)
        page.locator("select[name=specialty]").select_option(value=specialty)
        page.locator("input[name=ranks]").fill(str(k))
        assert words in page.locator("form.explorer output").inner_text()


def test_names_that_are_scripts_are_shown_not_run(opened, mischief):
    page = opened(mischief)
    assert page.title().startswith("</title><script>document.title='run'</script>")
    assert page.locator("h1").inner_text() == "</title><script>document.title='run'</script>"
    page.locator("select[name=specialty]").select_option(index=1)
    assert "of <script>document.title='run'</script> ranked" in page.locator("output").inner_text()
    assert "<script>document.title='run'</script>" in column(page, "positions", 1)
    assert page.title() != "run"


def test_the_tables_of_a_study_are_sorted_and_filtered(opened, study):
    page = opened(study)
    heading = page.locator("#effects thead th").nth(5)
    button = heading.get_by_role("button", name="Difference")
    button.click()
    assert heading.get_attribute("aria-sort") == "descending"
    field = page.locator("#effects").get_by_label("Show rows that contain")
    field.fill("fewer match rate")
    assert set(column(page, "effects", 1)) == {"fewer slots"}
    assert set(column(page, "effects", 2)) == {"match rate"}
    numbers = [float(text.replace("−", "-")) for text in column(page, "effects", 6)]
    assert numbers == sorted(numbers, reverse=True)
    assert len(numbers) > 4
    button.focus()
    page.keyboard.press("Enter")
    assert heading.get_attribute("aria-sort") == "ascending"


def test_words_of_a_study_that_are_scripts_are_shown_not_run(opened, mischievous_study):
    page = opened(mischievous_study)
    assert page.locator("h1").inner_text() == "</title><script>document.title='run'</script>"
    assert page.title() != "run"
    page.locator("#scenarios summary").first.press("Enter")
    assert page.locator("#scenarios pre").first.is_visible()


def test_a_sweep_is_explored_by_keyboard(opened, swept):
    page = opened(swept)
    data = json.loads(page.locator("#explored").text_content())
    form = page.locator("form.explorer")
    form.get_by_label("Metric").select_option(label="interviews")
    form.get_by_label("Whose").select_option(label="US IMGs")
    slots, couples = (
        form.get_by_role("slider", name=name) for name in ("interviews.per_position", "couples.number")
    )
    slots.press("End")
    couples.press("ArrowRight")
    assert (slots.get_attribute("aria-valuetext"), couples.get_attribute("aria-valuetext")) == ("12", "12")
    cells = data["cells"][f"1,{data['groups'].index('US IMGs')}"]
    rows = [row.split("\t") for row in form.locator("tbody tr").all_inner_texts()]
    assert rows == [
        [arm, cells[6 * a + 5][1], cells[6 * a + 5][2] or "–"] for a, arm in enumerate(data["arms"])
    ]
    strips = form.locator(".dots")
    assert strips.count() == 2
    assert strips.first.locator("span").count() == 2  # along the slider that was moved last
    slots.press("Home")
    assert strips.first.locator("span").count() == 3
    assert strips.first.locator("span").first.get_attribute("class") == "chosen"
    means = "; ".join(f"{stop}: {cells[2 * i + 1][1]}" for i, stop in enumerate(("4", "8", "12")))
    assert strips.first.get_attribute("aria-label") == f"as it is, by interviews.per_position. {means}"
    form.get_by_label("Metric").select_option(label="stable")
    assert "There are no numbers of them" in form.locator(".meaning").inner_text()
    assert form.locator("table").is_visible() is False
    assert form.locator(".strips").is_visible() is False


@pytest.mark.parametrize("scripts", [True, False])
def test_charts_that_are_closed_open_by_key_and_by_their_link(opened, swept, scripts):
    page = opened(swept, java_script_enabled=scripts)
    subjects = page.locator("details.subject")
    assert [subject.locator("figure").first.is_visible() for subject in subjects.all()] == [True, True, False]
    last = subjects.last
    last.locator("summary").press("Enter")
    assert last.locator("figure").first.is_visible()
    last.locator("summary").press("Enter")
    assert last.locator("figure").first.is_visible() is False
    page.locator("nav").get_by_role("link", name="Stable").click()
    assert last.locator("figure").first.is_visible()


def test_long_tables_scroll_in_a_window_of_their_own_but_not_in_print(opened, small):
    page = opened(small)
    window = page.locator("#origins .scroll")
    shown, all_of_it = window.evaluate("(window) => [window.clientHeight, window.scrollHeight]")
    assert shown < 600 < all_of_it
    window.evaluate("(window) => { window.scrollTop = 300; }")
    head, top = (place.bounding_box()["y"] for place in (window.locator("thead th").first, window))
    assert abs(head - top) < 2  # the headings stay
    page.emulate_media(media="print")
    shown, all_of_it = window.evaluate("(window) => [window.clientHeight, window.scrollHeight]")
    assert shown == all_of_it


def test_dots_stand_as_high_as_their_means(opened, swept):
    page = opened(swept)
    data = json.loads(page.locator("#explored").text_content())
    means = [data["cells"]["0,0"][2 * place][0] for place in (0, 1, 2, 3, 4, 5)]
    below = [page.locator(".dots b").nth(place).bounding_box() for place in range(6)]
    frames = [page.locator(".dots i").nth(place).bounding_box() for place in range(6)]
    heights = [
        frame["y"] + frame["height"] - dot["y"] - dot["height"] / 2
        for frame, dot in zip(frames, below, strict=True)
    ]
    low, high = min(means), max(means)
    assert heights.index(max(heights)) == means.index(high)
    assert heights.index(min(heights)) == means.index(low)
    top, bottom = max(heights), min(heights)
    for mean, height in zip(means, heights, strict=True):
        share = (mean - low) / (high - low)
        assert abs(height - (bottom + share * (top - bottom))) < 4  # the chosen dot is larger


def test_points_that_are_no_grid_have_one_slider(opened, cube):
    page = opened(cube, PHONE)
    slider = page.locator("form.explorer input[type=range]")
    assert slider.count() == 1
    slider.press("End")
    data = json.loads(page.locator("#explored").text_content())
    assert page.locator(".stop").inner_text() == data["sliders"][0]["stops"][-1]
    assert page.locator("form.explorer tbody td").first.inner_text() == data["cells"]["0,0"][-1][1]


@pytest.fixture(params=["small", "study", "swept"])
def folder(request) -> Path:
    """A run, then studies: what holds of every report."""
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_nothing_sticks_out(opened, folder, viewport):
    page = opened(folder, viewport)
    assert page.evaluate("document.documentElement.scrollWidth") == viewport["width"]
    edge = viewport["width"] + 1
    outside = page.evaluate(
        """(edge) => [...document.querySelectorAll("main *")].filter((element) =>
        !element.closest(".scroll, pre, [hidden]") && element.getBoundingClientRect().right > edge).length""",
        edge,
    )
    assert outside == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_fault(opened, folder, scheme):
    axe = pytest.importorskip(
        "axe_playwright_python", reason="axe is not installed: pip install '.[browser]'"
    )
    page = opened(folder, color_scheme=scheme)
    page.evaluate((Path(axe.__file__).parent / "axe.min.js").read_text(encoding="utf-8"))
    # What is inside the pictures is no part of the page for those who do not see it, and is a lot.
    only = [] if scheme == "light" else ["color-contrast"]
    found = page.evaluate(
        "(rules) => axe.run({exclude: ['svg *']}, rules.length ? {runOnly: rules} : {})", only
    )
    assert len(found["passes"]) >= (20 if scheme == "light" else 1)
    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found["violations"]] == []


def test_without_scripts_it_can_be_read(opened, folder):
    page = opened(folder, java_script_enabled=False)
    assert page.get_by_text("The explorer needs JavaScript").is_visible()
    assert page.locator("form.explorer").is_visible() is False
    assert page.locator("#tables tbody tr").count() > 3


def test_it_prints(opened, folder):
    page = opened(folder)
    page.emulate_media(media="print")
    for hidden in ("form.explorer", ".filter", ".skip"):
        assert page.locator(hidden).first.is_visible() is False
    assert page.locator("pre").first.is_visible()
    assert all(figure.is_visible() for figure in page.locator("figure").all())
    pdf = page.pdf(format="A4")
    assert pdf.startswith(b"%PDF")
    assert 3 <= pdf.count(b"/Type /Page\n") <= 30
