/** Whether whoever looks at the page has asked their device for less motion. Style sheets ask for themselves. */
export function calm(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
