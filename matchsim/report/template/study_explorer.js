// The explorer of a study: a metric of some applicants in every arm, along what is swept.
"use strict";
explorer.start((data, form) => {
  const { metric, group } = form.elements;
  const sliders = [...form.querySelectorAll("input[type=range]")];
  const [meaning, rows, strips, axis] = [".meaning", "tbody", ".strips", ".axis"].map((what) =>
    form.querySelector(what),
  );
  const points = data.sliders.reduce((product, slider) => product * slider.stops.length, 1);
  let along = 0; // The slider that was moved last: the strips show the values along it.

  // The number of a point: the stops of the last slider change first.
  const point = (stops) => stops.reduce((at, stop, place) => at * data.sliders[place].stops.length + stop, 0);

  const row = (arm, entry) => {
    const [mean, moved] = entry === null ? ["failed", ""] : entry.slice(1);
    const head = explorer.made("th", "", data.arms[arm]);
    head.scope = "row";
    return explorer.made("tr", "", head, explorer.made("td", "number", mean), explorer.made("td", "", moved || "–"));
  };

  const strip = (arm, entries, chosen, [low, high]) => {
    const dots = explorer.made("div", "dots");
    const share = (entry) => entry && (high > low ? (entry[0] - low) / (high - low) : 0.5);
    explorer.columns(
      dots,
      entries.map(share),
      entries.map(() => ""),
      entries.map((_, place) => (place === chosen ? "chosen" : "")),
    );
    const { name, stops } = data.sliders[along];
    const said = entries.map((entry, place) => `${stops[place]}: ${entry === null ? "failed" : entry[1]}`);
    dots.setAttribute("role", "img");
    dots.setAttribute("aria-label", `${data.arms[arm]}, by ${name}. ${said.join("; ")}`);
    return explorer.made("div", "strip", explorer.made("span", "name", data.arms[arm]), dots);
  };

  // How far the means reach over all arms and all stops, and where that is.
  const reach = (entries) => {
    const [first, ...others] = entries.filter(Boolean);
    return others.reduce(
      ([low, high], entry) => [entry[0] < low[0] ? entry : low, entry[0] > high[0] ? entry : high],
      [first, first],
    );
  };

  const showStrips = (cells, stops) => {
    const { name, stops: places } = data.sliders[along];
    const all = data.arms.map((_, arm) =>
      places.map((_, place) => cells[arm * points + point(stops.map((stop, at) => (at === along ? place : stop)))]),
    );
    const [low, high] = reach(all.flat());
    strips.replaceChildren(...all.map((entries, arm) => strip(arm, entries, stops[along], [low[0], high[0]])));
    axis.textContent =
      `Dots: the means by ${name}, from ${places[0]} on the left to ${places.at(-1)} on the right; ` +
      `the lowest stands for ${low[1]}, the highest for ${high[1]}.`;
  };

  sliders.forEach((slider, place) => slider.addEventListener("input", () => (along = place)));
  return () => {
    const stops = sliders.map((slider) => Number(slider.value));
    const cells = data.cells[`${metric.value},${group.value}`];
    sliders.forEach((slider, place) => explorer.stand(slider, data.sliders[place].stops[stops[place]]));
    meaning.textContent = `${data.metrics[metric.value].told}: ${data.groups[group.value]}.`;
    form.querySelector(".table").hidden = cells === undefined;
    if (cells === undefined) meaning.textContent += " There are no numbers of them in this study.";
    else rows.replaceChildren(...data.arms.map((_, arm) => row(arm, cells[arm * points + point(stops)])));
    if (!sliders.length) return;
    strips.hidden = axis.hidden = cells === undefined;
    if (cells !== undefined) showStrips(cells, stops);
  };
});
