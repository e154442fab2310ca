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

  // the text as nodes, with characters that have no shape or turn the writing's direction spelled out
  visible(text) {
    const hidden = /([\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb])/;
    return text.split(hidden).map((part, i) => {
      if (i % 2 === 0) return part;
      const code = part.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
      return page.element("span", { class: "hidden-char" }, `U+${code}`);
    });
  },
};
