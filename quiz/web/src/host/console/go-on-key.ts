/** Keys that do what the big button does: those of a presenter's remote, and those a nervous hand finds. */

/** Where the focus is: on nothing of its own, on something that Space and Enter press, or where people write. */
export type Focus = "page" | "control" | "field";

type Press = Pick<KeyboardEvent, "key" | "repeat" | "altKey" | "ctrlKey" | "metaKey" | "shiftKey">;

/** What remotes send; it presses nothing that may have the focus. */
const REMOTE = ["PageDown", "ArrowRight"];
const PRESSING = [" ", "Enter"];

export function goesOn(press: Press, focus: Focus): boolean {
  if (press.repeat || press.altKey || press.ctrlKey || press.metaKey || press.shiftKey) return false;
  if (REMOTE.includes(press.key)) return focus !== "field";
  return PRESSING.includes(press.key) && focus === "page";
}

export function focusOn(element: Element | null): Focus {
  if (element?.closest("input, select, textarea, dialog, [contenteditable]")) return "field";
  return element?.closest("a, button, summary, [tabindex]") ? "control" : "page";
}
