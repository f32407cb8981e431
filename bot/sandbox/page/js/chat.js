// The open conversation: messages with date separators, and what one can do with a message.
import { h, fill, icon, dayName } from "./dom.js";
import { bubble, isService, summary } from "./bubble.js";
import { attempt, confirmBox, copy, menu, toast } from "./overlays.js";
import { asUser } from "./api.js";
import { Frame } from "./frame.js";

const NEAR_BOTTOM = 120;
const GROUP_SECONDS = 300;

export class Chat {
  #store;
  #parts;
  #composer;
  #rows = new Map();
  #missed = 0;
  #longPress = 0;

  constructor(root, store, keyboards, composer) {
    this.#store = store;
    this.#composer = composer;
    this.#parts = { keyboards, actions: this.#actions(), quoted: (message) => this.#known(message), group: false };
    this.log = h("ol.log", { role: "log", "aria-live": "polite", "aria-label": "Messages", tabindex: "0" });
    this.frame = new Frame(store);
    this.scroller = h("div.scroller", {}, this.frame.welcome, this.log, this.frame.note);
    this.down = h("button.to-bottom", {
      type: "button", "aria-label": "Go to the newest message", hidden: true, onclick: () => this.bottom(true),
    }, icon("down"), h("span.badge", { hidden: true }));
    root.append(this.frame.header, h("div.stage", {}, this.scroller, this.down), composer.element);
    this.#listen();
  }

  #listen() {
    const here = (handler) => (detail) => {
      if (detail.chatId === this.#store.conversation()?.chatId) handler(detail);
    };
    this.#store.on("snapshot", () => this.render());
    this.#store.on("selected", () => this.render());
    this.#store.on("message", here(({ message }) => this.#add(message)));
    this.#store.on("edited", here(({ message }) => this.#replace(message)));
    this.#store.on("deleted", here(({ ids }) => ids.forEach((id) => this.#drop(id))));
    this.scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.log.addEventListener("keydown", (event) => this.#walk(event));
    this.log.addEventListener("touchstart", (event) => this.#press(event), { passive: true });
    for (const name of ["touchend", "touchmove", "touchcancel"]) {
      this.log.addEventListener(name, () => clearTimeout(this.#longPress), { passive: true });
    }
    new ResizeObserver(() => {
      if (this.stuck) this.bottom();
    }).observe(this.scroller);
  }

  #actions() {
    return {
      copy: (text) => copy(text),
      language: () => this.#store.conversation()?.user.language_code,
      notice: (text) => toast(text),
      open: (address) => this.#composer.follow(address),
      command: (text) => this.#composer.send(text),
      jump: (id) => this.jump(id),
      menu: (message, out, x, y) => this.#menu(message, out, x, y),
    };
  }

  /** Show the open conversation from the start, without reading every old message out. */
  render() {
    const open = this.#store.conversation();
    if (!open) return;
    this.#parts.group = Boolean(open.group);
    this.log.setAttribute("aria-live", "off");
    this.#rows.clear();
    const rows = this.#store.of(open.chatId).map((message) => this.#build(message, open));
    fill(this.log, rows);
    this.#arrange();
    this.#missed = 0;
    this.bottom();
    requestAnimationFrame(() => this.log.setAttribute("aria-live", "polite"));
  }

  /** Scroll to the newest message. */
  bottom(smooth = false) {
    this.stuck = true;
    this.scroller.scrollTo({ top: this.scroller.scrollHeight, behavior: smooth ? "smooth" : "instant" });
  }

  /** Scroll to a message and light it up for a moment. */
  jump(id) {
    const row = this.#rows.get(id);
    if (!row) {
      toast("That message is no longer here");
      return;
    }
    row.scrollIntoView({ block: "center", behavior: "smooth" });
    row.classList.remove("lit");
    requestAnimationFrame(() => row.classList.add("lit"));
    setTimeout(() => row.classList.remove("lit"), 1600);
  }

  #build(message, open) {
    const row = bubble(message, open.user.id, open.chatId, this.#parts);
    this.#rows.set(message.message_id, row);
    return row;
  }

  #add(message) {
    const open = this.#store.conversation();
    const row = this.#build(message, open);
    const mine = message.from?.id === open.user.id;
    row.classList.add("arriving");
    this.log.append(row);
    this.#arrange();
    if (this.stuck || mine) this.bottom();
    else this.#missed += 1;
    this.#scrolled();
  }

  #replace(message) {
    const before = this.#rows.get(message.message_id);
    if (!before) return;
    const focused = before.contains(document.activeElement) ? document.activeElement.dataset.label || "" : null;
    const row = this.#build(message, this.#store.conversation());
    before.replaceWith(row);
    this.#arrange();
    if (focused !== null) this.#refocus(row, focused);
    if (this.stuck) this.bottom();
  }

  /** Keep the place of whoever works by keys: on the same button, or where that is gone, before the new ones. */
  #refocus(row, label) {
    const same = [...row.querySelectorAll(".kb")].find((button) => button.dataset.label === label);
    (same || row).focus({ preventScroll: true });
  }

