"""SVG on a page: what stays, what is left out."""

from __future__ import annotations

import pytest

from matchsim.errors import InputError
from matchsim.report.pictures import inlined

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
DRAWN = (
    HEAD + 'width="10pt" height="5pt" viewBox="0 0 10 5"><title>A &amp; B</title>'
    "<metadata><rdf/></metadata><defs><style>*{fill: red}</style>"
    '<clipPath id="c"><rect width="1"/></clipPath>'
    '<path id="p" d="M 0 0"/></defs><g clip-path="url(#c)"><use xlink:href="#p" x="1"/>'
    "<text>1 &lt; 2</text></g></svg>"
)


def test_ids_are_those_of_the_chart_and_so_are_references():
    title, svg = inlined(DRAWN, "mine")
    assert title == "A & B"
    assert 'id="mine-c"' in svg
    assert 'clip-path="url(#mine-c)"' in svg
    assert '<use href="#mine-p" x="1"' in svg
    assert "<text>1 &lt; 2</text>" in svg


def test_size_metadata_and_style_are_left_out():
    _, svg = inlined(DRAWN, "mine")
    head = svg.partition(">")[0]
    assert head == '<svg viewBox="0 0 10 5" role="img" aria-labelledby="mine-title mine-told"'
    assert not [word for word in ("style", "metadata", "title>", "rdf") if word in svg.partition(">")[2]]


@pytest.mark.parametrize(
    "mischief",
    [
        "<script>x</script>",
        '<g onload="x"/>',
        "<foreignObject><p>x</p></foreignObject>",
        '<a href="https://x.invalid"/>',
        '<use xlink:href="https://x.invalid/x.svg#a"/>',
        '<image xlink:href="https://x.invalid/x.png"/>',
        '<image xlink:href="data:image/svg+xml,x"/>',
        '<h:script xmlns:h="http://www.w3.org/1999/xhtml">x</h:script>',
        '<animate attributeName="href" to="javascript:x"/>',
    ],
)
def test_what_could_do_something_is_left_out(mischief):
    _, svg = inlined(f'{HEAD}viewBox="0 0 1 1">{mischief}<path d="M 0 0"/></svg>', "mine")
    assert '<path d="M 0 0"' in svg
    assert not [
        word for word in ("script", "onload", "foreign", "invalid", "data:", "javascript") if word in svg
    ]


@pytest.mark.parametrize("text", ["", "<svg", "<html></html>", "<svg/>"])
def test_what_is_no_svg_is_refused(text):
    with pytest.raises(InputError, match="chart mine: is no SVG"):
        inlined(text, "mine")
