// What the page's programs share. Texts become text nodes only: nothing is ever parsed as HTML.
"use strict";
const page = {
  // the value in a packed block of the page: base64, gzip, JSON
  async unpack(id) {
    const block = document.getElementById(id);
    const bytes = Uint8Array.from(atob(block.textContent.trim()), (c) => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return JSON.parse(await new Response(stream).text());
  },

  // an element with properties and children; strings become text
  element(name, properties = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(properties)) {
      if (value === null || value === undefined || value === false) continue;
      if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
      else made.setAttribute(key, value === true ? "" : value);
    }
    made.append(...children);
    return made;
  },

  // the text as nodes, with characters that have no shape or turn the writing's direction spelled out;
  // joiners and the number signs of Arabic and Syriac, which have a shape, stay
  visible(text) {
    const hidden = /((?![\t\n\u0600-\u0605\u06dd\u070f\u08e2\u200c\u200d])[\p{Cc}\p{Cf}\u115f\u1160\u2028\u2029\u3164\uffa0])/u;
    return text.split(hidden).map((part, i) => {
      if (i % 2 === 0) return part;
      const code = part.codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
      return page.element("span", { class: "hidden-char" }, `U+${code}`);
    });
  },
};
