/** Dragging a line of the outline with mouse, pen or finger. What can be dragged can be moved with buttons too. */

/** A line, told by its key, and which side of it. */
export interface Target {
  key: string;
  behind: boolean;
}

/** How close to the edge of the list it begins to scroll, and by how much with each move, in pixels. */
const EDGE_PX = 40;
const SCROLL_PX = 14;

export class Drag {
  /** The key of the line that is being dragged. */
  dragged = $state("");
  target = $state.raw<Target | null>(null);

  readonly #ondrop: (key: string, target: Target) => void;
  #list: HTMLElement | null = null;

  constructor(ondrop: (key: string, target: Target) => void) {
    this.#ondrop = ondrop;
  }

  /** To be called when a handle is pressed; it then hears all that the pointer does. */
  begin(event: PointerEvent & { currentTarget: HTMLElement }, key: string): void {
    if (event.button !== 0) return;
    event.preventDefault();
    const handle = event.currentTarget;
    handle.setPointerCapture(event.pointerId);
    this.#list = handle.closest<HTMLElement>("[data-outline]");
    this.dragged = key;
  }

  move(event: PointerEvent): void {
    if (this.dragged === "") return;
    this.#scroll(event.clientY);
    const line = document.elementFromPoint(event.clientX, event.clientY)?.closest<HTMLElement>("[data-key]");
    const key = line?.dataset["key"];
    if (line == null || key === undefined || !this.#list?.contains(line)) return;
    const { top, height } = line.getBoundingClientRect();
    this.target = { key, behind: event.clientY > top + height / 2 };
  }

  end(): void {
    const { dragged, target } = this;
    this.cancel();
    if (dragged !== "" && target !== null && target.key !== dragged) this.#ondrop(dragged, target);
  }

  cancel(): void {
    this.dragged = "";
    this.target = null;
  }

  #scroll(y: number): void {
    const box = this.#list?.getBoundingClientRect();
    if (box === undefined) return;
    if (y < box.top + EDGE_PX) this.#list?.scrollBy(0, -SCROLL_PX);
    if (y > box.bottom - EDGE_PX) this.#list?.scrollBy(0, SCROLL_PX);
  }
}
