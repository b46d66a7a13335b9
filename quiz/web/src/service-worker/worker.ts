/** What is used here of a service worker's own types, which a program for pages does not have. */

export interface LifecycleEvent {
  waitUntil(work: Promise<unknown>): void;
}

export interface FetchEvent {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}

export interface Worker {
  readonly location: Location;
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(name: "install" | "activate", handler: (event: LifecycleEvent) => void): void;
  addEventListener(name: "fetch", handler: (event: FetchEvent) => void): void;
}
