/** Going back and forth between the drafts there have been. */

export interface History<Draft> {
  readonly past: readonly Draft[];
  readonly present: Draft;
  readonly future: readonly Draft[];
  /** What the last edit was about: edits of one thing in quick succession are one step. */
  readonly about: string;
  /** When it was, in milliseconds. */
  readonly at: number;
}

const STEPS_MAX = 100;
const SAME_STEP_MS = 1500;

export function begin<Draft>(draft: Draft): History<Draft> {
  return { past: [], present: draft, future: [], about: "", at: 0 };
}

/** @param about what was edited, as "KEY.text"; empty for an edit that is a step of its own. */
export function record<Draft>(history: History<Draft>, draft: Draft, about: string, now: number): History<Draft> {
  const goesOn = about !== "" && about === history.about && now - history.at <= SAME_STEP_MS;
  const past = goesOn ? history.past : [...history.past, history.present].slice(-STEPS_MAX);
  return { past, present: draft, future: [], about, at: now };
}

export function undo<Draft>(history: History<Draft>): History<Draft> {
  const before = history.past.at(-1);
  if (before === undefined) return history;
  const future = [history.present, ...history.future];
  return { past: history.past.slice(0, -1), present: before, future, about: "", at: 0 };
}

export function redo<Draft>(history: History<Draft>): History<Draft> {
  const [after, ...future] = history.future;
  if (after === undefined) return history;
  return { past: [...history.past, history.present], present: after, future, about: "", at: 0 };
}
