// The explorer: looks up what was counted when the report was made.
"use strict";
(() => {
  const form = document.querySelector("form.explorer");
  if (form === null) return;
  const data = JSON.parse(document.getElementById("chances").textContent);
  const { type, specialty, ranks } = form.elements;
  const [told, bars, number] = ["output", ".bars", ".ranks"].map((what) => form.querySelector(what));
  const [FEW, TOO_FEW] = [50, 10];

  const percent = (share) => `${(100 * share).toFixed(1)}%`;
  const count = (people) => people.toLocaleString("en-US");
  const withMore = (k) => (k === data.most ? `${k} or more` : `${k}`);

  const sentence = (k, cell) => {
    const who = data.types[type.value];
    const where = data.specialties[specialty.value];
    const first = specialty.value === "0" ? "their first-ranked specialty" : where;
    const people = `${who} with ${withMore(k)} program${k === 1 ? "" : "s"} of ${first} ranked before any other`;
    if (cell === null) return `${people}: nobody in this run was like that.`;
    const [applicants, matched, low, high] = cell;
    const over = data.seasons > 1 ? ` in ${count(data.seasons)} seasons` : "";
    const counted = `${count(matched)} of ${count(applicants)} simulated applicants${over}`;
    if (applicants < TOO_FEW) return `${people}: ${counted} matched, too few for a rate.`;
    const spread = low < high ? ` The middle 95% of the seasons: ${percent(low)} to ${percent(high)}.` : "";
    return `${people}: ${percent(matched / applicants)} matched (${counted}).${spread}`;
  };

  const bar = (cell, k) => {
    const [column, frame, filled] = ["span", "i", "b"].map((name) => document.createElement(name));
    filled.style.height = cell === null ? "0" : `${(100 * cell[1]) / cell[0]}%`;
    if (k === Number(ranks.value)) column.className = "chosen";
    else if (cell !== null && cell[0] < FEW) column.className = "few";
    frame.append(filled);
    column.append(frame, k === data.most ? `${k}+` : `${k}`);
    return column;
  };

  const show = () => {
    const k = Number(ranks.value);
    const cells = data.cells[`${type.value},${specialty.value}`] ?? Array(data.most).fill(null);
    number.textContent = k === data.most ? `${k}+` : k;
    ranks.setAttribute("aria-valuetext", withMore(k));
    told.textContent = sentence(k, cells[k - 1]);
    bars.replaceChildren(...cells.map((cell, place) => bar(cell, place + 1)));
    const shares = cells.map((cell, place) => cell && `${withMore(place + 1)}: ${percent(cell[1] / cell[0])}`);
    bars.setAttribute("aria-label", `Share matched by programs ranked. ${shares.filter(Boolean).join(", ")}`);
  };

  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  document.querySelector(".without-script").remove();
  form.hidden = false;
  show();
})();
