/** JSON in the browser's storage. A browser that forbids storage only loses what a reload would have brought back. */

export interface DeviceStorage {
  read(key: string): unknown;
  write(key: string, value: unknown): void;
  remove(key: string): void;
  keys(): string[];
}

/** Wraps a browser storage, or memory where there is none. All keys get `prefix`. */
export function deviceStorage(open: () => Storage, prefix = "quiz."): DeviceStorage {
  const storage = usable(open);
  return {
    read(key) {
      try {
        return JSON.parse(storage.getItem(prefix + key) ?? "null");
      } catch {
        return null;
      }
    },
    write(key, value) {
      try {
        storage.setItem(prefix + key, JSON.stringify(value));
      } catch {
        // Full or switched off: the page works on, only not after a reload.
      }
    },
    remove(key) {
      storage.removeItem(prefix + key);
    },
    keys() {
      const all = Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? "");
      return all.filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
    },
  };
}

function usable(open: () => Storage): Storage {
  try {
    const storage = open();
    storage.getItem("");
    return storage;
  } catch {
    return memoryStorage();
  }
}

/** A storage that lasts as long as the page. */
export function memoryStorage(): Storage {
  const items = new Map<string, string>();
  return {
    get length() {
      return items.size;
    },
    clear: () => items.clear(),
    getItem: (key) => items.get(key) ?? null,
    key: (index) => [...items.keys()][index] ?? null,
    removeItem: (key) => void items.delete(key),
    setItem: (key, value) => void items.set(key, value),
  };
}
