// A text of a case as nodes: its runs marked and numbered, what stood in the prompt hatched.
"use strict";
page.caseText = (() => {
  const CONTEXT = 300;
  const LONGEST = 5000;

  // the ranges that are shown: all, or what surrounds the runs
  function windows(length, spans, isWhole) {
    if (isWhole || length <= 2 * CONTEXT + LONGEST / 2 && spans.length === 0) return [[0, length]];
    const wanted = [];
    for (const [start, end] of spans.length ? spans : [[0, 2 * CONTEXT]]) {
      if (end - start > LONGEST) {
        wanted.push([start - CONTEXT, start + LONGEST / 2], [end - LONGEST / 2, end + CONTEXT]);
      } else wanted.push([start - CONTEXT, end + CONTEXT]);
    }
    const found = [];
    for (const [a, b] of wanted.sort((x, y) => x[0] - y[0])) {
      const start = Math.max(0, a), end = Math.min(length, b);
      const last = found[found.length - 1];
      if (last && start <= last[1]) last[1] = Math.max(last[1], end);
      else if (start < end) found.push([start, end]);
    }
    return found;
  }

  // the stored pieces of a text within a range
  function within(text, start, end) {
    const found = [];
    for (const [at, piece] of text.pieces) {
      const from = Math.max(at, start), to = Math.min(at + piece.length, end);
      if (from < to) found.push([from, piece.slice(from - at, to - at)]);
    }
    return found;
  }

  function isComplete(text) {
    return text.pieces.length === 1 && text.pieces[0][1].length === text.units;
  }

  // nodes of the range, cut wherever a run or a stretch of the prompt begins or ends
  function marked(text, start, end, runs, side, prompted, prefix) {
    const nodes = [];
    for (const [at, piece] of within(text, start, end)) {
      const cuts = new Set([at, at + piece.length]);
      const spans = [...runs.map((run) => run[side]), ...prompted];
      for (const span of spans) for (const edge of span) if (edge > at && edge < at + piece.length) cuts.add(edge);
      const edges = [...cuts].sort((a, b) => a - b);
      for (let i = 0; i + 1 < edges.length; i++) {
        const [from, to] = [edges[i], edges[i + 1]];
        const content = page.visible(piece.slice(from - at, to - at));
        const covers = (span) => span[0] <= from && to <= span[1];
        const numbers = runs.flatMap((run, k) => (covers(run[side]) ? [k] : []));
        const stood = prompted.some(covers);
        if (!numbers.length && !stood) { nodes.push(...content); continue; }
        const first = numbers.length ? runs[numbers[0]] : null;
        const classes = [first && first.kind, (stood || (first && first.copied)) && "prompted"];
        const mark = page.element("mark", { class: classes.filter(Boolean).join(" ") });
        for (const k of numbers) if (runs[k][side][0] === from) mark.append(number(k, runs[k], side, prefix));
        mark.append(...content);
        nodes.push(mark);
      }
    }
    return nodes;
  }

  // a run's number, which leads to the same number on the other side
  function number(k, run, side, prefix) {
    const other = side === "generation" ? "document" : "generation";
    const link = page.element("a", {
      class: "number", id: `${prefix}${side}-${k}`, href: `#${prefix}${other}-${k}`,
      "aria-label": `${run.kind} run ${k + 1}: to the ${other}`,
      onclick: (event) => {
        event.preventDefault();
        const target = document.getElementById(`${prefix}${other}-${k}`);
        if (!target) return;
        target.scrollIntoView({ block: "center" });
        target.focus({ preventScroll: true });
        target.parentElement.classList.add("flash");
        setTimeout(() => target.parentElement.classList.remove("flash"), 1500);
      },
    }, String(k + 1));
    return link;
  }

  function render(text, runs, side, prompted, isWhole, prefix = "run-") {
    const shown = windows(text.units, runs.map((run) => run[side]), isWhole);
    const box = page.element("div", { class: "text", dir: "auto" });
    let reached = 0;
    for (const [start, end] of shown) {
      if (start > reached) box.append(` […${start - reached} characters…] `);
      box.append(...marked(text, start, end, runs, side, prompted, prefix));
      reached = end;
    }
    if (reached < text.units) box.append(` […${text.units - reached} characters…]`);
    return box;
  }

  // the stored text of a range as one string
  function plain(text, [start, end]) {
    return within(text, start, end).map((found) => found[1]).join("");
  }

  function isShortened(text, runs, side) {
    const shown = windows(text.units, runs.map((run) => run[side]), false);
    return !(shown.length === 1 && shown[0][0] === 0 && shown[0][1] === text.units);
  }

  return { render, plain, isComplete, isShortened };
})();
