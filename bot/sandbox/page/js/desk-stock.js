// What the provider sells: how many numbers are left, what they cost, and which revision of the API it speaks.
import { h, fill } from "./dom.js";
import { post } from "./api.js";
import { attempt } from "./overlays.js";
import { folded, toggle, whenChanged } from "./desk-parts.js";

export class StockPanel {
  #rows = new Map();

  constructor() {
    this.search = h("input.stock-search", {
      type: "search", placeholder: "Find a product", "aria-label": "Find a product", "data-testid": "desk-stock-search",
      oninput: () => this.#filter(),
    });
    this.table = h("div.stock");
    this.old = toggle("Speak revision 1 of the API", "other names and shapes for the same calls", "desk-revision-1", (on) =>
      attempt(() => post("desk/settings", { revision: on ? 1 : 2 })));
    this.mirror = toggle("HTTP status mirrors the answer’s code", "otherwise it is always 200", "desk-mirror", (on) =>
      attempt(() => post("desk/settings", { mirror_http_status: on })));
    this.element = folded("Stock, prices and API", "desk-stock", this.search, this.table, this.old.element, this.mirror.element);
    this.draw = whenChanged((products) => this.#draw(products));
  }

  show(state) {
    this.old.input.checked = state.settings.revision === 1;
    this.mirror.input.checked = state.settings.mirror_http_status;
    this.draw(state.products);
  }

  #draw(products) {
    const ids = products.map((product) => product.id).join(" ");
    if (this.table.dataset.ids !== ids) {
      this.table.dataset.ids = ids;
      this.#rows = new Map(products.map((product) => [product.id, this.#row(product)]));
      fill(this.table, h("span.head", {}, "Product"), h("span.head", {}, "Price ₹"), h("span.head", {}, "Stock"),
        [...this.#rows.values()].map((row) => [row.name, row.price, row.stock]));
      this.#filter();
    }
    for (const product of products) {
      const row = this.#rows.get(product.id);
      for (const name of ["price", "stock"]) {
        if (document.activeElement !== row[name]) row[name].value = product[name];
      }
    }
  }

  #row(product) {
    const cell = (name, label, extra) => {
      const input = h("input.cell", {
        "aria-label": `${label} of ${product.name}`, "data-testid": `desk-${name}-${product.id}`, ...extra,
        onchange: () => attempt(() => post("desk/stock", { product_id: product.id, [name]: input.value })),
      });
      return input;
    };
    return {
      text: `${product.name} ${product.id}`.toLowerCase(),
      name: h("span.name", { dir: "auto", title: product.id }, product.name),
      price: cell("price", "Price", { inputmode: "decimal" }),
      stock: cell("stock", "Stock", { type: "number", min: 0, step: 1 }),
    };
  }

  #filter() {
    const wanted = this.search.value.trim().toLowerCase();
    for (const row of this.#rows.values()) {
      for (const part of [row.name, row.price, row.stock]) part.hidden = !row.text.includes(wanted);
    }
  }
}
