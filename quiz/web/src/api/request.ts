/** Calls to the service's REST interface, with failures as values of two kinds a page can explain. */

const BASE = "/api/v1";
const TIMEOUT_MS = 20_000;
/** Files of large sessions and quizzes take their time. */
const DOWNLOAD_MS = 120_000;

/** The service refused. `code` is one of its own; `message` is written for a person. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly fields: Readonly<Record<string, string>> = {},
    /** How long to wait before another try, in seconds, when the service says so. */
    readonly retryAfter: number | null = null,
  ) {
    super(message);
  }
}

/** The service did not answer at all. */
export class NoAnswer extends Error {}

export interface RequestOptions {
  method?: "GET" | "POST" | "PUT" | "DELETE";
  query?: Record<string, string | number | undefined>;
  token?: string;
  /** The `ETag` of the version that a change is made for. */
  ifMatch?: string;
  /** Sent as JSON. */
  json?: unknown;
  /** Sent as it is. */
  body?: Blob;
}

/**
 * @param path below `/api/v1`, its parts already encoded.
 * @throws {ApiError | NoAnswer}
 */
export async function request<Body>(path: string, options: RequestOptions = {}): Promise<Body> {
  return send(path, options, (response) => response.json() as Promise<Body>);
}

/**
 * The same, with the `ETag` of what was answered.
 *
 * @throws {ApiError | NoAnswer}
 */
export async function requestTagged<Body>(path: string, options: RequestOptions = {}) {
  return send(path, options, async (response) => ({
    body: (await response.json()) as Body,
    etag: response.headers.get("ETag") ?? "",
  }));
}

/** For calls that answer with nothing. @throws {ApiError | NoAnswer} */
export async function command(path: string, options: RequestOptions): Promise<void> {
  await send(path, options, async () => {});
}

/** @throws {ApiError | NoAnswer} */
export async function download(path: string, options: RequestOptions = {}): Promise<Blob> {
  return send(path, options, (response) => response.blob(), DOWNLOAD_MS);
}

/** @param read takes the body in; one that breaks off or stops coming is no answer either. */
async function send<Answer>(
  path: string,
  { method = "GET", query = {}, token, ifMatch, json, body }: RequestOptions,
  read: (response: Response) => Promise<Answer>,
  patienceMs = TIMEOUT_MS,
): Promise<Answer> {
  const headers = new Headers({ Accept: "application/json, */*" });
  if (token !== undefined) headers.set("Authorization", `Bearer ${token}`);
  if (ifMatch !== undefined) headers.set("If-Match", ifMatch);
  if (json !== undefined) headers.set("Content-Type", "application/json");
  if (body !== undefined) headers.set("Content-Type", body.type || "application/octet-stream");
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), patienceMs);
  let refusal: ApiError | NoAnswer;
  try {
    const response = await fetch(BASE + path + queryString(query), {
      method,
      headers,
      signal: stop.signal,
      cache: "no-store",
      body: json === undefined ? (body ?? null) : JSON.stringify(json),
    });
    if (response.ok) return await read(response);
    refusal = await readError(response);
  } catch (cause) {
    throw new NoAnswer("no answer", { cause });
  } finally {
    clearTimeout(timer);
  }
  throw refusal;
}

function queryString(query: Record<string, string | number | undefined>): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  return given.length === 0 ? "" : `?${new URLSearchParams(given.map(([key, value]) => [key, String(value)]))}`;
}

async function readError(response: Response): Promise<ApiError | NoAnswer> {
  const seconds = Number(response.headers.get("Retry-After") ?? Number.NaN);
  const retryAfter = Number.isFinite(seconds) ? seconds : null;
  try {
    const { error } = (await response.json()) as {
      error: { code: string; message: string; fields?: Record<string, string> };
    };
    return new ApiError(response.status, error.code, error.message, error.fields, retryAfter);
  } catch {
    // A proxy answered in the service's place.
    return response.status >= 500
      ? new NoAnswer(`status ${response.status}`)
      : new ApiError(response.status, "unknown", "", {}, retryAfter);
  }
}
