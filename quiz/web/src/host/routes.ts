/** Addresses of the host's page. */

/** The session in `/host/game/SESSION`, or null for the desk. */
export function sessionOfPath(pathname: string): string | null {
  const id = /^\/host\/game\/([^/]+)\/?$/.exec(pathname)?.[1];
  return id === undefined ? null : decoded(id);
}

export function consolePath(sessionId: string): string {
  return `/host/game/${encodeURIComponent(sessionId)}`;
}

/** The quiz in `/host/quiz/QUIZ`, or null elsewhere. */
export function quizOfPath(pathname: string): string | null {
  const id = /^\/host\/quiz\/([^/]+)\/?$/.exec(pathname)?.[1];
  return id === undefined ? null : decoded(id);
}

export function editorPath(quizId: string): string {
  return `/host/quiz/${encodeURIComponent(quizId)}`;
}

/** The session in `/host/report/SESSION`, or null elsewhere. */
export function reportOfPath(pathname: string): string | null {
  const id = /^\/host\/report\/([^/]+)\/?$/.exec(pathname)?.[1];
  return id === undefined ? null : decoded(id);
}

export function reportPath(sessionId: string): string {
  return `/host/report/${encodeURIComponent(sessionId)}`;
}

/** The big screen of a session. All of it stands behind the "#", which browsers never send to a server. */
export function screenAddress({ screen_token, affinity, pin, join_url }: ScreenPass): string {
  return `/screen#${new URLSearchParams({ token: screen_token, affinity, pin, join: join_url })}`;
}

export interface ScreenPass {
  screen_token: string;
  affinity: string;
  pin: string;
  join_url: string;
}

/** What is not encoded as it should be is nobody's id, and is looked for as it stands. */
function decoded(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}
