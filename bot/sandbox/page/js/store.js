// What the page knows of the simulated Telegram: one snapshot, kept current by the event stream.

export class Store extends EventTarget {
  constructor() {
    super();
    this.bot = null;
    this.descriptions = {};
    this.users = new Map();
    this.chats = new Map();
    this.messages = new Map();
    this.commands = new Map();
    this.unread = new Map();
    this.typing = new Map();
    this.current = null;
    this.connected = false;
  }

  /** Call a function with the detail of every event of one name. */
  on(name, listener) {
    this.addEventListener(name, (event) => listener(event.detail));
  }

  emit(name, detail = {}) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  /** Follow the event stream for good; the browser reconnects by itself and gets a new snapshot. */
  follow(path) {
    const source = new EventSource(path);
    const handle = (name, handler) => source.addEventListener(name, (event) => handler(JSON.parse(event.data)));
    handle("snapshot", (data) => this.#snapshot(data));
    handle("message", (data) => this.#message(data));
    handle("edited", (data) => this.#edited(data));
    handle("deleted", (data) => this.#deleted(data));
    handle("action", (data) => this.#action(data));
    handle("commands", (data) => this.#commands(data));
    handle("user", (data) => this.#user(data));
    for (const name of ["answered", "inline_results"]) handle(name, (data) => this.emit(name, data));
    source.addEventListener("open", () => this.#connection(true));
    source.addEventListener("error", () => this.#connection(false));
  }

  /** The conversations of the sidebar: every user's private chat, then the groups through each member's eyes. */
  conversations() {
    const list = [];
    for (const user of this.users.values()) {
      if (user.is_bot) continue;
      list.push({ key: String(user.id), user, chatId: user.id, title: user.first_name });
      for (const chat of this.chats.values()) {
        if (chat.type === "private" || !(chat.members || []).includes(user.id)) continue;
        const title = `${chat.title} · ${user.first_name}`;
        list.push({ key: `${user.id}/${chat.id}`, user, chatId: chat.id, title, group: chat });
      }
    }
    return list;
  }

  /** The conversation that is open, or null before the first snapshot. */
  conversation() {
    const all = this.conversations();
    return all.find((one) => one.key === this.current) || all[0] || null;
  }

  select(key) {
    this.current = key;
    const open = this.conversation();
    if (open) this.unread.delete(open.key);
    this.emit("selected");
    this.emit("changed");
  }

  /** What the bot says of itself to a user who has not started it, in their client's language where it has one. */
  description(user) {
    const language = (user.language_code || "").split("-")[0];
    return this.descriptions[language] || this.descriptions[""] || "";
  }

  of(chatId) {
    return this.messages.get(Number(chatId)) || [];
  }

  find(chatId, messageId) {
    return this.of(chatId).find((message) => message.message_id === messageId);
  }

  #connection(connected) {
    if (this.connected === connected) return;
    this.connected = connected;
    this.emit("connection");
  }

  #snapshot(data) {
    this.bot = data.bot;
    this.descriptions = data.descriptions || {};
    this.users = new Map(data.users.map((user) => [user.id, user]));
    this.chats = new Map(data.chats.map((chat) => [chat.id, chat]));
    this.messages = new Map(Object.entries(data.messages).map(([id, list]) => [Number(id), list]));
    this.commands = new Map(Object.entries(data.commands || {}).map(([id, list]) => [Number(id), list]));
    this.#connection(true);
    this.emit("snapshot");
    this.emit("changed");
  }

  #message({ chat_id: chatId, message }) {
    const list = this.messages.get(chatId) || [];
    if (!this.messages.has(chatId)) this.messages.set(chatId, list);
    if (list.some((known) => known.message_id === message.message_id)) return;
    list.push(message);
    if (message.from?.id === this.bot.id) this.typing.delete(chatId);
    const open = this.conversation();
    for (const { key, chatId: id, user } of this.conversations()) {
      if (id !== chatId || key === open?.key || message.from?.id === user.id) continue;
      this.unread.set(key, (this.unread.get(key) || 0) + 1);
    }
    this.emit("message", { chatId, message });
    this.emit("changed");
  }

  #edited({ chat_id: chatId, message }) {
    const list = this.of(chatId);
    const index = list.findIndex((known) => known.message_id === message.message_id);
    if (index < 0) return;
    list[index] = message;
    this.emit("edited", { chatId, message });
    this.emit("changed");
  }

  #deleted({ chat_id: chatId, message_ids: ids }) {
    this.messages.set(chatId, this.of(chatId).filter((message) => !ids.includes(message.message_id)));
    this.emit("deleted", { chatId, ids });
    this.emit("changed");
  }

  #action({ chat_id: chatId, action }) {
    // Telegram clients show a chat action for five seconds or until the next message.
    const until = Date.now() + 5000;
    this.typing.set(chatId, { action, until });
    this.emit("changed");
    setTimeout(() => {
      if (this.typing.get(chatId)?.until !== until) return;
      this.typing.delete(chatId);
      this.emit("changed");
    }, 5000);
  }

  #commands(data) {
    const lists = data.commands && !Array.isArray(data.commands) ? data.commands : { [data.chat_id]: data.commands };
    for (const [id, list] of Object.entries(lists)) this.commands.set(Number(id), list || []);
    this.emit("changed");
  }

  #user(data) {
    const user = data.user || data;
    const known = this.users.has(user.id);
    this.users.set(user.id, { ...this.users.get(user.id), ...user });
    this.emit(known ? "user" : "snapshot");
    this.emit("changed");
  }
}
