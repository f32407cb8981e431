// What surrounds the messages: the header with the bot's state and menu, and the welcome of an empty chat.
import { h, fill, icon, avatar } from "./dom.js";
import { attempt, menu } from "./overlays.js";
import { asUser } from "./api.js";

const ACTIONS = { typing: "typing", upload_photo: "sending a photo", upload_document: "sending a file" };

export class Frame {
  #store;

  constructor(store) {
    this.#store = store;
    this.header = h("header.chat-header");
    this.welcome = h("div.start-screen", { hidden: true });
    this.note = h("p.blocked-note", { role: "status", hidden: true }, h("span.pill", {}, "You blocked the bot"));
    for (const name of ["changed", "connection"]) store.on(name, () => this.#draw());
  }

  #draw() {
    const open = this.#store.conversation();
    if (!open || !this.#store.bot) return;
    this.#drawHeader(open, this.#store.bot);
    this.#drawWelcome(open, this.#store.bot);
    this.note.hidden = !open.user.blocked;
  }

  #drawHeader(open, bot) {
    const title = open.group ? open.group.title : bot.first_name;
    const state = this.#state(open);
    const stamp = `${title}|${state.textContent}|${open.key}|${this.#store.connected}`;
    if (this.header.dataset.stamp === stamp) return;
    this.header.dataset.stamp = stamp;
    fill(this.header, avatar(title, bot.id, ".bot"),
      h("div.chat-title", {}, h("h1", { dir: "auto" }, title), state),
      this.#store.connected ? null : h("span.offline", { role: "status" }, "reconnecting…"),
      h("button.icon-button", {
        type: "button", "aria-label": "Chat menu", "aria-haspopup": "menu", "data-testid": "chat-menu",
        onclick: (event) => this.#menu(event),
      }, icon("more")));
  }

  #state(open) {
    const typing = this.#store.typing.get(open.chatId);
    if (typing) {
      const words = ACTIONS[typing.action] || typing.action.replaceAll("_", " ");
      return h("span.status.typing", { "data-testid": "typing" }, words, h("i.dots"));
    }
    if (open.user.blocked) return h("span.status", {}, "blocked by you");
    return h("span.status", {}, open.group ? "group" : `bot · you are ${open.user.first_name}`);
  }

  #drawWelcome(open, bot) {
    const fresh = this.#store.of(open.chatId).length === 0 && !open.group;
    this.welcome.hidden = !fresh;
    const description = this.#store.description(open.user);
    const stamp = `${open.key}|${bot.first_name}|${description}`;
    if (!fresh || this.welcome.dataset.stamp === stamp) return;
    this.welcome.dataset.stamp = stamp;
    fill(this.welcome, h("div.start-card", {},
      avatar(bot.first_name, bot.id, ".bot.large"),
      h("h2", {}, bot.first_name),
      h("p.start-head", {}, "What can this bot do?"),
      h("p.start-text", { dir: "auto" }, description || "Press START to begin.")));
  }

  #menu(event) {
    const { user } = this.#store.conversation();
    const spot = event.currentTarget.getBoundingClientRect();
    menu([{
      label: user.blocked ? "Unblock bot" : "Block bot",
      icon: user.blocked ? "check" : "close",
      kind: user.blocked ? "" : "danger",
      run: () => attempt(() => asUser(user.id).block(!user.blocked)),
    }], spot.right - 200, spot.bottom + 4);
  }
}
