// The cases: a list of which only what is seen is drawn, filters, search, keyboard, links.
"use strict";
(() => {
  const ROW_PX = 56;
  const CHUNK = Number(document.getElementById("cases-data").dataset.chunk);
  const PRINTED = 20;
  const at = (id) => document.getElementById(id);
  const list = at("case-list"), view = at("case-view"), form = at("case-filters"), count = at("case-count");
  const chunks = new Map();
  let rows = [], shown = [], place = -1, needles = null, isWhole = false, linked;

  function chunk(number) {
    if (!chunks.has(number)) chunks.set(number, page.unpack(`texts-${number}`));
    return chunks.get(number);
  }

  async function textsOf(row) {
    if (!at("texts-0")) return null;
    return (await chunk(Math.floor(row.index / CHUNK)))[row.index % CHUNK];
  }

  // every text in lower case, made once, a chunk at a time so that the page stays responsive
  async function searchable() {
    const found = [];
    for (let number = 0; at(`texts-${number}`); number++) {
      for (const texts of await chunk(number)) {
        found.push(texts.map((text) => text.pieces.map((piece) => piece[1]).join(" ")).join("\n").toLowerCase());
      }
      await new Promise((resume) => setTimeout(resume));
    }
    return found;
  }

  function haystacks() {
    needles ??= searchable();
    return needles;
  }

  const bounds = { "1": [0, 1], "2-5": [2, 5], "6-20": [6, 20], more: [21, Infinity] };
  const tests = {
    kind: (row, value) => row.kind === value,
    task: (row, value) => row.task === value,
    arm: (row, value) => row.arm === value,
    own: (row, value) => (value === "own") === (row.own === true),
    counted: (row, value) => (value === "counted") === row.counted,
    prompt: (row, value) => (value === "new") === !row.input_copied,
    boilerplate: (row, value) => (value === "own") === !row.boilerplate,
    chars: (row, value) => row.chars >= Number(value),
    examples: (row, value) => (row.examples ?? 1) >= bounds[value][0] && (row.examples ?? 1) <= bounds[value][1],
  };
  const orders = {
    place: (a, b) => a.index - b.index,
    chars: (a, b) => b.chars - a.chars,
    score: (a, b) => (b.score ?? 0) - (a.score ?? 0),
    rank: (a, b) => (a.rank ?? 99) - (b.rank ?? 99),
    examples: (a, b) => (b.examples ?? 0) - (a.examples ?? 0),
  };

  async function filter(keep) {
    const begun = performance.now();
    const wanted = Object.entries(tests).map(([name, test]) => [test, form.elements[name]?.value]).filter((one) => one[1]);
    const text = form.elements.search.value.trim().toLowerCase();
    const hay = text && at("texts-0") ? await haystacks() : null;
    shown = rows.filter((row) => wanted.every(([test, value]) => test(row, value))
      && (!text || (hay && hay[row.index].includes(text)) || row.id.toLowerCase().includes(text)));
    shown.sort((a, b) => orders[form.elements.order.value](a, b) || a.index - b.index);
    count.textContent = `${shown.length} of ${rows.length} cases`;
    count.dataset.ms = (performance.now() - begun).toFixed(1);
    const kept = shown.findIndex((row) => row.id === keep);
    list.scrollTop = 0;
    // an address that names a case must not go on naming one that is hidden now
    const isLinkHidden = keep !== undefined && kept < 0 && location.hash.startsWith("#case=");
    select(kept >= 0 ? kept : shown.length ? 0 : -1, { keepHash: !isLinkHidden });
  }

  function option(row, index) {
    const facts = [`${row.chars} characters`, row.task, row.own === true ? "own" : row.own === false ? "other" : null];
    const made = page.element("div", {
      role: "option", id: `option-${index}`, "data-case": row.id, "aria-selected": String(index === place),
      "aria-setsize": shown.length, "aria-posinset": index + 1, onclick: () => select(index),
    },
    page.element("span", { class: `tag ${row.kind}` }, row.confirmed === false ? `${row.kind}?` : row.kind), " ",
    facts.filter(Boolean).join(", "), page.element("br"),
    page.element("span", { class: "soft" }, ...page.visible(row.generation_id)));
    made.style.top = `${index * ROW_PX}px`;
    return made;
  }

  function draw() {
    const first = Math.max(0, Math.floor(list.scrollTop / ROW_PX) - 5);
    const last = Math.min(shown.length, first + Math.ceil((list.clientHeight || 300) / ROW_PX) + 10);
    const visible = new Set();
    for (let i = first; i < last; i++) visible.add(i);
    if (place >= 0) visible.add(place);
    const spacer = page.element("div", { role: "presentation" });
    spacer.style.height = `${shown.length * ROW_PX}px`;
    list.replaceChildren(spacer, ...[...visible].sort((a, b) => a - b).map((i) => option(shown[i], i)));
    if (place >= 0) list.setAttribute("aria-activedescendant", `option-${place}`);
    else list.removeAttribute("aria-activedescendant");
  }

  function select(index, { keepHash = false } = {}) {
    place = index;
    isWhole = false;
    if (place >= 0) {
      const top = place * ROW_PX;
      if (top < list.scrollTop) list.scrollTop = top;
      if (top + ROW_PX > list.scrollTop + list.clientHeight) list.scrollTop = top + ROW_PX - list.clientHeight;
    }
    if (!keepHash) history.replaceState(null, "", place >= 0 ? hashOf(shown[place]) : "#cases");
    draw();
    show();
  }

  const hashOf = (row) => `#case=${encodeURIComponent(row.id)}`;

  function factsOf(row) {
    const examples = row.examples ? `its text stands in ${row.examples} training example${row.examples === 1 ? "" : "s"}` : null;
    return [
      row.arm, row.task && `task ${row.task}`, row.part && `document: the example's ${row.part}`,
      row.own === true ? "the prompted example's own" : row.own === false ? "of another example" : null,
      row.rank !== null && row.rank !== undefined && `retrieval rank ${row.rank + 1}`,
      typeof row.score === "number" && `BM25 score ${row.score.toFixed(1)}`,
      examples, row.direction && row.direction.replaceAll("_", " "),
      row.counted ? "decides the generation's kind" : "does not decide the generation's kind",
      row.confirmed === false && "the judge does not confirm it",
      row.input_copied && "stood in the prompt",
      row.boilerplate && "boilerplate: text of many examples",
    ].filter(Boolean).join(" · ");
  }

  async function show() {
    if (place < 0) { view.replaceChildren(page.element("p", {}, "No case.")); return; }
    const row = shown[place];
    const texts = await textsOf(row);
    if (shown[place] !== row) return;
    const nodes = [
      page.element("div", { class: "bar" },
        page.element("button", { type: "button", id: "previous", disabled: place === 0, onclick: () => step(-1) }, "Previous"),
        page.element("button", { type: "button", id: "next", disabled: place + 1 >= shown.length, onclick: () => step(1) }, "Next"),
        page.element("span", { class: "soft" }, `${place + 1} of ${shown.length}`),
        page.element("a", { id: "permalink", href: hashOf(row) }, "Link to this case")),
      ...article(row, texts, isWhole, "run-"),
    ];
    view.replaceChildren(...nodes);
    view.scrollTop = 0;
    view.dataset.shown = row.id;
  }

  function article(row, texts, whole, prefix) {
    const heading = page.element("h3", {}, page.element("span", { class: `tag ${row.kind}` }, row.kind), " ",
      ...page.visible(row.generation_id), " in ", ...page.visible(row.document_id));
    const facts = page.element("p", { class: "soft small" }, factsOf(row));
    if (!texts) return [heading, facts, page.element("p", {}, `${row.runs.length} run(s); texts are left out of this page (report.texts=none).`)];
    const [generation, document, prompt] = texts;
    if (!generation.pieces.length && generation.units) return [heading, facts, page.element("p", {}, "Left out to keep the page small: see cases.jsonl.")];
    const shortened = !whole && (page.caseText.isShortened(generation, row.runs, "generation") || page.caseText.isShortened(document, row.runs, "document"));
    const complete = page.caseText.isComplete(generation) && page.caseText.isComplete(document);
    const side = (title, text, name) => page.element("section", {},
      page.element("h4", {}, title), page.caseText.render(text, row.runs, name, row.prompted[name], whole, prefix));
    const extra = row.runs.flatMap((run, k) => (run.kind === "verbatim" ? [] : [page.aligned.table(k,
      page.caseText.plain(generation, run.generation), page.caseText.plain(document, run.document))]));
    return [
      heading, facts,
      prompt.units ? page.element("details", { class: "small" }, page.element("summary", {}, "The prompt"),
        page.caseText.render(prompt, [], "generation", [], true, prefix)) : "",
      page.element("div", { class: "pair" }, side("Generation", generation, "generation"), side("Training text", document, "document")),
      shortened ? (complete
        ? page.element("button", { type: "button", id: "whole", onclick: () => { isWhole = true; show(); } }, "Show the whole texts")
        : page.element("p", { class: "soft small" }, "Cut around the runs to keep the page small; documents.jsonl.gz has the whole text.")) : "",
      ...extra,
    ];
  }

  function step(by) {
    const next = Math.min(Math.max(place + by, 0), shown.length - 1);
    const focused = document.activeElement?.id;
    if (next === place) return;
    select(next);
    if (focused === "next" || focused === "previous") show().then(() => at(focused)?.focus());
  }

  function follow() {
    const match = /^#case=(.*)$/.exec(location.hash);
    if (!match) return false;
    let id;
    try { id = decodeURIComponent(match[1]); } catch { return false; }
    const index = shown.findIndex((row) => row.id === id);
    if (index >= 0) select(index, { keepHash: true });
    else if (rows.some((row) => row.id === id)) { linked = id; form.reset(); }
    else { count.textContent = "The link names a case that is not in this page."; return false; }
    at("cases").scrollIntoView();
    return true;
  }

  // a list holds only choices that there are
  function choices(name) {
    const values = [...new Set(rows.map((row) => row[name]))].filter(Boolean).sort();
    const select = form.elements[name];
    for (const value of values) select.append(page.element("option", { value }, value));
    select.closest("label").hidden = values.length < 2;
  }

  list.addEventListener("scroll", draw, { passive: true });
  list.addEventListener("keydown", (event) => {
    const moves = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -1e9, End: 1e9 };
    if (event.key in moves) { event.preventDefault(); step(moves[event.key]); }
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
    // who speaks to the page, or hits keys by mistake, can switch these off
    if (!form.elements.keys.checked) return;
    if (event.key === "j") step(1);
    if (event.key === "k") step(-1);
    if (event.key === "/") { event.preventDefault(); form.elements.search.focus(); }
  });
  let timer;
  const later = () => { clearTimeout(timer); timer = setTimeout(() => filter(shown[place]?.id), 60); };
  form.addEventListener("input", (event) => (event.target.type === "search" ? later() : filter(shown[place]?.id)));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(() => { filter(linked); linked = undefined; }));
  addEventListener("hashchange", follow);
  addEventListener("resize", draw);

  async function prepare() {
    const printed = await Promise.all(shown.slice(0, PRINTED).map(async (row, i) =>
      page.element("article", {}, ...article(row, await textsOf(row), false, `print-${i}-`).filter((node) => node?.id !== "whole"))));
    const rest = shown.length - printed.length;
    if (rest > 0) printed.push(page.element("p", {}, `${rest} more cases are in the page itself.`));
    at("case-print").replaceChildren(...printed);
  }

  page.cases = page.unpack("cases-data").then(async (values) => {
    rows = values.map((row, index) => ({ ...row, index }));
    for (const name of ["kind", "task", "arm"]) choices(name);
    shown = rows;
    await filter();
    follow();
    await show();
    if (rows.length) (window.requestIdleCallback ?? setTimeout)(() => { prepare(); if (at("texts-0")) haystacks(); });
    document.documentElement.dataset.ready = "cases";
  });
})();
