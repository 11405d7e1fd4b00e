/** What was just done, with a way back where there is one. */
import { useEffect, useRef } from "preact/hooks";
import { notice } from "./state";
import { Shown } from "./text";
import { Icon } from "./ui";

export function Notices() {
  const now = notice.value;
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Opened anew, so that it lies over a dialog that was opened since.
    if (element.current?.matches(":popover-open")) element.current.hidePopover();
    if (now) element.current?.showPopover();
  }, [now]);
  return (
    <div ref={element} class="notices" role="status" aria-live="polite" popover="manual">
      {now && (
        <div class={`notice ${now.kind}`}>
          <span>
            <Shown text={now.text} />
          </span>
          {now.action && (
            <button
              type="button"
              onClick={() => {
                notice.value = null;
                now.action!.run();
              }}
            >
              {now.action.label}
            </button>
          )}
          <button type="button" class="quiet" aria-label="Dismiss" onClick={() => (notice.value = null)}>
            <Icon name="close" />
          </button>
        </div>
      )}
    </div>
  );
}
