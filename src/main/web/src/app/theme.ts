/** Makes the page look like a part of the client. */
import type { Place } from "./host";

/** Our colours by those of the client. They are taken all or none: text must stand out from the ground that it is on. */
const COLOURS = {
  "--ground": "--color-background-primary",
  "--sheet": "--color-background-primary",
  "--sunk": "--color-background-secondary",
  "--text": "--color-text-primary",
  "--soft": "--color-text-secondary",
  "--line": "--color-border-primary",
};

export function dress({ theme, styles }: Place): void {
  const root = document.documentElement;
  root.dataset.theme = theme ?? "auto";
  const given = styles?.variables ?? {};
  const all = Object.values(COLOURS).every((name) => given[name] !== undefined);
  for (const [own, theirs] of Object.entries(COLOURS)) {
    if (all) root.style.setProperty(own, given[theirs]!);
    else root.style.removeProperty(own);
  }
  root.style.fontFamily = given["--font-sans"] ?? "";
}
