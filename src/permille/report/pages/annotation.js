"use strict";
const items = JSON.parse(document.getElementById("items").textContent);
const names = ["verbatim", "paraphrase", "idea", "none"];
const byId = (id) => document.getElementById(id);
const key = "permille " + items.map((item) => item.id).join(" ");
let labels = new Map();
let place = 0;

// storage is refused in some browsers' private windows; the file stays the safe place
function remember() {
  try { localStorage.setItem(key, JSON.stringify([...labels])); } catch { /* not kept */ }
}
function recall() {
  try { return new Map(JSON.parse(localStorage.getItem(key) || "[]")); } catch { return new Map(); }
}
function firstOpen() {
  const open = items.findIndex((item) => !labels.has(item.id));
  return open < 0 ? items.length - 1 : open;
}
function show() {
  const item = items[place];
  byId("generation").textContent = item.generation;
  byId("document").textContent = item.document;
  byId("place").textContent = `pair ${place + 1} of ${items.length}, ${labels.size} labeled`;
  byId("progress").max = items.length;
  byId("progress").value = labels.size;
  for (const button of byId("choices").children) {
    button.setAttribute("aria-pressed", String(labels.get(item.id) === button.value));
  }
}
function move(step) {
  place = Math.max(0, Math.min(items.length - 1, place + step));
  show();
}
function label(name) {
  if (name === null) labels.delete(items[place].id);
  else labels.set(items[place].id, name);
  byId("saved").textContent = "not saved to a file";
  remember();
  if (name === null) show(); else move(1);
}
function save() {
  const lines = items.map((item) => JSON.stringify({ id: item.id, label: labels.get(item.id) ?? null }));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([lines.join("\n") + "\n"], { type: "application/jsonl" }));
  link.download = "labels.jsonl";
  link.click();
  byId("saved").textContent = `${labels.size} labels saved to a file`;
}
async function resume(file) {
  const known = new Set(items.map((item) => item.id));
  try {
    for (const line of (await file.text()).split("\n").filter((text) => text.trim())) {
      const read = JSON.parse(line);
      if (known.has(read.id) && names.includes(read.label)) labels.set(read.id, read.label);
    }
    byId("saved").textContent = `went on from ${file.name}`;
  } catch {
    byId("saved").textContent = `${file.name} is no file of labels`;
  }
  remember();
  place = firstOpen();
  show();
}

for (const [index, name] of names.entries()) {
  const button = document.createElement("button");
  button.value = name;
  button.textContent = `${index + 1} ${name}`;
  button.addEventListener("click", () => label(name));
  byId("choices").append(button);
}
byId("save").addEventListener("click", save);
byId("resume").addEventListener("change", (event) => resume(event.target.files[0]));
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.tagName === "INPUT") return;
  if (event.key >= "1" && event.key <= "4") label(names[Number(event.key) - 1]);
  else if (event.key === "0") label(null);
  else if (event.key === "ArrowRight") move(1);
  else if (event.key === "ArrowLeft") move(-1);
  else if (event.key === "s") save();
});
labels = recall();
place = firstOpen();
show();
