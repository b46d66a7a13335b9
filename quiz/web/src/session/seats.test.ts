import { beforeEach, describe, expect, it } from "vitest";
import { deviceStorage, memoryStorage, type DeviceStorage } from "./device-storage";
import { Seats, type Seat } from "./seats";

const DAY = 86_400_000;

function seat(pin: string, takenAt = 0): Seat {
  return { pin, playerId: `player-${pin}`, nickname: "Ada", token: "t", affinity: pin, takenAt };
}

let browser: Storage;
let storage: DeviceStorage;
let seats: Seats;

beforeEach(() => {
  browser = memoryStorage();
  storage = deviceStorage(() => browser);
  seats = new Seats(storage);
});

describe("the seats of a device", () => {
  it("are found again after a reload and in another tab", () => {
    seats.take(seat("1234567"));
    const afterReload = new Seats(deviceStorage(() => browser));
    expect(afterReload.at("1234567")).toEqual(seat("1234567"));
    expect(afterReload.current()).toEqual(seat("1234567"));
  });

  it("are asked for under one name until one is taken, also after a reload", () => {
    let made = 0;
    const newId = () => `attempt ${++made}`;
    expect(seats.attempt("1234567", newId)).toBe("attempt 1");
    expect(new Seats(storage).attempt("1234567", newId)).toBe("attempt 1");
    expect(seats.attempt("7654321", newId)).toBe("attempt 2");
    seats.take(seat("7654321"));
    expect(seats.attempt("7654321", newId)).toBe("attempt 3");
  });

  it("lead back to the game that was joined last", () => {
    seats.take(seat("1111111"));
    seats.take(seat("2222222"));
    expect(seats.current()?.pin).toBe("2222222");
    expect(seats.at("1111111")).not.toBeNull();
  });

  it("stay when a game is left, but the bare address no longer leads there", () => {
    seats.take(seat("1234567"));
    seats.leave();
    expect(seats.current()).toBeNull();
    expect(seats.at("1234567")).not.toBeNull();
  });

  it("are gone once forgotten, and others are not", () => {
    seats.take(seat("1111111"));
    seats.take(seat("2222222"));
    seats.forget("1111111");
    expect(seats.at("1111111")).toBeNull();
    expect(seats.current()?.pin).toBe("2222222");
  });

  it("are kept when a host takes them away, though only the PIN leads there", () => {
    seats.take(seat("1111111"));
    seats.setAside({ ...seat("1111111"), kicked: true });
    expect(seats.current()).toBeNull();
    expect(seats.at("1111111")).toEqual({ ...seat("1111111"), kicked: true });
  });

  it("are as good as ever once they are taken again", () => {
    seats.setAside({ ...seat("1111111"), kicked: true });
    seats.take(seat("1111111"));
    expect(seats.current()).toEqual(seat("1111111"));
  });

  it("lead to the game that is going on when another one's is set aside", () => {
    seats.take(seat("1111111"));
    seats.take(seat("2222222"));
    seats.setAside(seat("1111111"));
    expect(seats.current()?.pin).toBe("2222222");
  });

  it("of games long past make room for new ones", () => {
    seats.take(seat("1111111", 0));
    seats.take(seat("2222222", 6 * DAY));
    seats.take(seat("3333333", 8 * DAY));
    expect(seats.at("1111111")).toBeNull();
    expect(seats.at("2222222")).not.toBeNull();
  });

  it("survive what others have written into the storage", () => {
    browser.setItem("quiz.seat.1234567", "{broken");
    browser.setItem("quiz.seat.7654321", '{"pin": 7}');
    browser.setItem("quiz.current", "[]");
    expect(seats.at("1234567")).toBeNull();
    expect(seats.at("7654321")).toBeNull();
    expect(seats.current()).toBeNull();
  });

  it("last as long as the page where the browser forbids storage", () => {
    const forbidden = new Seats(
      deviceStorage(() => {
        throw new DOMException("denied", "SecurityError");
      }),
    );
    forbidden.take(seat("1234567"));
    expect(forbidden.current()).toEqual(seat("1234567"));
  });
});
