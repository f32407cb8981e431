// The bot's process: its state, its switch, and the last lines of its log.
import { h, fill } from "./dom.js";
import { get, post } from "./api.js";
import { attempt } from "./overlays.js";
import { folded } from "./desk-parts.js";

const EVERY_MS = 1500;
const WORDS = { running: "running", killed: "killed", died: "died by itself", stopped: "stopped" };

export class BotPanel {
  constructor() {
    this.state = h("span.state", { role: "status", "data-testid": "desk-bot-state" }, "…");
    this.kill = h("button.action.danger", {
      type: "button", "data-testid": "desk-bot-kill", onclick: () => this.#do("kill"),
    }, "Kill the bot (SIGKILL)");
    this.start = h("button.action.primary", {
      type: "button", "data-testid": "desk-bot-start", onclick: () => this.#do("start"),
    }, "Start the bot again");
    this.element = h("section.card.bot-card", { hidden: true },
      h("div.bot-line", {}, h("span.dot", { "aria-hidden": "true" }), h("span", {}, "The bot is ", this.state)),
      h("div.actions", {}, this.kill, this.start));
    this.lines = h("pre.log-lines", { tabindex: "0", "aria-label": "Last lines of the bot's log" });
    this.log = folded("The bot’s log", "desk-log", this.lines);
    this.log.hidden = true;
    this.log.addEventListener("toggle", () => {
      this.lines.scrollTop = this.lines.scrollHeight;
    });
  }

  /** Keep the state current for good; stops where nobody manages a bot. */
  async follow() {
    try {
      if (!this.#show(await get("demo/bot"))) return;
    } catch {
      this.#paint("unreachable", "out of reach");
    }
    setTimeout(() => this.follow(), document.hidden ? EVERY_MS * 4 : EVERY_MS);
  }

  async #do(what) {
    const state = await attempt(() => post(`demo/bot/${what}`));
    if (state) this.#show(state);
  }

  #show(bot) {
    this.element.hidden = !bot.managed;
    this.log.hidden = !bot.managed;
    if (!bot.managed) return false;
    const status = bot.state === "died" && bot.exit_status !== null ? ` (exit status ${bot.exit_status})` : "";
    this.#paint(bot.state, (WORDS[bot.state] || bot.state) + status);
    this.#offer(bot.state === "running");
    if (this.lines.dataset.end !== String(bot.log_end)) {
      const bottom = this.lines.scrollHeight - this.lines.scrollTop - this.lines.clientHeight < 30;
      this.lines.dataset.end = bot.log_end;
      fill(this.lines, bot.log.slice(-200).join("\n"));
      if (bottom) this.lines.scrollTop = this.lines.scrollHeight;
    }
    return true;
  }

  /** Offer what can be done now, and keep the focus of a button that gives way to the other. */
  #offer(running) {
    const [shown, other] = running ? [this.kill, this.start] : [this.start, this.kill];
    const focused = document.activeElement === other;
    shown.hidden = false;
    other.hidden = true;
    if (focused) shown.focus();
  }

  #paint(state, words) {
    this.element.dataset.state = state;
    if (this.state.textContent !== words) this.state.textContent = words;
  }
}
