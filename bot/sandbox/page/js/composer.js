// The input field with everything around it: reply and edit strip, commands menu, reply keyboards, big buttons.
import { h, fill, icon } from "./dom.js";
import { attempt, openLink, toast } from "./overlays.js";
import { asUser } from "./api.js";
import { Attachment } from "./attachment.js";
import { summary } from "./bubble.js";
import { Suggestions, commandItems, resultItems } from "./suggest.js";
import { ReplyKeyboard } from "./reply-keyboard.js";

const INLINE_DELAY_MS = 250;

export class Composer {
  #store;
  #drafts = new Map();
  #key = null;
  #context = null;
  #inlineTimer = 0;
  #inlineQuery = null;

  constructor(store) {
    this.#store = store;
    this.input = h("textarea.input", {
      rows: 1, placeholder: "Message", "aria-label": "Message", "data-testid": "composer", dir: "auto",
      autocomplete: "off", spellcheck: "true", enterkeyhint: "send", maxlength: 4096,
      oninput: () => this.#typed(), onkeydown: (event) => this.#keyed(event),
    });
    this.suggestions = new Suggestions(this.input);
    this.keyboard = new ReplyKeyboard((text) => this.send(text));
    this.menuButton = h("button.menu-button", {
      type: "button", "aria-label": "Commands", "data-testid": "commands", onclick: () => this.#commands(),
    }, icon("menu"), h("span", {}, "Menu"));
    this.attachment = new Attachment((file, base64) => this.#attach(file, base64));
    this.sendButton = h("button.send", { type: "submit", "aria-label": "Send", "data-testid": "send" }, icon("send"));
    this.strip = h("div.strip", { hidden: true });
    this.form = h("form.compose", { onsubmit: (event) => this.#submit(event) },
      this.menuButton, this.input, this.keyboard.toggle, ...this.attachment.elements, this.sendButton);
    this.big = h("button.big-button", { type: "button", hidden: true });
    this.element = h("footer.composer", {}, this.suggestions.element, this.strip, this.form, this.big, this.keyboard.element);
    store.on("selected", () => this.#selected());
    store.on("snapshot", () => this.#selected());
    store.on("changed", () => this.#frame());
    store.on("message", ({ chatId, message }) => this.#arrived(chatId, message));
    store.on("deleted", ({ ids }) => {
      if (this.#context && ids.includes(this.#context.message.message_id)) this.#clearContext();
    });
    store.on("inline_results", (answer) => this.#inlineResults(answer));
  }

  /** Fill the input field and put the cursor at its end. */
  compose(text) {
    this.input.value = text;
    this.#typed();
    this.input.focus();
    this.input.setSelectionRange(text.length, text.length);
  }

  reply(message) {
    this.#setContext("reply", message);
  }

  edit(message) {
    this.#setContext("edit", message);
    this.compose(message.text);
  }

  /** Send a text as the open user; gives it back to the input field if that fails. */
  async send(text, replyTo) {
    const { user, chatId } = this.#store.conversation();
    const sent = await attempt(() => asUser(user.id).send(chatId, text, replyTo));
    if (!sent && !this.input.value) this.compose(text);
    return Boolean(sent);
  }

  /** Send the chosen file at once; what is written is its caption. */
  async #attach(file, base64) {
    const { user, chatId } = this.#store.conversation();
    if (!await attempt(() => asUser(user.id).attach(chatId, file, base64, this.input.value.trim()))) return;
    this.input.value = "";
    this.#typed();
  }

  async #submit(event) {
    event.preventDefault();
    const text = this.input.value.trim();
    if (!text) return;
    const context = this.#context;
    const { user, chatId } = this.#store.conversation();
    this.#clearContext();
    this.input.value = "";
    this.#typed();
    if (context?.kind === "edit") await attempt(() => asUser(user.id).edit(chatId, context.message.message_id, text));
    else await this.send(text, context?.message.message_id);
  }

  #keyed(event) {
    if (event.isComposing || this.suggestions.key(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.form.requestSubmit();
    } else if (event.key === "Escape" && this.#context) {
      if (this.#context.kind === "edit") this.input.value = "";
      this.#clearContext();
    } else if (event.key === "ArrowUp" && !this.input.value) this.#editLast(event);
  }

  #editLast(event) {
    const { user, chatId } = this.#store.conversation();
    const mine = this.#store.of(chatId).filter((message) => message.from?.id === user.id && message.text).at(-1);
    if (!mine) return;
    event.preventDefault();
    this.edit(mine);
  }

  #typed() {
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight, 160)}px`;
    this.sendButton.classList.toggle("ready", this.input.value.trim() !== "");
    const text = this.input.value;
    const open = this.#store.conversation();
    clearTimeout(this.#inlineTimer);
    this.#inlineQuery = null;
    if (!open) return;
    if (/^\/\w*$/.test(text) && this.#context?.kind !== "edit") {
      this.suggestions.show(this.#commandItems(open, text));
      return;
    }
    const inline = new RegExp(`^@${this.#store.bot?.username}\\s([^]*)$`, "i").exec(text);
    if (inline) this.#inlineTimer = setTimeout(() => this.#inline(open, inline[1]), INLINE_DELAY_MS);
    else this.suggestions.hide();
  }

  #commandItems(open, text) {
    const send = (command) => {
      if (/^\/\w*$/.test(this.input.value)) this.input.value = "";
      this.#typed();
      this.send(command);
    };
    return commandItems(this.#store.commands.get(open.chatId) || [], text, send, (part) => this.compose(part));
  }

  #commands() {
    if (this.suggestions.open) {
      this.suggestions.hide();
      return;
    }
    const items = this.#commandItems(this.#store.conversation(), "/");
    if (!items.length) toast("This bot has no commands yet");
    this.suggestions.show(items);
    this.input.focus();
  }

  async #inline(open, query, offset = "") {
    const asked = await attempt(() => asUser(open.user.id).inline(query, open.chatId, offset));
    if (asked) this.#inlineQuery = { id: asked.inline_query_id, user: open.user.id, chatId: open.chatId, query };
  }

  #inlineResults(answer) {
    const asked = this.#inlineQuery;
    const text = this.input.value.replace(/^@\w+\s/, "");
    const open = this.#store.conversation();
    if (answer.user_id !== open?.user.id || answer.query !== text) return;
    const id = answer.inline_query_id ?? asked?.id;
    const choose = (resultId) => {
      this.input.value = "";
      this.#typed();
      attempt(() => asUser(open.user.id).choose(id, resultId, open.chatId));
    };
    const items = resultItems(answer, choose, (start) => this.#startBot(open, start));
    const more = answer.next_offset ? () => this.#inline(open, answer.query, answer.next_offset) : null;
    if (answer.offset) this.suggestions.append(items, more);
    else this.suggestions.show(items, -1, more);
  }

  /** Follow an address; one of the bot's own opens the private chat and starts it, as Telegram's clients do. */
  follow(address) {
    const own = new RegExp(`^https?://t\\.me/${this.#store.bot.username}\\?start=([A-Za-z0-9_-]{1,64})$`, "i").exec(address);
    if (own) this.#startBot(this.#store.conversation(), own[1]);
    else openLink(address);
  }

  /** Start the bot in the private chat, from wherever it was asked for. */
  #startBot(open, parameter) {
    this.input.value = "";
    this.#typed();
    this.#store.select(String(open.user.id));
    this.send(`/start ${parameter}`.trim());
  }

  #arrived(chatId, message) {
    if (chatId !== this.#store.conversation()?.chatId) return;
    if (message.reply_markup?.force_reply) this.#setContext("reply", message);
  }

  #setContext(kind, message) {
    this.#context = { kind, message };
    const name = message.from?.first_name || "Message";
    this.strip.hidden = false;
    fill(this.strip, icon(kind),
      h("div.strip-text", {}, h("b", {}, kind === "edit" ? "Edit message" : `Reply to ${name}`),
        h("span", { dir: "auto" }, summary(message))),
      h("button.icon-button", {
        type: "button", "aria-label": "Cancel", onclick: () => {
          if (kind === "edit") this.input.value = "";
          this.#clearContext();
          this.#typed();
        },
      }, icon("close")));
    this.input.placeholder = message.reply_markup?.input_field_placeholder || "Message";
    this.input.focus();
  }

