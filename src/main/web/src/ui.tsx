/** The few pieces that every view is made of. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** Outlines of 20 by 20, drawn for this page. */
const PATHS = {
  search: "M9 15a6 6 0 1 0 0-12 6 6 0 0 0 0 12Zm4.5-1.5L17 17",
  plus: "M10 4v12M4 10h12",
  back: "M12 4l-6 6 6 6",
  edit: "M4 16l1-4 8.5-8.5a1.4 1.4 0 0 1 2 0l1 1a1.4 1.4 0 0 1 0 2L8 15l-4 1Z",
  trash: "M4 6h12M8 6V4h4v2M6 6l.7 10h6.6L14 6",
  copy: "M7 7h9v9H7zM13 7V4H4v9h3",
  filter: "M4 6h12M6.5 10h7M9 14h2",
  close: "M5 5l10 10M15 5L5 15",
  refresh: "M16 5v4h-4M4 15v-4h4M15.5 9A6 6 0 0 0 5 7m-.5 4A6 6 0 0 0 15 13",
  theme: "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14Zm0-14v14M10 6.5a3.5 3.5 0 0 1 0 7",
  check: "M4 10.5l4 4L16 6",
} as const;

export function Icon({ name }: { name: keyof typeof PATHS }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** A dialog over the page, which holds the focus and closes with Escape. */
export function Dialog(props: { title: string; onClose: () => void; children: ComponentChildren }) {
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    element.current?.showModal();
    return () => {
      // It may be some time later: whoever went on meanwhile keeps the focus.
      if (document.activeElement === document.body) before?.focus();
    };
  }, []);
  return (
    <dialog ref={element} onClose={props.onClose} aria-labelledby="dialog-title">
      <header>
        <h2 id="dialog-title">{props.title}</h2>
        <button type="button" class="quiet" aria-label="Close" onClick={props.onClose}>
          <Icon name="close" />
        </button>
      </header>
      {props.children}
    </dialog>
  );
}

export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children}
    </div>
  );
}
