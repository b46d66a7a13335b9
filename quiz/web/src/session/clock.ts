/** The service's clock as estimated here. Phones are minutes off, and a countdown by their own clock would lie. */

export interface Clock {
  /** What to add to this device's clock to get the service's, in milliseconds. */
  readonly offset: number;
  /** Round trip of the sample the offset comes from, in milliseconds; infinite for a one-way sample. */
  readonly rtt: number;
}

export const UNKNOWN: Clock = { offset: 0, rtt: Number.POSITIVE_INFINITY };

/** From a message that carried `serverNow`: late by the unknown time it travelled, so any round trip beats it. */
export function oneWaySample(serverNow: number, receivedAt: number): Clock {
  return { offset: serverNow - receivedAt, rtt: Number.POSITIVE_INFINITY };
}

/** From a question and its answer: the server read its clock about half way between. */
export function roundTripSample(serverNow: number, sentAt: number, receivedAt: number): Clock {
  const rtt = Math.max(0, receivedAt - sentAt);
  return { offset: serverNow - (sentAt + rtt / 2), rtt };
}

/** The better of two: the error of a sample is at most half its round trip. Between equals the newer one. */
export function better(known: Clock, sample: Clock): Clock {
  return sample.rtt <= known.rtt ? sample : known;
}

/** The service's time at `deviceNow`. */
export function serviceTime(clock: Clock, deviceNow: number): number {
  return deviceNow + clock.offset;
}
