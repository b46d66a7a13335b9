import { afterEach, describe, expect, it, vi } from "vitest";
import { errorWords } from "./error-words";
import { ApiError, NoAnswer, request } from "./request";

function answerWith(response: Response | Error) {
  const fetch = vi.fn(async (_address: string, _options: RequestInit): Promise<Response> => {
    if (response instanceof Error) throw response;
    return response;
  });
  vi.stubGlobal("fetch", fetch);
  return fetch;
}

function refusal(status: number, error: object, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify({ error }), { status, headers });
}

async function failure(): Promise<unknown> {
  return request("/sessions/1234567").catch((error: unknown) => error);
}

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("a request", () => {
  it("goes to the service with its token, query and JSON", async () => {
    const fetch = answerWith(new Response('{"id": "s1"}'));
    const query = { a: 1, b: undefined };
    const body = await request("/sessions", { method: "POST", token: "t", json: { quiz_id: "q" }, query });
    expect(body).toEqual({ id: "s1" });
    const [address, options] = fetch.mock.calls[0]!;
    expect(address).toBe("/api/v1/sessions?a=1");
    expect(options).toMatchObject({ method: "POST", body: '{"quiz_id":"q"}' });
    expect((options.headers as Headers).get("Authorization")).toBe("Bearer t");
  });

  it("that is refused says how, in the service's own terms", async () => {
    answerWith(refusal(422, { code: "nickname_invalid", message: "Too long.", fields: { nickname: "At most 20." } }));
    expect(await failure()).toMatchObject({
      status: 422,
      code: "nickname_invalid",
      message: "Too long.",
      fields: { nickname: "At most 20." },
      retryAfter: null,
    });
  });

  it("that comes too often says how long to wait", async () => {
    answerWith(refusal(429, { code: "rate_limited", message: "Slow down." }, { "Retry-After": "7" }));
    const error = await failure();
    expect(error).toBeInstanceOf(ApiError);
    expect(errorWords(error)).toBe("Too many tries. Please wait 7 seconds.");
  });

  it("that reaches nobody is unanswered", async () => {
    answerWith(new TypeError("failed to fetch"));
    const error = await failure();
    expect(error).toBeInstanceOf(NoAnswer);
    expect(errorWords(error)).toContain("does not answer");
  });

  it("that a proxy answers for a dead service is unanswered too", async () => {
    answerWith(new Response("<h1>502 Bad Gateway</h1>", { status: 502 }));
    expect(await failure()).toBeInstanceOf(NoAnswer);
  });

  it("whose answer breaks off is unanswered too", async () => {
    answerWith(new Response('{"title": "x'));
    expect(await failure()).toBeInstanceOf(NoAnswer);
  });

  it("whose answer stops coming half-way is given up", async () => {
    vi.useFakeTimers();
    const stalled = async (_address: string, { signal }: RequestInit) =>
      new Response(
        new ReadableStream({ start: (body) => signal!.addEventListener("abort", () => body.error(signal!.reason)) }),
      );
    vi.stubGlobal("fetch", stalled);
    const failed = failure();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(await failed).toBeInstanceOf(NoAnswer);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("that fails for a known reason is put in the page's words", async () => {
    answerWith(refusal(404, { code: "not_found", message: "There is nothing here." }));
    const error = await failure();
    expect(errorWords(error, { not_found: "join.not_found" })).toBe("There is no game with this PIN.");
    expect(errorWords(error)).toBe("There is nothing here.");
  });
});
