import { describe, expect, it } from "vitest";
import { better, oneWaySample, roundTripSample, serviceTime, UNKNOWN } from "./clock";

describe("the service's clock", () => {
  it("is taken to be read half way through a round trip", () => {
    const sample = roundTripSample(10_050, 2_000, 2_100);
    expect(sample).toEqual({ offset: 8_000, rtt: 100 });
    expect(serviceTime(sample, 2_500)).toBe(10_500);
  });

  it("prefers the sample with the shortest round trip", () => {
    const quick = roundTripSample(10_010, 0, 20);
    const slow = roundTripSample(10_900, 1_000, 3_000);
    expect(better(quick, slow)).toBe(quick);
    expect(better(slow, quick)).toBe(quick);
  });

  it("takes the newer of two samples that are equally good", () => {
    const older = oneWaySample(5_000, 1_000);
    const newer = oneWaySample(9_000, 4_000);
    expect(better(older, newer)).toBe(newer);
  });

  it("prefers any round trip to a time that came one way", () => {
    const oneWay = better(UNKNOWN, oneWaySample(5_000, 1_000));
    expect(oneWay.offset).toBe(4_000);
    const roundTrip = roundTripSample(7_000, 0, 60_000);
    expect(better(oneWay, roundTrip)).toBe(roundTrip);
    expect(better(roundTrip, oneWay)).toBe(roundTrip);
  });

  it("is never off by more than half the round trip", () => {
    for (const thereMs of [0, 5, 40, 80]) {
      const [sentAt, trip, offset] = [1_000, 80, 250];
      const sample = roundTripSample(sentAt + thereMs + offset, sentAt, sentAt + trip);
      expect(Math.abs(sample.offset - offset)).toBeLessThanOrEqual(trip / 2);
    }
  });
});
