/** Elements, made without markup: no text of anybody ever becomes any. */

/** An element with these attributes, listeners (functions) and children (nodes and text); null is left out. */
export function make(name, given = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(given)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") made.addEventListener(key, value);
    else if (key === "value") made.value = value;
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}

/** A button that does something at once. */
export function button(text, does, given = {}) {
  return make("button", { type: "button", click: does, ...given }, text);
}

/** The heading of a step, to which the focus goes when the step begins. */
export function heading(text, level = 1) {
  return make(`h${level}`, { tabindex: "-1" }, text);
}

/** Puts the children in place of what is there, and the focus where reading or typing goes on. */
export function step(place, ...children) {
  place.replaceChildren(...children.flat().filter(Boolean));
  const title = place.querySelector("h1");
  if (title) document.title = `${title.textContent} – Pillarbox`;
  (place.querySelector("[autofocus]") ?? place.querySelector("h1, h2"))?.focus();
}

let count = 0;

/** An id that nothing else on the page has. */
export function fresh(prefix) {
  count += 1;
  return `${prefix}-${count}`;
}
