/** Nobody scrolls a big screen: what does not fit is shown smaller. */

const STEP = 0.94;
/** Smaller than this share of its size nothing can be read; the rest then has to be scrolled to after all. */
const SMALLEST = 0.3;

/** Keeps the font size of `scene` as large as its height allows. Sizes inside must be given in em. */
export function fit(scene: HTMLElement): () => void {
  const adjust = () => {
    let size = 1;
    scene.style.fontSize = "";
    while (size > SMALLEST && scene.scrollHeight > scene.clientHeight) {
      size *= STEP;
      scene.style.fontSize = `${size}em`;
    }
  };
  // Texts that tick do not count as a change, new elements do.
  const changes = new MutationObserver(adjust);
  changes.observe(scene, { childList: true, subtree: true });
  // Of the room it has, not of the window: the host's console shows the same scene in a corner of its own.
  const room = new ResizeObserver(adjust);
  room.observe(scene);
  // Pictures have no height before they are there, and "load" does not bubble.
  scene.addEventListener("load", adjust, true);
  adjust();
  return () => {
    changes.disconnect();
    room.disconnect();
    scene.removeEventListener("load", adjust, true);
  };
}
