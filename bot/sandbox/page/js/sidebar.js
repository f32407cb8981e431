// The list of conversations: beside the chat on wide screens, above it on narrow ones.
import { h, fill, icon, avatar, clockTime } from "./dom.js";
import { summary } from "./bubble.js";

export class Sidebar {
  #store;
  #list;
  #items = new Map();

  constructor(root, store, theme) {
    this.#store = store;
    this.#list = h("ul.chat-list");
    this.themeButton = h("button.icon-button", { type: "button", onclick: () => this.#paintTheme(theme.toggle()) });
    this.#paintTheme(theme.current());
    theme.watch(() => this.#paintTheme(theme.current()));
    root.append(h("div.sidebar-head", {}, h("strong.brand", {}, "Sandbox"), this.themeButton), this.#list);
    store.on("changed", () => this.#render());
  }

  #paintTheme(now) {
    this.themeButton.setAttribute("aria-label", now === "dark" ? "Light colours" : "Dark colours");
    fill(this.themeButton, icon(now === "dark" ? "sun" : "moon"));
  }

  #render() {
    const all = this.#store.conversations();
    const keys = all.map((one) => one.key).join(" ");
    if (this.#list.dataset.keys !== keys) {
      this.#list.dataset.keys = keys;
      this.#items = new Map(all.map((one) => [one.key, this.#item(one)]));
      fill(this.#list, [...this.#items.values()].map((item) => item.row));
    }
    const open = this.#store.conversation();
    for (const one of all) this.#update(this.#items.get(one.key), one, one.key === open?.key);
    const total = [...this.#store.unread.values()].reduce((sum, count) => sum + count, 0);
    const name = this.#store.bot?.first_name || "Sandbox chat";
    document.title = total ? `(${total}) ${name}` : name;
  }

  #item(one) {
    const time = h("span.chat-time");
    const last = h("span.chat-last", { dir: "auto" });
    const badge = h("span.badge", { hidden: true });
    const button = h("a.chat-item", {
      href: `#${one.key}`,
      "data-testid": `chat-${one.key.replace("/", "-")}`,
    },
    avatar(one.title, one.chatId),
    h("span.chat-who", {}, h("b", { dir: "auto" }, one.title), time),
    h("span.chat-what", {}, last, badge));
    return { row: h("li", {}, button), button, time, last, badge };
  }

  #update(item, one, open) {
    const message = this.#store.of(one.chatId).at(-1);
    const unread = this.#store.unread.get(one.key) || 0;
    const mine = message?.from?.id === one.user.id;
    item.button.classList.toggle("open", open);
    if (open) item.button.setAttribute("aria-current", "page");
    else item.button.removeAttribute("aria-current");
    item.time.textContent = message ? clockTime(message.date) : "";
    item.last.textContent = this.#line(one, message, mine);
    item.badge.hidden = unread === 0;
    item.badge.textContent = String(unread);
    item.badge.setAttribute("aria-label", `${unread} unread`);
  }

  #line(one, message, mine) {
    if (one.user.blocked) return "Blocked the bot";
    if (this.#store.typing.has(one.chatId)) return "typing…";
    if (!message) return "No messages yet";
    return (mine ? "You: " : "") + summary(message);
  }
}
