/** A value that follows another one only when that has stood still for a moment. */

const MOMENT_MS = 600;

export class Settled<Value> {
  value = $state.raw() as Value;

  /** To be made while a component is being set up; it stops with that component. */
  constructor(read: () => Value) {
    this.value = read();
    $effect(() => {
      const next = read();
      const timer = setTimeout(() => (this.value = next), MOMENT_MS);
      return () => clearTimeout(timer);
    });
  }
}
