/** Keys that answer from anywhere on the page, unless something there has its own use for them. */

type Handler = (event: KeyboardEvent) => void;

/** Tells which of `count` choices, counted from 0, a number key means. */
export function onNumber(count: number, pick: (index: number) => void): Handler {
  return (event) => {
    const index = Number(event.key) - 1;
    if (!/^[1-9]$/.test(event.key) || index >= count || isTaken(event, "input, select, textarea")) return;
    event.preventDefault();
    pick(index);
  };
}

export function onEnter(send: () => void): Handler {
  return (event) => {
    if (event.key === "Enter" && !isTaken(event, "input, select, textarea, button, a")) send();
  };
}

/** @param users selects what uses the key itself. */
function isTaken(event: KeyboardEvent, users: string): boolean {
  const held = event.repeat || event.ctrlKey || event.altKey || event.metaKey || event.isComposing;
  const on = event.target instanceof Element ? event.target : null;
  return held || event.defaultPrevented || (on?.closest(`${users}, dialog`) ?? null) !== null;
}
