/** A player's session: the live session, and the answer that is on its way to it. */

import { LiveSession } from "../../session/live-session.svelte";
import { AnswerDelivery, type Delivery } from "../../session/delivery";
import { deviceStorage, type DeviceStorage } from "../../session/device-storage";
import { Draft } from "../../session/draft";
import type { Seat } from "../../session/seats";
import { newSubmissionId } from "../../session/submission-id";
import type { Answer, QuestionView } from "../../messages";
import { RankChange } from "./rank-change";

export class PlayerSession {
  readonly live: LiveSession;
  readonly draft: Draft;
  delivery = $state.raw<Delivery>({ step: "none" });

  readonly #answers: AnswerDelivery;
  readonly #ranks: RankChange;
  readonly #seat: Seat;

  constructor(seat: Seat, storage: DeviceStorage) {
    this.#seat = seat;
    const thisTab = deviceStorage(() => sessionStorage);
    this.draft = new Draft(seat.playerId, thisTab);
    this.#ranks = new RankChange(seat.playerId, thisTab);
    this.live = new LiveSession(seat, (state) => this.#answers.resume(state));
    this.#answers = new AnswerDelivery(seat.playerId, storage, {
      send: (pending) => this.live.call("answer", { ...pending }),
      doubtConnection: () => this.live.doubtConnection(),
      changed: (delivery) => (this.delivery = delivery),
      acked: (question, answered) => this.live.answerAcked(question, answered),
      newId: newSubmissionId,
      random: Math.random,
    });
  }

  open(): () => void {
    const close = this.live.open();
    // Another tab's answer is settled; what it was, only a snapshot tells.
    const settled = ({ key, newValue }: StorageEvent) => {
      if (newValue === null && key?.endsWith(`pending.${this.#seat.playerId}`)) this.live.resync();
    };
    window.addEventListener("storage", settled);
    return () => {
      window.removeEventListener("storage", settled);
      this.#answers.stop();
      close();
    };
  }

  answer(question: QuestionView, answer: Answer): void {
    this.#answers.submit(question.number, answer);
  }

  /** Places won by the last result, lost if below 0; null while nothing can be said. */
  placesWon(): number | null {
    const result = this.live.state?.you?.result;
    return result === undefined ? null : this.#ranks.after(result.question, result.rank);
  }

  /** What became of this player's answer to `question`, whether it was given here or found in a snapshot. */
  deliveryOf(question: QuestionView): Delivery {
    const { number } = question;
    if (this.delivery.step !== "none" && this.delivery.question === number) return this.delivery;
    const you = this.live.state?.you;
    if (you?.answered && you.answer !== undefined) return { step: "saved", question: number, answer: you.answer };
    return { step: "none" };
  }
}
