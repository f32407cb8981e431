// Live numbers and the SMS composer: what the outside world sends to a bought number.
import { h, fill } from "./dom.js";
import { post } from "./api.js";
import { attempt, toast } from "./overlays.js";
import { section, toggle, whenChanged } from "./desk-parts.js";

const AUTO_SECONDS = 4;
const STATES = { waiting: "waiting", received: "SMS in", cancelled: "cancelled", expired: "expired" };
const digits = (count) => Array.from({ length: count }, () => Math.floor(Math.random() * 10)).join("");
const OTHERS = [
  ["Another code", () => `${digits(4)} is your one-time password. It expires in 5 minutes.`],
  ["Without a code", () => "Welcome! Your account is ready. Reply STOP to unsubscribe."],
  ["Right to left", () => `رمز التحقق الخاص بك هو ${digits(6)}. لا تشاركه مع أحد.`],
  ["Looks like HTML", () => `<b>${digits(6)}</b> is your code & nobody else's </b>`],
];

export class SmsPanel {
  #activations = [];
  #chosen = null;
  #example = null;
  #written = "";

  constructor() {
    this.numbers = h("div.numbers");
    this.select = h("select", { "data-testid": "desk-sms-number", onchange: () => this.#choose(this.select.value) });
    this.text = h("textarea", { "data-testid": "desk-sms-text", rows: 3, dir: "auto", placeholder: "Write an SMS or take one from above" });
    this.chips = h("div.chips", { role: "group", "aria-label": "Ready-made texts" });
    this.auto = toggle("SMS by itself", `${AUTO_SECONDS} seconds after a purchase`, "desk-auto-sms", (on) =>
      attempt(() => post("desk/settings", { auto_sms_after: on ? AUTO_SECONDS : null })));
    this.none = h("p.none", {}, "No number is live. Buy one in the chat.");
    this.form = h("form", { onsubmit: (event) => this.#send(event) },
      h("label.field", {}, "Send an SMS to", this.select),
      this.chips,
      h("label.field", {}, "Text", this.text),
      h("button.action.primary", { type: "submit", "data-testid": "desk-sms-send" }, "Send SMS"));
    this.element = section("Numbers", null, this.numbers, this.none, this.form, this.auto.element);
    this.drawNumbers = whenChanged((activations) => this.#draw(activations));
  }

  show(state) {
    const after = state.settings.auto_sms_after;
    this.auto.input.checked = after !== null;
    const hint = after === null ? "off: SMS come only from here" : `${after} seconds after a purchase`;
    this.auto.element.querySelector("small").textContent = hint;
    this.drawNumbers(state.activations);
  }

  #draw(activations) {
    const known = new Set(this.#activations.map((one) => one.id));
    const fresh = activations.filter((one) => one.open && !known.has(one.id)).at(-1);
    this.#activations = activations;
    const open = activations.filter((one) => one.open).reverse();
    const wanted = fresh?.id ?? this.#chosen;
    fill(this.select, open.map((one) => h("option", { value: one.id }, `+${one.number} · ${one.product}`)));
    this.form.hidden = open.length === 0;
    this.none.hidden = open.length > 0;
    if (open.length) this.#choose(open.some((one) => one.id === wanted) ? wanted : open[0].id);
    else this.#numbers();
  }

  #choose(id) {
    this.select.value = id;
    const one = this.#activations.find((known) => known.id === id);
    // The example changes with every SMS; what was typed by hand stays as long as the number does.
    if (one && (id !== this.#chosen || one.example !== this.#example)) {
      const untouched = id !== this.#chosen || this.text.value === this.#written;
      this.#example = one.example;
      fill(this.chips, [[one.product, () => one.example], ...OTHERS].map(([label, text]) => h("button.chip", {
        type: "button", dir: "auto", onclick: () => this.#write(text()),
      }, label)));
      if (untouched) this.#write(one.example);
    }
    this.#chosen = id;
    this.#numbers();
  }

  #write(text) {
    this.#written = text;
    this.text.value = text;
  }

  #numbers() {
    fill(this.numbers, this.#activations.slice(-12).reverse().map((one) => h(`button.number${one.id === this.#chosen && one.open ? ".chosen" : ""}`, {
      type: "button", disabled: !one.open, "data-testid": "desk-number", "data-number": one.number, "data-state": one.state,
      onclick: () => this.#choose(one.id),
    },
    h("b", {}, `+${one.number}`), h(`span.tag.${one.state}`, {}, STATES[one.state] || one.state),
    h("span", { dir: "auto" }, `${one.product} · ${one.account}`),
    h("span.tag", {}, one.sms.length ? `${one.sms.length} SMS` : ""))));
  }

  async #send(event) {
    event.preventDefault();
    if (!this.text.value.trim()) {
      toast("Write a text first");
      return;
    }
    const sent = await attempt(() => post("desk/sms", { id: this.select.value, text: this.text.value }));
    if (sent) toast("SMS sent");
  }
}
