// Sentences of a paraphrase on both sides, each beside the one that shares most words with it.
"use strict";
page.aligned = (() => {
  function sentences(text) {
    if (!Intl.Segmenter) return [text];
    const found = [...new Intl.Segmenter("en", { granularity: "sentence" }).segment(text)];
    return found.map((one) => one.segment.trim()).filter(Boolean);
  }

  function words(text) {
    return new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);
  }

  function shared(one, other) {
    let count = 0;
    for (const word of one) if (other.has(word)) count += 1;
    return count / (one.size + other.size - count || 1);
  }

  // pairs [sentence of the generation, its nearest sentence of the document]
  function pairs(generation, document) {
    const stored = sentences(document).map((text) => [text, words(text)]);
    return sentences(generation).map((text) => {
      const own = words(text);
      const best = stored.reduce((a, b) => (shared(own, b[1]) > shared(own, a[1]) ? b : a), ["", new Set()]);
      return [text, best[0], own, best[1]];
    });
  }

  // a text with the words that the other side has in bold
  function emphasized(text, other) {
    return text.split(/([\p{L}\p{N}]+)/u).flatMap((part, i) =>
      i % 2 && other.has(part.toLowerCase()) ? [page.element("b", {}, part)] : page.visible(part));
  }

  function table(k, generation, document) {
    const rows = pairs(generation, document).map(([text, best, own, others]) => page.element("tr", {},
      page.element("td", { dir: "auto" }, ...emphasized(text, others)),
      page.element("td", { dir: "auto" }, ...emphasized(best, own))));
    return page.element("table", { class: "aligned small" },
      page.element("caption", {}, `Run ${k + 1} by sentences; shared words are bold`),
      page.element("thead", {}, page.element("tr", {},
        page.element("th", { scope: "col" }, "Generation"),
        page.element("th", { scope: "col" }, "Nearest sentence of the training text"))),
      page.element("tbody", {}, ...rows));
  }

  return { table };
})();
