/** A player's session: the live session, and the answer that is on its way to it. */

import { LiveSession } from "../../session/live-session.svelte";
import { AnswerDelivery, type Delivery } from "../../session/delivery";
import type { DeviceStorage } from "../../session/device-storage";
import type { Seat } from "../../session/seats";
import { newSubmissionId } from "../../session/submission-id";
import type { Answer, QuestionView } from "../../messages";

export class PlayerSession {
  readonly live: LiveSession;
  delivery = $state.raw<Delivery>({ step: "none" });

  readonly #answers: AnswerDelivery;

  constructor(seat: Seat, storage: DeviceStorage) {
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
    return () => {
      this.#answers.stop();
      close();
    };
  }

  answer(question: QuestionView, answer: Answer): void {
    this.#answers.submit(question.number, answer);
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
