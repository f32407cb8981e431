// What opens above the input field: commands that fit what is typed, and the results of an inline query.
import { h, fill, avatar } from "./dom.js";

const NEAR_THE_END = 80;

/** A list that is driven from the input field: arrows choose, Enter runs, Tab completes. */
export class Suggestions {
  #input;
  #items = [];
  #index = -1;
  #more = null;

  constructor(input) {
    this.#input = input;
    this.element = h("div.suggestions", {
      id: "suggestions", role: "listbox", "aria-label": "Suggestions", hidden: true, onscroll: () => this.#scrolled(),
    });
    input.setAttribute("aria-controls", "suggestions");
    input.setAttribute("aria-autocomplete", "list");
  }

  get open() {
    return !this.element.hidden;
  }

  /** Show items of {title, text, picture, run, complete}; none closes the list. `more` is called once at its end. */
  show(items, chosen = 0, more = null) {
    this.#items = items;
    this.#more = more;
    this.element.hidden = items.length === 0;
    fill(this.element, items.map((item, index) => this.#row(item, index)));
    this.element.scrollTop = 0;
    this.#mark(items.length ? chosen : -1);
  }

  /** Add items below the others. */
  append(items, more = null) {
    this.#more = more;
    this.element.append(...items.map((item, index) => this.#row(item, this.#items.length + index)));
    this.#items = [...this.#items, ...items];
  }

  #row(item, index) {
    const row = h("div.suggestion", { role: "option", id: `suggestion-${index}`, "data-testid": "suggestion", "aria-selected": "false" },
      item.picture ? avatar(item.title, index) : null,
      h("span.suggestion-text", {}, h("b", { dir: "auto" }, item.title), h("span", { dir: "auto" }, item.text || "")));
    row.addEventListener("pointerdown", (event) => event.preventDefault());
    row.addEventListener("click", () => this.#run(item));
    return row;
  }

  #scrolled() {
    const left = this.element.scrollHeight - this.element.scrollTop - this.element.clientHeight;
    if (left > NEAR_THE_END || !this.#more || !this.open) return;
    const more = this.#more;
    this.#more = null;
    more();
  }

  hide() {
    this.show([]);
  }

  /** Use a key of the input field; returns whether the list took it. */
  key(event) {
    if (!this.open) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const item = this.#items[this.#index];
    if (step) this.#mark((this.#index + step + this.#items.length) % this.#items.length);
    else if (event.key === "Escape") this.hide();
    else if (event.key === "Tab" && item?.complete) item.complete();
    else if (event.key === "Enter" && !event.shiftKey && item) this.#run(item);
    else return false;
    event.preventDefault();
    return true;
  }

  #run(item) {
    this.hide();
    item.run();
  }

  #mark(index) {
    this.#index = index;
    [...this.element.children].forEach((row, at) => {
      row.setAttribute("aria-selected", String(at === index));
      if (at === index) row.scrollIntoView({ block: "nearest" });
    });
    if (index >= 0) this.#input.setAttribute("aria-activedescendant", `suggestion-${index}`);
    else this.#input.removeAttribute("aria-activedescendant");
  }
}

/** The commands that begin with what is typed, as items. */
export function commandItems(commands, typed, send, complete) {
  const start = typed.slice(1).toLowerCase();
  return commands
    .filter((command) => command.command.startsWith(start))
    .map((command) => ({
      title: `/${command.command}`,
      text: command.description,
      run: () => send(`/${command.command}`),
      complete: () => complete(`/${command.command} `),
    }));
}

/** The results of an inline query, as items; the button above them only with the first of them. */
export function resultItems(answer, choose, start) {
  const items = (answer.results || []).map((result) => ({
    title: result.title || result.id,
    text: result.description || result.input_message_content?.message_text || "",
    picture: true,
    run: () => choose(result.id),
  }));
  if (answer.offset) return items;
  if (answer.button) {
    items.unshift({
      title: answer.button.text,
      text: "Go to the bot",
      run: () => start(answer.button.start_parameter || ""),
    });
  }
  return items.length ? items : [{ title: "No results", text: "Nothing fits this query", run: () => {} }];
}
