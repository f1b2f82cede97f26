#!/usr/bin/env python3
"""A report as a reader sees it, in headless Chromium: no message on the console, no request to
anything outside, figures that are there, nothing that makes the page scroll sideways and no word
broken inside a table, on a phone and on a wide screen, light and dark.

    report_page.py REPORT.html FOLDER           screenshots go to the folder
    report_page.py REPORT.html FOLDER --plant   spoils copies of the page, each of which must be found

Skipped without Chromium, unless STEPPE_REQUIRE_DATA is set.
"""
import os
import pathlib
import sys

from chromium import Chromium, find

WIDTHS = (400, 1400)

MEASURE = """(() => {
  const box = element => element.getBoundingClientRect();
  const figures = [...document.querySelectorAll('figure')];
  const empty = figures.filter(figure => {
    const svg = figure.querySelector('svg');
    return !svg || box(svg).width < 200 || box(svg).height < 100 ||
      !svg.querySelector('path,circle,use') || !svg.getAttribute('aria-label');
  });
  const broken = [];
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let text; (text = words.nextNode());) {
    const cell = text.parentElement.closest('td,th');
    if (!cell || cell.closest('.w')) continue;
    for (const word of text.data.matchAll(/\\S+/g)) {
      const range = document.createRange();
      range.setStart(text, word.index);
      range.setEnd(text, word.index + word[0].length);
      if (new Set([...range.getClientRects()].map(one => Math.round(one.top))).size > 1)
        broken.push(word[0]);
    }
  }
  const root = document.documentElement;
  return {figures: figures.length, empty: empty.map(figure => figure.id), broken,
          content: root.scrollWidth, window: root.clientWidth};
})()"""


def outside(url):
    return not url.startswith(("file:", "data:", "about:"))


def measured(browser, state):
    found = browser.value(MEASURE)
    if found["content"] > found["window"]:
        yield "overflow", f"{state}: {found['content']} px wide"
    if found["broken"]:
        yield "word", f"{state}: broken: {found['broken'][:5]}"
    if found["empty"] or not found["figures"]:
        yield "figure", f"{state}: {found['figures']} figures, of which empty: {found['empty']}"


def look_at(program, page, folder, name):
    """@returns what is wrong with a page, each as (kind, sentence)."""
    wrong = []
    with Chromium(program) as browser:
        browser.look(WIDTHS[0], "light")
        browser.open(page)
        for width in WIDTHS:
            for scheme in ("light", "dark"):
                browser.look(width, scheme)
                browser.screenshot(folder / f"{name}_{width}_{scheme}.png")
            wrong += measured(browser, f"at {width} px")
        browser.value("document.querySelectorAll('details').forEach(one => one.open = true)")
        for width in WIDTHS:
            browser.look(width, "light")
            wrong += measured(browser, f"at {width} px, with everything opened")
        for event in browser.of("Network.requestWillBeSent"):
            if outside(event["request"]["url"]):
                wrong.append(("request", event["request"]["url"]))
        for event in browser.of("Log.entryAdded"):
            wrong.append(("console", event["entry"]["text"]))
        for event in browser.of("Runtime.consoleAPICalled"):
            wrong.append(("console", str([one.get("value") for one in event["args"]])))
        for event in browser.of("Runtime.exceptionThrown"):
            wrong.append(("console", event["exceptionDetails"]["text"]))
    return wrong


# What is found, and what is put before the end of the body to have it found.
FAULTS = {
    "overflow": "<div style='width:1500px;height:1px'></div>",
    "word": "<table><tr><td style='max-width:3rem;white-space:normal;overflow-wrap:anywhere'>"
            "unforgettable</td></tr></table>",
    "figure": "<figure id='planted'><svg width='0' height='0'></svg></figure>",
    "request": "<img src='https://steppe.invalid/picture.png' alt=''>",
    "console": "<script>console.error('planted')</script>",
}


def planted(page, kind, folder):
    """A copy of the page with a fault, and without the policy that would keep it from happening."""
    text = pathlib.Path(page).read_text(encoding="utf-8")
    policy = text.index('<meta http-equiv="Content-Security-Policy"')
    text = text[:policy] + text[text.index(">", policy) + 1:]
    copy = folder / f"planted_{kind}.html"
    copy.write_text(text.replace("</main>", FAULTS[kind] + "</main>"), encoding="utf-8")
    return copy


def main():
    page, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    program = find()
    if not program:
        print("skipped: there is no chromium; install the package 'chromium'")
        return 1 if os.environ.get("STEPPE_REQUIRE_DATA") else 77
    if not page.exists():
        print(f"skipped: '{page}' is not there, for the run that makes it was skipped")
        return 1 if os.environ.get("STEPPE_REQUIRE_DATA") else 77
    folder.mkdir(parents=True, exist_ok=True)
    if "--plant" not in sys.argv:
        wrong = look_at(program, page, folder, "page")
        for kind, sentence in wrong:
            print(f"{kind}: {sentence}")
        return 1 if wrong else 0
    missed = 0
    for kind in FAULTS:
        found = {one for one, _ in look_at(program, planted(page, kind, folder), folder, kind)}
        print(f"planted {kind}: found {sorted(found)}")
        missed += kind not in found
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
