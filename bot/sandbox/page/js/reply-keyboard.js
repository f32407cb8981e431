// The keyboard that a bot puts in place of the letters: it follows the newest message that set or removed one.
import { h, fill, icon } from "./dom.js";
import { toast } from "./overlays.js";

export class ReplyKeyboard {
  #send;
  #source = null;
  #shown = false;

  constructor(send) {
    this.#send = send;
    this.element = h("div.reply-keyboard", { role: "group", "aria-label": "Answers offered by the bot", hidden: true });
    this.toggle = h("button.icon-button", {
      type: "button", "aria-label": "Show the bot's keyboard", hidden: true, onclick: () => this.#show(!this.#shown),
    }, icon("grid"));
    this.placeholder = "";
  }

  /** Take over the keyboard that is in force after these messages. */
  follow(messages, open) {
    const source = messages.findLast((message) => {
      const markup = message.reply_markup;
      return markup && (markup.keyboard || markup.remove_keyboard);
    });
    const markup = source?.reply_markup?.keyboard ? source.reply_markup : null;
    const stamp = markup ? `${open.key} ${source.message_id}` : null;
    const used = Boolean(markup?.one_time_keyboard)
      && messages.some((message) => message.from?.id === open.user.id && message.message_id > source.message_id);
    this.placeholder = markup?.input_field_placeholder || "";
    this.toggle.hidden = markup === null;
    if (stamp !== this.#source) {
      this.#source = stamp;
      fill(this.element, (markup?.keyboard || []).map((row) => h("div.keyboard-row", {}, row.map((key) => this.#key(key)))));
      this.#show(markup !== null && !used);
    } else if (used && !markup.is_persistent && this.#usedStamp !== stamp) {
      this.#usedStamp = stamp;
      this.#show(false);
    }
  }

  #usedStamp = null;

  #key(key) {
    const label = typeof key === "string" ? key : key.text;
    const special = typeof key === "object" && Object.keys(key).some((name) => name.startsWith("request_") || name === "web_app");
    return h(`button.rk${key.style ? `.${key.style}` : ""}`, {
      type: "button",
      "data-testid": "rk",
      "data-label": label,
      dir: "auto",
      onclick: () => (special ? toast("This kind of button works in Telegram only") : this.#send(label)),
    }, label);
  }

  #show(on) {
    this.#shown = on;
    this.element.hidden = !on;
    this.toggle.setAttribute("aria-pressed", String(on));
  }
}
