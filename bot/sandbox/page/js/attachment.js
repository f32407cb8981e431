// The paperclip: lets the user choose a picture or file, and hands it over with its content in base64.
import { h, icon } from "./dom.js";

export class Attachment {
  #picker;

  constructor(chosen) {
    this.#picker = h("input", {
      type: "file", hidden: true, "data-testid": "attach-file", onchange: () => this.#read(chosen),
    });
    const button = h("button.icon-button", {
      type: "button", "aria-label": "Attach a picture or file", "data-testid": "attach", onclick: () => this.#picker.click(),
    }, icon("file"));
    this.elements = [this.#picker, button];
  }

  async #read(chosen) {
    const [file] = this.#picker.files;
    if (!file) return;
    const bytes = new Uint8Array(await file.arrayBuffer());
    // The same file may be chosen again.
    this.#picker.value = "";
    let binary = "";
    for (const byte of bytes) binary += String.fromCharCode(byte);
    await chosen(file, btoa(binary));
  }
}
