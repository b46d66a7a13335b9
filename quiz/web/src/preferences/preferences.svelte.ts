/** What the reader of this page has chosen, for all pages of the service on this device. */

import { deviceStorage, type DeviceStorage } from "../session/device-storage";
import { keepChoices, readChoices, type Choices } from "./choices";

export class Preferences {
  choices: Choices;

  readonly #storage: DeviceStorage;

  constructor(storage: DeviceStorage) {
    this.#storage = storage;
    this.choices = $state.raw(readChoices(storage));
  }

  choose(change: Partial<Choices>): void {
    this.choices = { ...this.choices, ...change };
    keepChoices(this.#storage, this.choices);
  }
}

export const preferences = new Preferences(deviceStorage(() => localStorage));