  #drop(id) {
    const row = this.#rows.get(id);
    if (!row) return;
    this.#rows.delete(id);
    row.removeAttribute("data-testid");
    row.classList.add("leaving");
    setTimeout(() => {
      row.remove();
      this.#arrange();
    }, 180);
  }

  #known(original) {
    return this.#store.find(this.#store.conversation().chatId, original.message_id);
  }

  /** Mark where groups of one sender begin and end, and put a separator before every day. */
  #arrange() {
    for (const old of this.log.querySelectorAll(".day")) old.remove();
    const rows = [...this.log.children].filter((row) => !row.classList.contains("leaving"));
    let day = "";
    rows.forEach((row, index) => {
      const date = Number(row.dataset.date);
      const name = dayName(date);
      const next = rows[index + 1];
      if (name !== day) {
        row.before(h("li.day", {}, h("span.pill", {}, name)));
        row.classList.add("first");
      } else row.classList.toggle("first", !near(rows[index - 1], row));
      row.classList.toggle("last", !next || !near(row, next) || dayName(Number(next.dataset.date)) !== name);
      day = name;
    });
  }

  #menu(message, out, x, y) {
    const { user, chatId } = this.#store.conversation();
    const words = message.text ?? message.caption;
    const items = [{ label: "Reply", icon: "reply", run: () => this.#composer.reply(message) }];
    if (words) items.push({ label: "Copy text", icon: "copy", run: () => copy(words) });
    if (out && message.text) items.push({ label: "Edit", icon: "edit", run: () => this.#composer.edit(message) });
    items.push({
      label: "Delete", icon: "trash", kind: "danger",
      run: async () => {
        if (await confirmBox(`Delete this message?\n“${summary(message)}”`, "Delete", "danger")) {
          await attempt(() => asUser(user.id).remove(chatId, message.message_id));
        }
      },
    });
    if (!isService(message)) menu(items, x, y, this.#rows.get(message.message_id));
  }

  #scrolled() {
    const left = this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight;
    this.stuck = left < NEAR_BOTTOM;
    if (this.stuck) this.#missed = 0;
    this.down.hidden = this.stuck;
    const badge = this.down.lastChild;
    badge.hidden = this.#missed === 0;
    badge.textContent = String(this.#missed);
  }

  /** Arrow keys walk through the messages; the menu key and the right button open a message's menu. */
  #walk(event) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const row = document.activeElement.closest?.(".row");
    if (!step || document.activeElement.closest("button, a")) return;
    event.preventDefault();
    const rows = [...this.log.querySelectorAll(".row")];
    const index = row ? rows.indexOf(row) + step : rows.length - 1;
    rows[Math.max(0, Math.min(index, rows.length - 1))]?.focus();
  }

  #press(event) {
    const row = event.target.closest(".row");
    const touch = event.touches[0];
    clearTimeout(this.#longPress);
    if (!row || event.target.closest(".kb")) return;
    this.#longPress = setTimeout(() => {
      const init = { bubbles: true, cancelable: true, clientX: touch.clientX, clientY: touch.clientY };
      row.dispatchEvent(new MouseEvent("contextmenu", init));
    }, 500);
  }
}

function near(one, two) {
  return one.dataset.sender === two.dataset.sender
    && !one.classList.contains("service") && !two.classList.contains("service")
    && Math.abs(Number(one.dataset.date) - Number(two.dataset.date)) < GROUP_SECONDS;
}
