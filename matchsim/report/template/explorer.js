// What the explorers of reports share: a form that shows what was counted when the report was made.
"use strict";
const explorer = (() => {
  const made = (name, className, ...inside) => {
    const element = document.createElement(name);
    element.className = className;
    element.append(...inside);
    return element;
  };

  // Columns below which their labels stand, each filled to a share of its height; null leaves it empty.
  const columns = (container, shares, labels, classes) => {
    container.replaceChildren(
      ...shares.map((share, place) => {
        const mark = document.createElement("b");
        if (share === null) mark.hidden = true;
        else mark.style.setProperty("--share", share);
        return made("span", classes[place], made("i", "", mark), labels[place]);
      }),
    );
  };

  // A slider says in words where it stands, beside it and to those who do not see it.
  const stand = (slider, text, words = text) => {
    slider.parentElement.querySelector(".stop").textContent = text;
    slider.setAttribute("aria-valuetext", words);
  };

  // Called with what was counted and with the form, it gives back what shows it after every change.
  const start = (setUp) => {
    const form = document.querySelector("form.explorer");
    if (form === null) return;
    const show = setUp(JSON.parse(document.getElementById("explored").textContent), form);
    form.addEventListener("input", show);
    form.addEventListener("submit", (event) => event.preventDefault());
    document.querySelector(".without-script").remove();
    form.hidden = false;
    show();
  };

  return { made, columns, stand, start };
})();
