/** Hands a file to the browser to be saved. */

/** How long the browser may take to pick up a file, in milliseconds. */
const PICK_UP_MS = 60_000;

/** @param name of the file; what file systems do not take is replaced. */
export function saveFile(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = address;
  link.download = name.replace(/[\\/:*?"<>|\p{Cc}]/gu, "_");
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), PICK_UP_MS);
}
