// Tables that can be sorted by every column and filtered by words. Without this script they can be read.
"use strict";
(() => {
  const FILTERED_FROM = 9;

  const sortsBy = (row, column) => row.cells[column].dataset.sorts ?? row.cells[column].textContent;

  const compared = (a, b) => {
    const [x, y] = [Number(a), Number(b)];
    const [aIsNumber, bIsNumber] = [a !== "" && !Number.isNaN(x), b !== "" && !Number.isNaN(y)];
    if (aIsNumber && bIsNumber) return x - y;
    return aIsNumber ? -1 : bIsNumber ? 1 : a.localeCompare(b, "en");
  };

  const isUndefined = (value) => value === "nan";

  const sort = (table, column) => {
    const heading = table.tHead.rows[0].cells[column];
    const isNumber = heading.classList.contains("number");
    const before = heading.getAttribute("aria-sort");
    // The first press shows the largest number, or the first word.
    const descending = before === null ? isNumber : before === "ascending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", descending ? "descending" : "ascending");
    const rows = [...table.tBodies[0].rows].sort((one, two) => {
      const [a, b] = [sortsBy(one, column), sortsBy(two, column)];
      if (isUndefined(a) || isUndefined(b)) return isUndefined(a) - isUndefined(b);
      return descending ? compared(b, a) : compared(a, b);
    });
    table.tBodies[0].append(...rows);
  };

  const addFilter = (table) => {
    const label = document.createElement("label");
    const input = document.createElement("input");
    const found = document.createElement("span");
    label.className = "filter";
    input.type = "search";
    found.setAttribute("role", "status");
    label.append("Show rows that contain", input, found);
    table.closest(".scroll").before(label);
    input.addEventListener("input", () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      const rows = [...table.tBodies[0].rows];
      for (const row of rows) {
        const text = [...row.cells].map((cell) => cell.textContent.toLowerCase()).join(" ");
        row.hidden = !words.every((word) => text.includes(word));
      }
      const shown = rows.filter((row) => !row.hidden).length;
      found.textContent = words.length ? `${shown} of ${rows.length} rows` : "";
    });
  };

  for (const table of document.querySelectorAll("table.sortable")) {
    [...table.tHead.rows[0].cells].forEach((heading, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = heading.textContent;
      button.addEventListener("click", () => sort(table, column));
      heading.replaceChildren(button);
    });
    if (table.tBodies[0].rows.length >= FILTERED_FROM) addFilter(table);
  }
})();
