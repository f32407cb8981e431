// Builds elements. Text from outside only ever becomes text nodes, so nothing in a message can become markup.

/**
 * Create an element: h("button.primary", { onclick, "data-x": "1" }, "text", child, …).
 * Names starting with "on" become listeners; true, false and null set, unset and skip an attribute.
 */
export function h(selector, attributes = {}, ...children) {
  const [tag, ...classes] = selector.split(".");
  const element = document.createElement(tag || "div");
  if (classes.length) element.className = classes.join(" ");
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  append(element, children);
  return element;
}

/** Append children; arrays are flattened, null and false are skipped, anything else but a node becomes text. */
export function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
}

/** Replace all children. */
export function fill(element, ...children) {
  element.replaceChildren();
  append(element, children);
}

const SVG = "http://www.w3.org/2000/svg";
const ICONS = {
  send: "M3.4 20.4 21 12 3.4 3.6 3.4 10.1 15 12 3.4 13.9z",
  check: "M4.500 12.5 9.5 17.5 19.5 7",
  close: "M6 6 18 18M18 6 6 18",
  copy: "M9 9V5.500A1.500 1.5 0 0 1 10.5 4h8A1.500 1.5 0 0 1 20 5.5v8a1.500 1.5 0 0 1-1.5 1.5H15M5.500 9h8A1.500 1.5 0 0 1 15 10.5v8a1.500 1.5 0 0 1-1.5 1.5h-8A1.500 1.5 0 0 1 4 18.5v-8A1.500 1.5 0 0 1 5.5 9z",
  down: "M6 9.5 12 15.5 18 9.5",
  more: "M12 6h.01M12 12h.01M12 18h.01",
  menu: "M4.500 7h15M4.500 12h15M4.500 17h15",
  sun: "M12 4V2.500M12 21.5V20M4 12H2.500M21.500 12H20M6.300 6.3 5.3 5.3M18.700 18.7l-1-1M6.300 17.7l-1 1M18.700 5.3l-1 1M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0z",
  moon: "M20 14.5A8 8 0 1 1 9.5 4a6.500 6.5 0 0 0 10.5 10.5z",
  file: "M13.500 3.5h-6A1.500 1.5 0 0 0 6 5v14a1.500 1.5 0 0 0 1.5 1.5h9A1.500 1.5 0 0 0 18 19V8zM13.500 3.5V8H18",
  reply: "M10 7 5 12l5 5M5.500 12H14a5 5 0 0 1 5 5v1",
  edit: "M5 19l1-4L16.500 4.5l3 3L9 18z",
  trash: "M5 7h14M10 7V4.500h4V7M7 7l1 12.5h8L17 7",
  keyboard: "M4 7h16v10H4zM7 10h.01M10.500 10h.01M14 10h.01M17 10h.01M8.500 14h7",
  grid: "M5 5h5.500v5.500H5zM13.500 5H19v5.500h-5.5zM5 13.5h5.500V19H5zM13.500 13.5H19V19h-5.5z",
};

/** Return a decorative icon by name. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("icon", `icon-${name}`);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** Return a colour class and up to two initials for a name, as round pictures of people have them. */
export function avatar(name, id, extra = "") {
  const words = String(name || "?").trim().split(/\s+/);
  const initials = words.slice(0, 2).map((word) => Array.from(word)[0]).join("").toUpperCase();
  return h(`span.avatar.tone-${Math.abs(Number(id) || 0) % 7}${extra}`, { "aria-hidden": "true" }, initials);
}

/** Copy text to the clipboard, by the modern way or the old one; resolves to whether it worked. */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const holder = h("textarea.offscreen", { readonly: true, "aria-hidden": "true" });
    holder.value = text;
    (document.querySelector("dialog[open]") || document.body).append(holder);
    holder.select();
    const copied = document.execCommand("copy");
    holder.remove();
    return copied;
  }
}

const TIME = new Intl.DateTimeFormat([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const FULL = new Intl.DateTimeFormat([], { dateStyle: "medium", timeStyle: "medium" });
const DAY = new Intl.DateTimeFormat("en", { day: "numeric", month: "long" });

/** "14:05" of a Unix time in seconds. */
export const clockTime = (seconds) => TIME.format(seconds * 1000);

/** Date and time to the second, for titles. */
export const fullTime = (seconds) => FULL.format(seconds * 1000);

/** "Today", "Yesterday" or "5 March" of a Unix time in seconds. */
export function dayName(seconds, now = Date.now()) {
  const day = new Date(seconds * 1000).toDateString();
  if (day === new Date(now).toDateString()) return "Today";
  if (day === new Date(now - 86_400_000).toDateString()) return "Yesterday";
  return DAY.format(seconds * 1000);
}
