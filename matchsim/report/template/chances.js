// The explorer of a run: chances by type, specialty and number of programs ranked.
"use strict";
explorer.start((data, form) => {
  const { type, specialty, ranks } = form.elements;
  const [told, bars] = ["output", ".bars"].map((what) => form.querySelector(what));
  const [FEW, TOO_FEW] = [50, 10];

  const percent = (share) => `${(100 * share).toFixed(1)}%`;
  const count = (people) => people.toLocaleString("en-US");
  const withMore = (k) => (k === data.most ? `${k} or more` : `${k}`);
  const short = (k) => (k === data.most ? `${k}+` : `${k}`);

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

  return () => {
    const chosen = Number(ranks.value);
    const cells = data.cells[`${type.value},${specialty.value}`] ?? Array(data.most).fill(null);
    const numbers = cells.map((_, place) => place + 1);
    const shares = cells.map((cell) => cell && cell[1] / cell[0]);
    const few = cells.map((cell) => (cell !== null && cell[0] < FEW ? "few" : ""));
    explorer.stand(ranks, short(chosen), withMore(chosen));
    told.textContent = sentence(chosen, cells[chosen - 1]);
    explorer.columns(bars, shares, numbers.map(short), numbers.map((k) => (k === chosen ? "chosen" : few[k - 1])));
    const said = numbers.filter((k) => cells[k - 1]).map((k) => `${withMore(k)}: ${percent(shares[k - 1])}`);
    bars.setAttribute("aria-label", `Share matched by programs ranked. ${said.join(", ")}`);
  };
});
