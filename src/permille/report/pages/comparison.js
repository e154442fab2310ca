// The table of runs: sorted by a column, filtered by task and words.
"use strict";
(() => {
  const table = document.getElementById("comparison");
  const form = document.getElementById("comparison-filters");
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];

  function value(row, column) {
    const cell = row.cells[column];
    return cell.dataset.number ? Number(cell.dataset.number) : cell.textContent.trim();
  }

  // by number or by text; what has no number stands behind those that have one, either way
  function compare(a, b, sign) {
    if (typeof a === typeof b) return sign * (typeof a === "number" ? a - b : a.localeCompare(b));
    return typeof a === "number" ? -1 : 1;
  }

  heads.forEach((head, column) => head.querySelector("button").addEventListener("click", () => {
    const isDescending = head.getAttribute("aria-sort") === "ascending";
    for (const one of heads) one.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", isDescending ? "descending" : "ascending");
    const sign = isDescending ? -1 : 1;
    body.append(...[...body.rows].sort((a, b) => compare(value(a, column), value(b, column), sign)));
  }));

  function filter() {
    const task = form.elements.task.value;
    const words = form.elements.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let left = 0;
    for (const row of body.rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = (task && row.dataset.task !== task) || !words.every((word) => text.includes(word));
      if (!row.hidden) left += 1;
    }
    document.getElementById("comparison-count").textContent = `${left} of ${body.rows.length} runs`;
  }

  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  filter();
  document.documentElement.dataset.ready = "comparison";
})();
