/** One quiz being written: the draft with its history, what is selected, what is wrong, and how far it is saved. */

import type { QuizVersion } from "../../api/quizzes";
import { t } from "../../i18n/translate";
import { Autosave, type QuizService, type SaveStatus } from "./autosave";
import { fromQuiz, toQuiz, type QuizDraft } from "./draft";
import { begin, record, redo, undo, type History } from "./history";
import { questionsOf } from "./operations";
import { problemsOf } from "./problems";
import { refusalsOf } from "./refusal";
import type { Unsaved, UnsavedDrafts } from "./unsaved";

const KEEP_AFTER_MS = 300;

export class EditorSession {
  #history = $state.raw(begin<QuizDraft>({ title: "", language: "", rounds: [] }));
  status = $state.raw<SaveStatus>({ at: "saved" });
  /** The key of the question or the round being edited. */
  selected = $state("");
  /** Whether this device has what the service does not have yet. */
  keptHere = $state(true);
  /** Whether the page began with a draft of an earlier visit. */
  restored = $state(false);
  /** What another tab has left unsaved. */
  offered = $state.raw<Unsaved | null>(null);

  readonly draft = $derived(this.#history.present);
  readonly canUndo = $derived(this.#history.past.length > 0);
  readonly canRedo = $derived(this.#history.future.length > 0);
  readonly problems = $derived(problemsOf(this.draft));
  readonly #refusals = $derived(
    this.status.at === "refused" ? refusalsOf(this.draft, this.status.error.fields) : [],
  );
  readonly #words = $derived(
    new Map<string, string>([
      ...this.#refusals.map(({ owner, field, message }) => [`${owner} ${field}`, message] as const),
      ...this.problems.map(({ owner, field, phrase, values }) => [`${owner} ${field}`, t(phrase, values)] as const),
    ]),
  );
  /** The keys of all questions and rounds that something is wrong with. */
  readonly troubled = $derived(new Set([...this.problems, ...this.#refusals].map(({ owner }) => owner)));
  readonly safe = $derived(this.status.at === "saved");

  readonly #autosave: Autosave;
  readonly #unsaved: UnsavedDrafts;
  #keeping: ReturnType<typeof setTimeout> | undefined;

  constructor(service: QuizService, version: QuizVersion, unsaved: UnsavedDrafts) {
    this.#unsaved = unsaved;
    this.#autosave = new Autosave(service, version, (status) => this.#heard(status));
    this.#history = begin(fromQuiz(version.quiz));
    const own = unsaved.own();
    if (own !== null) this.#restore(own);
    else this.offered = unsaved.ofAnotherTab();
    this.selected = questionsOf(this.draft)[0]?.key ?? this.draft.rounds[0]?.key ?? "";
  }

  /** What is wrong there, in words; empty when nothing is. */
  problem(owner: string, field: string): string {
    return this.#words.get(`${owner} ${field}`) ?? "";
  }

  /** @param about what is edited, where quick edits of the same thing are to be undone together. */
  edit(change: (draft: QuizDraft) => QuizDraft, about = ""): void {
    const draft = change(this.draft);
    if (draft === this.draft) return;
    this.#history = record(this.#history, draft, about, Date.now());
    this.#changed();
  }

  undo(): void {
    this.#travel(undo(this.#history));
  }

  redo(): void {
    this.#travel(redo(this.#history));
  }

  /** Goes on with what the others have made of the quiz; undoing brings one's own back. */
  takeOther(other: QuizVersion): void {
    this.#history = record(this.#history, fromQuiz(other.quiz), "", Date.now());
    this.restored = false;
    this.#autosave.takeOther(other);
    this.#selectSomething();
  }

  keepMine(): void {
    this.#autosave.keepMine();
  }

  /** Goes on with the draft of another tab, or throws it away. */
  answerOffer(taken: boolean): void {
    const { offered } = this;
    this.offered = null;
    if (offered === null) return;
    this.#unsaved.forget(offered.tab);
    if (taken) this.#restore(offered);
    this.#selectSomething();
  }

  hurry(): void {
    this.#autosave.hurry();
  }

  /** Keeps on this device, now, what is not saved: the page may go at any moment. */
  keep(): void {
    clearTimeout(this.#keeping);
    if (this.safe) return;
    this.keptHere = this.#unsaved.keep(this.draft, this.#autosave.version.etag, Date.now());
  }

  /** The unsaved draft has found another home. */
  abandon(): void {
    clearTimeout(this.#keeping);
    this.status = { at: "saved" };
    this.#unsaved.forgetOwn();
  }

  close(): void {
    this.keep();
    this.#autosave.close();
  }

  #restore(unsaved: Unsaved): void {
    const version = this.#autosave.version;
    const now = JSON.stringify(toQuiz(this.draft));
    if (JSON.stringify(toQuiz(unsaved.draft)) === now && problemsOf(unsaved.draft).length === 0) {
      return this.#unsaved.forgetOwn();
    }
    this.#history = record(this.#history, unsaved.draft, "", Date.now());
    this.restored = true;
    this.#changed();
    if (unsaved.etag !== version.etag) this.#autosave.disagree(version);
  }

  #travel(history: History<QuizDraft>): void {
    if (history === this.#history) return;
    const before = new Set(questionsOf(this.draft).map(({ key }) => key));
    this.#history = history;
    const back = questionsOf(this.draft).filter(({ key }) => !before.has(key));
    if (back.length === 1) this.selected = back[0]!.key;
    this.#selectSomething();
    this.#changed();
  }

  #selectSomething(): void {
    const keys = [...questionsOf(this.draft), ...this.draft.rounds].map(({ key }) => key);
    if (!keys.includes(this.selected)) this.selected = keys[0] ?? "";
  }

  #changed(): void {
    this.#autosave.change(this.problems.length === 0 ? toQuiz(this.draft) : null);
    clearTimeout(this.#keeping);
    this.#keeping = setTimeout(() => this.keep(), KEEP_AFTER_MS);
  }

  #heard(status: SaveStatus): void {
    this.status = status;
    if (status.at !== "saved") return;
    clearTimeout(this.#keeping);
    this.#unsaved.forgetOwn();
  }
}
