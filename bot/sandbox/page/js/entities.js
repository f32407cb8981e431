// Turns a message's text and entities into elements. Offsets and lengths count UTF-16 code units, as JavaScript does.
import { h, icon, fullTime } from "./dom.js";
import { show } from "./datetime.js";

// These stand on lines of their own, so that the line break beside them must not show as an empty line.
const BLOCKS = new Set(["pre", "blockquote", "expandable_blockquote"]);
const TAGS = { bold: "b", italic: "i", underline: "u", strikethrough: "s" };

/** Return the nodes of a text; `actions` has copy(text), open(url, label), command(text) and language(). */
export function render(text, entities, actions) {
  const sorted = [...(entities || [])].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return range(text, 0, text.length, sorted, actions);
}

/** Render one stretch: plain text, and each outermost entity with what lies inside it. */
function range(text, start, end, entities, actions) {
  const nodes = [];
  let at = start;
  for (let index = 0; index < entities.length; ) {
    const entity = entities[index];
    const stop = Math.min(entity.offset + entity.length, end);
    let next = index + 1;
    while (next < entities.length && entities[next].offset < stop) next += 1;
    if (entity.offset >= at && stop > entity.offset) {
      const block = BLOCKS.has(entity.type);
      const before = block && text[entity.offset - 1] === "\n" ? entity.offset - 1 : entity.offset;
      if (before > at) nodes.push(text.slice(at, before));
      const inner = range(text, entity.offset, stop, entities.slice(index + 1, next), actions);
      nodes.push(element(entity, text.slice(entity.offset, stop), inner, actions));
      at = block && text[stop] === "\n" && stop < end ? stop + 1 : stop;
      index = next;
    } else {
      index += 1;
    }
  }
  if (at < end) nodes.push(text.slice(at, end));
  return nodes;
}

function element(entity, text, inner, actions) {
  if (TAGS[entity.type]) return h(TAGS[entity.type], {}, inner);
  const make = MAKERS[entity.type];
  return make ? make(entity, text, inner, actions) : h("span", {}, inner);
}

const button = (className, title, onclick, inner) =>
  h(`button.${className}`, { type: "button", title, onclick }, inner);

const link = (address, inner, actions) =>
  h("a.link", {
    href: address,
    rel: "noopener noreferrer",
    onclick: (event) => {
      event.preventDefault();
      actions.open(address);
    },
  }, inner);

const withScheme = (text) => (/^[a-z][a-z0-9+.-]*:/i.test(text) ? text : `https://${text}`);

const MAKERS = {
  code: (_entity, text, inner, actions) => button("code", "Copy", () => actions.copy(text), inner),
  pre: (entity, text, inner, actions) =>
    h("span.pre", {},
      h("span.pre-head", {},
        h("span", {}, entity.language || "text"),
        h("button.pre-copy", { type: "button", "aria-label": "Copy code", onclick: () => actions.copy(text) },
          icon("copy"))),
      h("code", {}, inner)),
  text_link: (entity, _text, inner, actions) => link(entity.url, inner, actions),
  url: (_entity, text, inner, actions) => link(withScheme(text), inner, actions),
  email: (_entity, text, inner, actions) => button("plain-link", "Copy", () => actions.copy(text), inner),
  phone_number: (_entity, text, inner, actions) => button("plain-link", "Copy", () => actions.copy(text), inner),
  bot_command: (_entity, text, inner, actions) => button("plain-link", `Send ${text}`, () => actions.command(text), inner),
  mention: (_entity, _text, inner) => h("span.link", {}, inner),
  text_mention: (_entity, _text, inner) => h("span.link", {}, inner),
  hashtag: (_entity, _text, inner) => h("span.link", {}, inner),
  cashtag: (_entity, _text, inner) => h("span.link", {}, inner),
  blockquote: (_entity, _text, inner) => h("span.quote", { role: "blockquote" }, inner),
  expandable_blockquote: (_entity, _text, inner) => expandable(inner),
  spoiler: (_entity, _text, inner) => spoiler(inner),
  date_time: (entity, text, _inner, actions) => {
    const language = actions.language?.() || "en";
    const format = entity.date_time_format || "";
    const when = h("time", {
      datetime: new Date(entity.unix_time * 1000).toISOString(),
      title: fullTime(entity.unix_time),
      // A countdown renewed every second must not be read out every second.
      "aria-live": "off",
      lang: language,
    }, show(entity.unix_time, format, text, language));
    if (format === "r") when.dataset.relative = entity.unix_time;
    return when;
  },
};

function expandable(inner) {
  const words = h("span.quote-text", {}, inner);
  const quote = h("span.quote.expandable", { role: "blockquote" }, words);
  const toggle = h("button.quote-toggle", {
    type: "button",
    "aria-expanded": "false",
    "aria-label": "Show the whole quote",
    onclick: () => {
      const open = quote.classList.toggle("open");
      toggle.setAttribute("aria-expanded", String(open));
      toggle.setAttribute("aria-label", open ? "Shorten the quote" : "Show the whole quote");
    },
  }, icon("down"));
  quote.append(toggle);
  // What fits in three lines has nothing to show that is not seen.
  new ResizeObserver(() => {
    if (!quote.classList.contains("open")) toggle.hidden = words.scrollHeight <= words.clientHeight + 1;
  }).observe(words);
  return quote;
}

function spoiler(inner) {
  const cover = h("span.spoiler", {
    role: "button",
    tabindex: "0",
    "aria-label": "Hidden text, press to show",
  }, h("span.spoiler-text", { "aria-hidden": "true" }, inner));
  const reveal = () => {
    cover.classList.add("shown");
    for (const name of ["role", "tabindex", "aria-label"]) cover.removeAttribute(name);
    cover.firstChild.removeAttribute("aria-hidden");
  };
  cover.addEventListener("click", reveal);
  cover.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") reveal();
  });
  return cover;
}
