// Dark or light: the system's wish until the reader chooses.
const KEY = "sandbox-theme";
const system = matchMedia("(prefers-color-scheme: dark)");

function saved() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

export const theme = {
  current: () => document.documentElement.dataset.theme || (system.matches ? "dark" : "light"),
  restore() {
    const choice = saved();
    if (choice === "dark" || choice === "light") document.documentElement.dataset.theme = choice;
  },
  /** Tell when the colours change, by the system or by the reader. */
  watch(listener) {
    system.addEventListener("change", listener);
  },
  toggle() {
    const next = theme.current() === "dark" ? "light" : "dark";
    document.documentElement.dataset.theme = next;
    try {
      localStorage.setItem(KEY, next);
    } catch {
      // A browser that keeps nothing still shows the choice until the page is closed.
    }
    return next;
  },
};
