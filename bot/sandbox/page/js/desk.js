// The provider's desk: the bot's switch, tokens, live numbers with an SMS composer, faults, stock and the ledger.
import { h, fill } from "./dom.js";
import { get } from "./api.js";
import { BotPanel } from "./desk-bot.js";
import { AccountsPanel } from "./desk-accounts.js";
import { SmsPanel } from "./desk-sms.js";
import { FaultsPanel } from "./desk-faults.js";
import { StockPanel } from "./desk-stock.js";
import { LedgerPanel } from "./desk-ledger.js";

export class Desk {
  #panels;
  #bot = new BotPanel();

  constructor(root) {
    this.#panels = [new AccountsPanel(), new SmsPanel(), new FaultsPanel(), new StockPanel(), new LedgerPanel()];
    fill(root, h("h2.desk-title", {}, "Provider’s desk"), this.#bot.element, this.#panels.map((panel) => panel.element),
      this.#bot.log);
  }

  /** Follow the provider for good; the browser reconnects by itself. */
  follow() {
    const source = new EventSource("desk/events");
    const show = (event) => this.#show(JSON.parse(event.data));
    source.addEventListener("message", show);
    source.addEventListener("snapshot", show);
    source.addEventListener("state", show);
    this.#bot.follow();
    get("desk/state").then((state) => this.#show(state), () => {});
  }

  #show(state) {
    for (const panel of this.#panels) panel.show(state);
  }
}
