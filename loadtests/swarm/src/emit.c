/* Events that clients send: at a rate, in a closed loop, or as the answer to an event; and their acks. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "swarm.h"

struct values {
    uint64_t seq, client;
    int64_t question;
};

/* Replaces {seq}, {client}, {question} and {random:N}; other braces are JSON. */
static size_t fill(char *into, size_t size, const char *template, struct values v) {
    size_t n = 0;
    while (*template && n + 32 < size) {
        unsigned bound;
        int taken = 0;
        if (*template != '{') into[n++] = *template++;
        else if (!strncmp(template, "{seq}", 5)) n += (size_t)sprintf(into + n, "%lu", v.seq), template += 5;
        else if (!strncmp(template, "{client}", 8)) n += (size_t)sprintf(into + n, "%lu", v.client), template += 8;
        else if (!strncmp(template, "{question}", 10)) n += (size_t)sprintf(into + n, "%ld", v.question), template += 10;
        else if (sscanf(template, "{random:%u}%n", &bound, &taken) == 1 && taken && bound)
            n += (size_t)sprintf(into + n, "%u", chance() % bound), template += taken;
        else into[n++] = *template++;
    }
    return n;
}

static bool call(struct client *c, const char *template, struct values v, enum cause cause) {
    if (c->state != JOINED || c->stopped) return false;
    struct pending *free_slot = NULL;
    for (int i = 0; i < ACK_SLOTS && !free_slot; i++)
        if (!c->pending[i].id) free_slot = &c->pending[i];
    if (!free_slot) return false;
    char text[8192];
    uint32_t id = ++c->next_ack;
    size_t n = (size_t)sprintf(text, "42%u", id);
    n += fill(text + n, sizeof text - n, template, v);
    *free_slot = (struct pending){.id = id, .cause = (uint8_t)cause, .sent = clock_ns()};
    client_send(c, text, n);
    return true;
}

void emit_once(uint32_t from, uint32_t to, const char *template) {
    char text[8192] = "42";
    for (uint32_t i = from; i < to; i++) {
        struct client *c = &S.clients[i];
        if (c->state != JOINED) continue;
        size_t n = 2 + fill(text + 2, sizeof text - 2, template, (struct values){0, i, 0});
        client_send(c, text, n);
    }
}

static void emit_from(struct client *c, uint64_t seq) {
    struct emission *e = &S.emission;
    e->handed_out++;
    if (call(c, e->template, (struct values){seq, c->index, 0}, BY_EMISSION)) e->sent++, e->waiting++;
    else e->skipped++;
}

bool emit_start(uint32_t from, uint32_t to, uint32_t each, double rate, uint32_t burst, const char *template) {
    struct emission *e = &S.emission;
    if (e->active) return false;
    free(e->template);
    *e = (struct emission){.active = true, .from = from, .to = to, .each = each, .rate = rate, .burst = burst};
    e->template = strdup(template);
    e->total = (uint64_t)each * (to - from);
    e->began = clock_ns();
    if (rate > 0) return true;
    for (uint32_t i = from; i < to; i++) {
        S.clients[i].left = each - 1;
        uint64_t skipped = e->skipped;
        emit_from(&S.clients[i], 0);
        if (e->skipped == skipped) continue;
        /* A client that cannot call now will not be acked, which is what would make it call again. */
        e->skipped += S.clients[i].left;
        e->handed_out += S.clients[i].left;
        S.clients[i].left = 0;
    }
    return true;
}

bool emit_due(ns_t now) {
    struct emission *e = &S.emission;
    if (!e->active) return false;
    bool worked = false;
    if (e->rate > 0 && e->handed_out < e->total) {
        uint64_t due = 1 + (uint64_t)((double)(now - e->began) / 1e9 * e->rate);
        if (e->burst > 1) due = (due + e->burst - 1) / e->burst * e->burst;
        if (due > e->total) due = e->total;
        uint32_t wide = e->to - e->from;
        for (int most = 64; most && e->handed_out < due; most--, worked = true)
            emit_from(&S.clients[e->from + e->handed_out % wide], e->handed_out / wide);
    }
    if (e->handed_out == e->total && !e->all_sent) e->all_sent = now;
    emit_finish_if_done(now);
    return worked;
}

