"""Which texts a figure really draws, where they stand, and what is wrong with that."""

from __future__ import annotations

from itertools import combinations
from unittest.mock import patch

from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox


def drawn_texts(figure: Figure) -> list[Text]:
    """The visible, non-empty texts in drawing order, without ticks outside the view or hidden axes."""
    seen: dict[int, Text] = {}
    draw = Text.draw

    def recording(self, renderer, *args, **kwargs):
        if self.get_visible() and self.get_text().strip():
            seen[id(self)] = self
        return draw(self, renderer, *args, **kwargs)

    with patch.object(Text, "draw", recording):
        figure.canvas.draw()
    return list(seen.values())


def faults(texts: list[Text], place: Bbox | None = None, slack: float = 0.5) -> list[str]:
    """One sentence per text that leaves `place` (the canvas) or overlaps another by over `slack` pixels."""
    # Annotations know their text alone through the base class; with the arrow they would be larger.
    boxes = [(text.get_text(), Text.get_window_extent(text).padded(-slack)) for text in texts]
    place = place or texts[0].get_figure(root=True).bbox
    told = [f"{text!r} leaves its place: {box}" for text, box in boxes if not _inside(box, place)]
    told += [
        f"{one!r} and {two!r} overlap"
        for (one, first), (two, second) in combinations(boxes, 2)
        if Bbox.intersection(first, second) is not None
    ]
    return told


def _inside(box: Bbox, place: Bbox) -> bool:
    return box.x0 >= place.x0 and box.y0 >= place.y0 and box.x1 <= place.x1 and box.y1 <= place.y1
