() => {
  // Everything that is wrong with how the page looks now, one line each; [] where nothing is.
  const faults = [];
  const slack = 1.5;
  const name = (element) => {
    const words = (element.dataset?.label || element.getAttribute?.("aria-label") || element.textContent || "").trim().slice(0, 40);
    return `<${element.tagName.toLowerCase()}.${[...element.classList].join(".")}> “${words}”`;
  };
  const style = new Map();
  const styleOf = (element) => {
    if (!style.has(element)) style.set(element, getComputedStyle(element));
    return style.get(element);
  };
  const intersect = (a, b) => ({
    left: Math.max(a.left, b.left), top: Math.max(a.top, b.top), right: Math.min(a.right, b.right), bottom: Math.min(a.bottom, b.bottom),
  });
  const clips = (element) => styleOf(element).overflowX !== "visible" || styleOf(element).overflowY !== "visible";
  const window_ = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
  // The part of the page through which an element can be seen at all.
  const view = new Map([[document.body, window_]]);
  const viewOf = (element) => {
    if (!element || element === document.documentElement) return window_;
    if (!view.has(element)) {
      const outer = styleOf(element).position === "fixed" ? window_ : viewOf(element.parentElement);
      view.set(element, clips(element) ? intersect(outer, element.getBoundingClientRect()) : outer);
    }
    return view.get(element);
  };
  const shown = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const solid = (rect) => rect.right - rect.left > slack && rect.bottom - rect.top > slack;

  // 1. Nothing scrolls sideways.
  for (const element of [document.documentElement, ...document.querySelectorAll(".scroller, .desk, .log, .sidebar")]) {
    if (element.scrollWidth > element.clientWidth + 1) faults.push(`${name(element)} is ${element.scrollWidth} wide in ${element.clientWidth}`);
  }

  // 2. Whatever is tapped is high enough for a thumb. Links and quotes inside text are as high as their lines.
  const inText = ".text *, .bubble .reply, .bubble .link";
  for (const element of document.querySelectorAll("button, a[href], select, textarea, input:not([type=checkbox]), label.switch, summary")) {
    if (!shown(element) || element.matches(inText)) continue;
    const { height, width } = element.getBoundingClientRect();
    if (width > 0 && height < 40 - .01) faults.push(`${name(element)} is only ${height.toFixed(1)} px high`);
  }

  // 3. No words are cut, except in one-line summaries, which end in an ellipsis.
  const pieces = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (!node.data.trim() || !shown(parent) || parent.closest("script, style, option, .offscreen, .toast")) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const visible = viewOf(parent);
    const summary = parent.closest(".reply, .chat-last, .chat-who, h1, .status, .entry, .name, .number, .account, .stock");
    for (const rect of range.getClientRects()) {
      if (!solid(rect)) continue;
      const seen = intersect(rect, visible);
      // A badge sits on the corner of its button on purpose.
      const box = parent.closest(".badge, button, .bubble, .pill");
      // A quote that opens by a tap hides its lower lines on purpose.
      const folded = parent.closest(".expandable:not(.open)") && !solid(seen);
      if (box && !summary && !folded && !parent.closest("pre")) {
        const outer = box.getBoundingClientRect();
        if (rect.left < outer.left - slack || rect.right > outer.right + slack || rect.top < outer.top - slack || rect.bottom > outer.bottom + slack) {
          faults.push(`“${node.data.trim().slice(0, 40)}” sticks out of ${name(box)}`);
        }
      }
      if (solid(seen)) pieces.push({ node, parent, box: parent.closest("button"), rect: seen });
    }
  }
  // Signs on buttons take room like words.
  for (const sign of document.querySelectorAll(".kb .icon")) {
    const seen = intersect(sign.getBoundingClientRect(), viewOf(sign.parentElement));
    if (shown(sign) && solid(seen)) pieces.push({ node: sign, parent: sign, box: sign.closest("button"), rect: seen });
  }

  // 4. No words stand on others.
  pieces.forEach((one, index) => {
    for (const other of pieces.slice(index + 1)) {
      if (one.node === other.node) continue;
      const common = intersect(one.rect, other.rect);
      if (common.right - common.left > 2 && common.bottom - common.top > 4) {
        faults.push(`${name(one.parent)} and ${name(other.parent)} overlap`);
      }
    }
  });

  // 5. Buttons do not cover each other.
  const buttons = [...document.querySelectorAll("[data-testid=kb], [data-testid=rk]")].filter(shown).map((element) => [element, element.getBoundingClientRect()]);
  buttons.forEach(([one, rect], index) => {
    for (const [other, place] of buttons.slice(index + 1)) {
      if (solid(intersect(rect, place))) faults.push(`${name(one)} and ${name(other)} cover each other`);
    }
  });
  // 6. Words stand out from what is behind them (WCAG 2.2, 1.4.3), wherever that is one plain colour.
  const channels = (colour) => (colour.match(/^rgba?\(([^)]*)\)$/) || ["", ""])[1].split(/[ ,/]+/).map(Number);
  const luminance = (rgb) => rgb.slice(0, 3).map((one) => one / 255)
    .map((one) => (one <= .04045 ? one / 12.92 : ((one + .055) / 1.055) ** 2.4))
    .reduce((sum, one, index) => sum + one * [.2126, .7152, .0722][index], 0);
  const behind = (element) => {
    for (let one = element; one; one = one.parentElement) {
      if (styleOf(one).backgroundImage !== "none") return null;
      const colour = channels(styleOf(one).backgroundColor);
      if (colour.length < 3) return null;
      const alpha = colour[3] ?? 1;
      if (alpha > .99) return colour;
      if (alpha > 0) return null;
    }
    return null;
  };
  for (const { node, parent } of pieces) {
    if (node.nodeType !== Node.TEXT_NODE || parent.closest(":disabled")) continue;
    const back = behind(parent);
    const front = channels(styleOf(parent).color);
    if (!back || front.length < 3 || (front[3] ?? 1) < .99) continue;
    const [high, low] = [luminance(front), luminance(back)].sort((a, b) => b - a);
    const size = parseFloat(styleOf(parent).fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(styleOf(parent).fontWeight) >= 700);
    const contrast = (high + .05) / (low + .05);
    if (contrast < (large ? 3 : 4.5)) faults.push(`${name(parent)} stands out by only ${contrast.toFixed(2)}`);
  }
  return [...new Set(faults)];
}
