/** Telling the format of a quiz file from its name and its first lines. */

import type { ImportFormat } from "../../api/quizzes";

export const FORMATS: Record<ImportFormat, string> = {
  kahoot_xlsx: "Kahoot (XLSX)",
  opentriviaqa: "OpenTriviaQA",
  csv: "CSV",
  gift: "GIFT",
  json: "JSON",
};

const BY_ENDING: Record<string, ImportFormat> = { xlsx: "kahoot_xlsx", csv: "csv", gift: "gift", json: "json" };

/** How much of a file is looked at, in bytes. */
export const HEAD_BYTES = 4096;

/** The format, or null when it cannot be told. OpenTriviaQA's files have no ending, GIFT's often end in `.txt`. */
export function tellFormat(name: string, head: string): ImportFormat | null {
  const ending = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? "";
  const known = BY_ENDING[ending];
  if (known !== undefined) return known;
  if (/^#Q /m.test(head)) return "opentriviaqa";
  return /\{[^}]*[=~#TF][^}]*\}/.test(head) ? "gift" : null;
}

/** A title for a quiz out of its file's name. */
export function titleOfFile(name: string): string {
  return name
    .replace(/\.[^.]+$/, "")
    .replace(/[_-]+/g, " ")
    .trim()
    .slice(0, 200);
}
