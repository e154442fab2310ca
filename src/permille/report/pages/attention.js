// The attention browser: example x layer x head, and the stored map of weights with its tokens.
"use strict";
(() => {
  const at = (id) => document.getElementById(id);
  const form = at("attention-choice"), table = at("head-map"), canvas = at("weight-map");
  const readout = at("weight-readout"), strongest = at("weight-strongest"), tokens = at("weight-tokens");
  // anchors of cividis, which color-blind readers see as everybody does
  const scale = [[0, 32, 76], [60, 77, 110], [123, 123, 120], [188, 174, 108], [255, 233, 69]];
  let data = null, chosen = { layer: null, head: null }, cell = [0, 0], map = null, weights = null;

  function color(share) {
    const place = Math.min(Math.max(share, 0), 1) * (scale.length - 1);
    const low = Math.min(Math.floor(place), scale.length - 2);
    return scale[low].map((from, i) => Math.round(from + (scale[low + 1][i] - from) * (place - low)));
  }

  // black or white, whichever stands out more, by the luminance that WCAG defines
  function ink(share) {
    const [r, g, b] = color(share).map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? "#000" : "#fff";
  }

  const paint = (share) => `rgb(${color(share).join(",")})`;
  const value = (name) => form.elements[name].value;

  // whether the weights beside the map are of a head: a mean is of all heads of its layer
  const isShown = (layer, head) => Boolean(map) && map.layer === layer && (map.head === null || map.head === head);

  function headMap() {
    const example = Number(value("example"));
    const kind = value("kind");
    const values = data.heads[value("epoch")][kind];
    const layers = data.layers[kind];
    const numHeads = values[0][0].length;
    const mean = (l, h) => {
      const known = values.map((one) => one[l][h]).filter((one) => one !== null);
      return known.length ? known.reduce((a, b) => a + b, 0) / known.length : null;
    };
    const of = (l, h) => (example < 0 ? mean(l, h) : values[example][l][h]);
    const heads = [...Array(numHeads).keys()];
    const head = page.element("thead", {}, page.element("tr", {}, page.element("th", { scope: "col" }, "layer"),
      ...heads.map((h) => page.element("th", { scope: "col" }, `head ${h}`))));
    const body = page.element("tbody", {}, ...layers.map((layer, l) => page.element("tr", {},
      page.element("th", { scope: "row" }, String(layer)),
      ...heads.map((h) => {
        const cad = of(l, h);
        const button = page.element("button", {
          type: "button", "aria-pressed": String(isShown(layer, h)),
          "aria-label": `layer ${layer}, head ${h}: ${cad === null ? "–" : cad.toFixed(2)}`,
          onclick: () => { chosen = { layer, head: h }; draw(); },
        }, cad === null ? "–" : cad.toFixed(2));
        if (cad !== null) {
          button.style.background = paint(cad);
          button.style.color = ink(cad);
        }
        return page.element("td", {}, button);
      }))));
    table.replaceChildren(page.element("caption", {}, `Normalized entropy by layer and head, ${kind} attention`), head, body);
  }

  // the stored map that fits best: this head's, else the mean over heads of this layer, else any
  function fitting() {
    const example = data.examples[Number(value("example"))];
    if (value("kind") !== "cross" || !example) return null;
    const maps = data.maps.filter((one) => one.epoch === Number(value("epoch")) && one.example === example.id);
    return maps.find((one) => one.layer === chosen.layer && one.head === chosen.head)
      ?? maps.find((one) => one.layer === chosen.layer && one.head === null)
      ?? maps.find((one) => one.head === null) ?? maps[0] ?? null;
  }

  function weightMap() {
    at("weight-panel").hidden = !map;
    at("weight-none").hidden = Boolean(map);
    if (!map) return;
    const bytes = Uint8Array.from(atob(map.weights), (c) => c.charCodeAt(0));
    const [height, width] = [map.target.length, map.source.length];
    weights = bytes;
    canvas.width = width;
    canvas.height = height;
    const zoom = Math.max(2, Math.min(14, 660 / width, 480 / height));
    canvas.style.width = `${width * zoom}px`;
    canvas.style.height = `${height * zoom}px`;
    const pixels = new ImageData(width, height);
    bytes.forEach((byte, i) => pixels.data.set([...color(byte / 255), 255], 4 * i));
    canvas.getContext("2d").putImageData(pixels, 0, 0);
    at("weight-title").textContent = `Cross-attention of ${map.example}, layer ${map.layer}, `
      + `${map.head === null ? "mean over heads" : `head ${map.head}`}, epoch ${map.epoch}; `
      + `the darkest blue is 0, the brightest yellow ${map.largest.toFixed(3)}, the largest weight of this map`;
    at("weight-steps").textContent = `decoder steps, 1 to ${height} downwards`;
    at("weight-positions").textContent = `source positions, 1 to ${width} to the right`;
    canvas.setAttribute("aria-label", `${at("weight-title").textContent}. ${height} by ${width} weights; the largest are listed below.`);
    const order = [...bytes.keys()].sort((a, b) => bytes[b] - bytes[a]).slice(0, 5);
    strongest.replaceChildren(...order.map((i) => page.element("li", {}, ...sentence(Math.floor(i / width), i % width))));
    cell = order.length ? [Math.floor(order[0] / width), order[0] % width] : [0, 0];
    point();
  }

  function sentence(step, position) {
    const weight = (weights[step * map.source.length + position] / 255) * map.largest;
    return ["writing ", page.element("code", {}, ...page.visible(map.target[step])), ` (step ${step + 1}) looks at `,
      page.element("code", {}, ...page.visible(map.source[position])), ` (position ${position + 1}): ${weight.toFixed(3)}`];
  }

  function point() {
    readout.replaceChildren(...sentence(...cell));
    const row = weights.subarray(cell[0] * map.source.length, (cell[0] + 1) * map.source.length);
    const largest = Math.max(1, ...row);
    tokens.replaceChildren(...map.source.map((token, i) => {
      const made = page.element("span", {}, ...page.visible(token.replaceAll("\u2581", " ")));
      const share = row[i] / largest;
      made.style.background = `color-mix(in srgb, var(--verbatim) ${Math.round(share * 100)}%, transparent)`;
      return made;
    }));
  }

  canvas.addEventListener("pointermove", (event) => {
    const box = canvas.getBoundingClientRect();
    const position = Math.floor(((event.clientX - box.left) / box.width) * map.source.length);
    const step = Math.floor(((event.clientY - box.top) / box.height) * map.target.length);
    cell = [Math.min(Math.max(step, 0), map.target.length - 1), Math.min(Math.max(position, 0), map.source.length - 1)];
    point();
  });
  canvas.addEventListener("keydown", (event) => {
    const moves = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] };
    const move = moves[event.key];
    if (!move) return;
    event.preventDefault();
    cell = [Math.min(Math.max(cell[0] + move[0], 0), map.target.length - 1), Math.min(Math.max(cell[1] + move[1], 0), map.source.length - 1)];
    point();
  });

  function draw() {
    const focused = table.contains(document.activeElement) ? document.activeElement.getAttribute("aria-label") : null;
    map = fitting();
    headMap();
    weightMap();
    [...table.querySelectorAll("button")].find((one) => one.getAttribute("aria-label") === focused)?.focus();
  }

  page.attention = page.unpack("attention-data").then((values) => {
    data = values;
    const fill = (name, pairs) => form.elements[name].append(...pairs.map(([v, text]) => page.element("option", { value: v }, text)));
    const mapped = new Set(data.maps.map((one) => one.example));
    fill("example", [...data.examples.map((one, i) => [i, `${one.id} (${one.split === "train" ? "training" : "held-out"}${mapped.has(one.id) ? ", with map" : ""})`]), [-1, "mean over examples"]]);
    fill("kind", Object.keys(data.layers).map((kind) => [kind, kind === "cross" ? "cross" : `${kind} self`]));
    fill("epoch", data.epochs.map((epoch) => [epoch, epoch]));
    const first = data.maps[0];
    chosen = { layer: first?.layer ?? Object.values(data.layers)[0].at(-1), head: first?.head ?? 0 };
    form.addEventListener("input", draw);
    form.addEventListener("submit", (event) => event.preventDefault());
    draw();
  });
})();
