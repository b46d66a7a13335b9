/** What the parts of a form for a question have in common. */

import type { QuestionDraft } from "./draft";

export interface FieldsProps {
  question: QuestionDraft;
  /** What is wrong with a field of the question, in words; empty when nothing is. */
  problem: (field: string) => string;
  /** `about` names what is being typed into, so that it can be undone together. */
  onchange: (change: Partial<QuestionDraft>, about?: string) => void;
}
