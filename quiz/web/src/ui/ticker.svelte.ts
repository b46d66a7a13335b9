/** The service's clock as a value that moves on by itself while somebody looks at it. */

const TICK_MS = 200;

export class Ticker {
  /** The service's time, in milliseconds since the epoch. */
  now = $state(0);

  /** To be made while a component is being set up; it stops with that component. */
  constructor(read: () => number) {
    this.now = read();
    $effect(() => {
      const timer = setInterval(() => (this.now = read()), TICK_MS);
      return () => clearInterval(timer);
    });
  }
}
