// Every movement of money at the provider, newest first.
import { h, fill, clockTime, fullTime } from "./dom.js";
import { section, whenChanged, rupees } from "./desk-parts.js";

const WORDS = { charge: "charged", refund: "refunded", deposit: "paid in" };

export class LedgerPanel {
  constructor() {
    this.list = h("div.ledger", { "data-testid": "desk-ledger" });
    this.element = section("Ledger", null, this.list);
    this.draw = whenChanged((ledger) => this.#draw(ledger));
  }

  show(state) {
    this.draw(state.ledger);
  }

  #draw(ledger) {
    const entries = ledger.slice(-40).reverse();
    if (!entries.length) {
      fill(this.list, h("p.none", {}, "No money has moved yet."));
      return;
    }
    fill(this.list, entries.map((entry) => {
      const seconds = Date.parse(entry.at) / 1000;
      const amount = entry.amount.startsWith("-") ? `−${rupees(entry.amount.slice(1))}` : `+${rupees(entry.amount)}`;
      const what = [entry.account, WORDS[entry.kind] || entry.kind, entry.product].filter(Boolean).join(" · ");
      return h(`div.entry.${entry.kind}`, { "data-testid": "desk-entry", "data-kind": entry.kind },
        h("time", { datetime: entry.at, title: fullTime(seconds) }, clockTime(seconds)),
        h("span", { dir: "auto", title: what }, what),
        h("b", { title: `Balance then: ${rupees(entry.balance)}` }, amount));
    }));
  }
}
