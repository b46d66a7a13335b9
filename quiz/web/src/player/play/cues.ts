/** Signals for players who want them: short tones and vibrations, at moments that matter to them. */

export type Cue = "open" | "saved" | "right" | "wrong";

/** Tones one after the other, in hertz. */
const TONES: Record<Cue, readonly number[]> = {
  open: [523, 659],
  saved: [784],
  right: [523, 659, 784],
  wrong: [330, 262],
};
/** On and off, in milliseconds. */
const VIBRATIONS: Record<Cue, number[]> = {
  open: [80, 60, 80],
  saved: [40],
  right: [60, 50, 60, 50, 120],
  wrong: [200],
};
const TONE_S = 0.13;
const LOUDNESS = 0.12;

let audio: AudioContext | null = null;

/** Browsers let a page sound only after its reader has touched it. Returns what ends waiting for that. */
export function soundAfterTouch(): () => void {
  const wake = () => {
    audio ??= new AudioContext();
    void audio.resume();
  };
  const touches = ["pointerdown", "keydown"] as const;
  for (const touch of touches) document.addEventListener(touch, wake);
  return () => {
    for (const touch of touches) document.removeEventListener(touch, wake);
  };
}

export function sound(cue: Cue): void {
  if (audio?.state !== "running") return;
  const begin = audio.currentTime;
  for (const [index, hertz] of TONES[cue].entries()) tone(audio, hertz, begin + index * TONE_S);
}

export function vibrate(cue: Cue): void {
  // Without a touch before it, or where there is nothing to vibrate, this does nothing.
  navigator.vibrate?.(VIBRATIONS[cue]);
}

/** One tone that swells and fades: a sudden end would click. */
function tone(context: AudioContext, hertz: number, at: number): void {
  const oscillator = context.createOscillator();
  const loudness = context.createGain();
  oscillator.frequency.value = hertz;
  loudness.gain.setValueAtTime(0, at);
  loudness.gain.linearRampToValueAtTime(LOUDNESS, at + 0.02);
  loudness.gain.linearRampToValueAtTime(0, at + TONE_S);
  oscillator.connect(loudness).connect(context.destination);
  oscillator.start(at);
  oscillator.stop(at + TONE_S);
}