  #clearContext() {
    this.#context = null;
    this.strip.hidden = true;
    this.#frame();
  }

  /** Another conversation is open: keep the draft of the last one and take out this one's. */
  #selected() {
    const open = this.#store.conversation();
    if (!open || this.#key === open.key) return;
    if (this.#key !== null) this.#drafts.set(this.#key, this.#context?.kind === "edit" ? "" : this.input.value);
    this.#key = open.key;
    this.#clearContext();
    this.input.value = this.#drafts.get(open.key) || "";
    this.#typed();
  }

  #frame() {
    const open = this.#store.conversation();
    if (!open || !this.#store.bot) return;
    const messages = this.#store.of(open.chatId);
    this.keyboard.follow(messages, open);
    this.menuButton.hidden = !(this.#store.commands.get(open.chatId) || []).length;
    if (!this.#context) this.input.placeholder = this.keyboard.placeholder || "Message";
    if (open.user.blocked) this.#bigButton("UNBLOCK BOT", () => asUser(open.user.id).block(false));
    else if (!messages.length && !open.group) this.#bigButton("START", () => asUser(open.user.id).send(open.chatId, "/start"));
    else this.#bigButton(null);
  }

  #bigButton(label, action) {
    this.big.hidden = label === null;
    this.form.hidden = label !== null;
    if (label === null) return;
    this.big.textContent = label;
    this.big.dataset.testid = label === "START" ? "start" : "unblock";
    this.big.onclick = () => attempt(action);
  }
}
