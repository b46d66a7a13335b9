/** What the page of a seat is given. Apart from the page, so that naming it does not fetch it. */

import type { DeviceStorage } from "../../session/device-storage";
import type { Seat } from "../../session/seats";
import type { Loss } from "../SeatGone.svelte";

export interface PlayPageProps {
  seat: Seat;
  storage: DeviceStorage;
  onlost: (loss: Loss) => void;
  onover: () => void;
  onleave: () => void;
}
