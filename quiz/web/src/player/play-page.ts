/** The part of the page that only a seat needs. It is fetched while its player still types PIN and nickname. */

import type { Component } from "svelte";
import { fullJitter, type Backoff } from "../session/backoff";
import type { PlayPageProps } from "./play/props";

const TRIES = 5;
const RETRY: Backoff = { baseMs: 1_000, capMs: 4_000 };

let coming: Promise<Component<PlayPageProps>> | null = null;

/** @throws when it did not arrive in several tries; the next call begins anew. */
export function playPage(): Promise<Component<PlayPageProps>> {
  coming ??= fetchPage().catch((error: unknown) => {
    coming = null;
    throw error;
  });
  return coming;
}

async function fetchPage(attempt = 0): Promise<Component<PlayPageProps>> {
  try {
    return (await import("./play/PlayPage.svelte")).default;
  } catch (error) {
    if (attempt + 1 >= TRIES) throw error;
    await new Promise((resolve) => setTimeout(resolve, fullJitter(attempt, RETRY)));
    return fetchPage(attempt + 1);
  }
}

/** Fetches it as soon as its reader begins to do something here. Who only looks in is spared it. */
export function fetchPlayPageWhenTouched(): void {
  const begin = () => void playPage().catch(() => {});
  for (const touch of ["pointerdown", "keydown"]) document.addEventListener(touch, begin, { once: true });
}
