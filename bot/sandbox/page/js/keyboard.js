// Inline keyboards: what every kind of button does, and the spinner of a tapped one until its callback is answered.
import { h, icon } from "./dom.js";
import { attempt, copy, openLink, toast, alertBox } from "./overlays.js";
import { asUser } from "./api.js";

const SPIN_MS = 15_000;

export class Keyboards {
  #store;
  #compose;
  #follow;
  #waiting = new Map();
  #answered = new Set();

  /** `compose` fills the input field with a text, `follow` opens an address. */
  constructor(store, compose, follow) {
    this.#store = store;
    this.#compose = compose;
    this.#follow = follow;
    store.on("answered", (answer) => this.#answer(answer));
  }

  /** Build the keyboard under a message, or return null if it has none. */
  build(message, chatId) {
    const rows = message.reply_markup?.inline_keyboard;
    if (!rows?.length) return null;
    return h("div.keyboard", { role: "group", "aria-label": "Buttons of the message" },
      rows.map((row, r) => h("div.keyboard-row", {}, row.map((button, c) => this.#button(message, chatId, button, r, c)))));
  }

  #button(message, chatId, button, row, column) {
    const sign = signOf(button);
    const element = h(`button.kb${button.style ? `.${button.style}` : ""}`, {
      type: "button",
      "data-testid": "kb",
      "data-label": button.text,
      "data-place": `${row}:${column}`,
      onclick: () => this.#press(message, chatId, button, row, column, element),
    },
    h("span.kb-label", { dir: "auto" }, button.text),
    sign ? h("span.kb-sign", { "aria-hidden": "true" }, sign) : null,
    h("span.kb-spinner", { "aria-hidden": "true" }));
    if (this.#spinning(chatId, message.message_id, row, column)) spin(element, true);
    return element;
  }

  async #press(message, chatId, button, row, column, element) {
    if (button.callback_data !== undefined) await this.#tap(message, chatId, row, column, element);
    else if (button.copy_text) await copy(button.copy_text.text);
    else if (button.url) await this.#follow(button.url);
    else if (button.switch_inline_query_current_chat !== undefined) {
      this.#compose(`@${this.#store.bot.username} ${button.switch_inline_query_current_chat}`);
    } else if (button.switch_inline_query !== undefined) {
      this.#compose(`@${this.#store.bot.username} ${button.switch_inline_query}`);
    } else toast("This kind of button works in Telegram only");
  }

  /** Send a tap. A second one while the first waits is sent too: the user may hold two devices. */
  async #tap(message, chatId, row, column, element) {
    const wait = { chatId, messageId: message.message_id, row, column, user: this.#store.conversation().user.id };
    const key = Symbol("tap");
    this.#waiting.set(key, wait);
    spin(element, true);
    const stop = () => {
      this.#waiting.delete(key);
      this.#refresh(wait);
    };
    const timer = setTimeout(stop, SPIN_MS);
    const sent = await attempt(() => asUser(wait.user).tap(chatId, message.message_id, row, column));
    wait.id = sent?.callback_query_id;
    wait.stop = () => {
      clearTimeout(timer);
      stop();
    };
    // The answer may have overtaken the response that carries its id.
    if (!sent || this.#answered.delete(wait.id)) wait.stop();
  }

  #answer(answer) {
    const open = this.#store.conversation();
    const wait = [...this.#waiting.values()].find((one) => one.id === answer.callback_query_id);
    if (wait) wait.stop();
    else this.#answered.add(answer.callback_query_id);
    if (!open || open.user.id !== answer.user_id) return;
    if (answer.url) openLink(answer.url);
    else if (answer.text && answer.show_alert) alertBox(answer.text);
    else if (answer.text) toast(answer.text);
  }

  #spinning(chatId, messageId, row, column) {
    return [...this.#waiting.values()].some((wait) =>
      wait.chatId === chatId && wait.messageId === messageId && wait.row === row && wait.column === column);
  }

  #refresh({ chatId, messageId, row, column }) {
    const element = document.querySelector(`[data-message-id="${messageId}"] [data-place="${row}:${column}"]`);
    if (element && !this.#spinning(chatId, messageId, row, column)) spin(element, false);
  }
}

function spin(element, on) {
  element.classList.toggle("spinning", on);
  element.setAttribute("aria-busy", String(on));
}

function signOf(button) {
  if (button.url) return "↗";
  if (button.copy_text) return icon("copy");
  if (button.switch_inline_query_current_chat !== undefined || button.switch_inline_query !== undefined) return "@";
  return null;
}