void emit_finish_if_done(ns_t now) {
    struct emission *e = &S.emission;
    if (!e->active || e->handed_out < e->total) return;
    bool late = e->all_sent && now > e->all_sent && now - e->all_sent > (ns_t)S.options.ack_timeout_ms * 1000000;
    if (e->waiting && !late) return;
    e->active = false;
    report_emitted(now, e->waiting > 0);
}

static void count_outcome(const char *text, size_t length) {
    if (memmem(text, length, "\"ok\":false", 10)) {
        const char *code = memmem(text, length, "\"code\":\"", 8), *end = text + length;
        size_t n = 0;
        if (code)
            for (code += 8; code + n < end && code[n] != '"' && n < 40; n++);
        struct named *outcome = code ? names_find(&S.acks, code, n) : names_find(&S.acks, "refused", 7);
        if (outcome) outcome->count++;
    } else if (memmem(text, length, "\"saved\"", 7)) names_count(&S.acks, "saved", 0);
    else if (memmem(text, length, "\"queued\"", 8)) names_count(&S.acks, "queued", 0);
    else if (memmem(text, length, "\"ok\":true", 9)) names_count(&S.acks, "ok", 0);
    else names_count(&S.acks, "other", 0);
}

void emit_acked(struct client *c, uint32_t id, const char *text, size_t length, ns_t now) {
    struct emission *e = &S.emission;
    for (int i = 0; i < ACK_SLOTS; i++) {
        struct pending *p = &c->pending[i];
        if (!id || p->id != id) continue;
        p->id = 0;
        histogram_add(&S.ack, now - p->sent);
        count_outcome(text, length);
        expect_look("#ack", ++S.ack_count);
        if (p->cause != BY_EMISSION || !e->active) return;
        e->waiting--;
        if (c->left) {
            c->left--;
            emit_from(c, e->each - c->left - 1);
        }
        return;
    }
    names_count(&S.acks, "unasked", 0);
}

void emit_forget(struct client *c) {
    struct emission *e = &S.emission;
    for (int i = 0; i < ACK_SLOTS; i++) {
        if (!c->pending[i].id) continue;
        c->pending[i].id = 0;
        S.acks_lost++;
        if (c->pending[i].cause == BY_EMISSION && e->active && e->waiting) e->waiting--;
    }
    if (e->active && !(e->rate > 0)) e->handed_out += c->left, e->skipped += c->left;
    c->left = 0;
}

void answer_schedule(struct client *c, int rule, int64_t question, ns_t now) {
    c->question = question;
    c->rule = (uint8_t)rule;
    S.answers_superseded += c->answer_due;
    c->answer_due = true;
    if (c->in_wheel) return;
    uint32_t delay = S.rules[rule].jitter_ms ? chance() % S.rules[rule].jitter_ms : 0;
    uint64_t slot = now / 1000000 + 1 + delay;
    c->in_wheel = true;
    c->next_in_slot = S.wheel[slot % WHEEL_MS];
    S.wheel[slot % WHEEL_MS] = (int32_t)c->index;
    S.answers_due++;
}

bool answers_due(ns_t now) {
    uint64_t ms = now / 1000000;
    bool worked = false;
    if (!S.answers_due) S.wheel_ms = ms;
    while (S.wheel_ms < ms) {
        int32_t *slot = &S.wheel[++S.wheel_ms % WHEEL_MS], at = *slot;
        *slot = -1;
        while (at >= 0) {
            struct client *c = &S.clients[at];
            at = c->next_in_slot;
            S.answers_due--;
            c->in_wheel = false;
            if (!c->answer_due) continue;
            c->answer_due = false;
            worked = true;
            if (call(c, S.rules[c->rule].template, (struct values){0, c->index, c->question}, BY_RULE)) S.answers_sent++;
            else S.answers_skipped++;
        }
    }
    return worked;
}
