/* What a text frame says: Engine.IO v4 around Socket.IO v5. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "swarm.h"

bool json_integer(const char *text, size_t length, const char *key, int64_t *value) {
    char quoted[64];
    int n = snprintf(quoted, sizeof quoted, "\"%s\":", key);
    const char *found = memmem(text, length, quoted, (size_t)n), *end = text + length;
    if (!found) return false;
    found += n;
    while (found < end && *found == ' ') found++;
    bool negative = found < end && *found == '-';
    if (negative) found++;
    if (found == end || *found < '0' || *found > '9') return false;
    int64_t sum = 0;
    for (; found < end && *found >= '0' && *found <= '9'; found++) sum = sum * 10 + (*found - '0');
    *value = negative ? -sum : sum;
    return true;
}

static struct broadcast *broadcast_of(int event, int64_t seq) {
    static struct broadcast *last;
    if (last && last->event == event && last->seq == seq) return last;
    uint32_t at = (uint32_t)((uint64_t)seq * 0x9E3779B97F4A7C15ULL >> 40) + (uint32_t)event * 7919;
    for (;; at++) {
        struct broadcast *b = &S.broadcasts[at & (BROADCASTS - 1)];
        if (b->event == event && b->seq == seq) return last = b;
        if (b->event >= 0) continue;
        if (S.broadcast_count > BROADCASTS / 4 * 3) return NULL;
        S.broadcast_count++;
        b->event = event;
        b->seq = seq;
        b->count = 0;
        return last = b;
    }
}

static void track(struct client *c, int event, int64_t seq, ns_t now) {
    struct broadcast *b = broadcast_of(event, seq);
    if (!b) S.untracked++;
    else {
        if (!b->count++) b->first = now;
        b->last = now;
    }
    const char *only = S.options.order_event;
    if (only && strcmp(only, S.events.of[event].name)) return;
    c->ordered++;
    if (c->last_seq >= 0) {
        if (seq < c->last_seq) S.backward_seq++;
        else if (seq == c->last_seq) S.repeated_seq++;
        else if (seq > c->last_seq + 1) S.skipped_seq++;
    }
    c->last_seq = seq;
}

static void take_event(struct client *c, const char *text, size_t length, ns_t now) {
    const char *end = text + length, *name = memchr(text, '"', length);
    const char *close = name ? memchr(name + 1, '"', (size_t)(end - name - 1)) : NULL;
    if (!close) {
        names_count(&S.failures, "malformed_event", 0);
        return;
    }
    name++;
    struct named *event = names_find(&S.events, name, (size_t)(close - name));
    if (!event) return;
    event->count++;
    event->bytes += length;
    const char *rest = close + 1;
    size_t left = (size_t)(end - rest);
    int64_t value;
    if (json_integer(rest, left, S.options.seq_key, &value)) track(c, (int)(event - S.events.of), value, now);
    if (S.options.at_key && json_integer(rest, left, S.options.at_key, &value)) {
        int64_t took = (int64_t)now - value * 1000;
        histogram_add(&S.delivery, took > 0 ? (ns_t)took : 0);
    }
    for (int i = 0; i < S.rule_count; i++)
        if (!strcmp(S.rules[i].event, event->name) && json_integer(rest, left, S.options.question_key, &value))
            answer_schedule(c, i, value, now);
    expect_look(event->name, event->count);
}

static void take_packet(struct client *c, const char *text, size_t length, ns_t now) {
    char kind = length ? text[0] : 0;
    const char *rest = text + 1, *end = text + length;
    switch (kind) {
    case '0':
        client_joined(c, now);
        return;
    case '1':
        client_end(c, "disconnect_packet");
        return;
    case '2':
    case '3': {
        uint32_t id = 0;
        while (rest < end && *rest >= '0' && *rest <= '9') id = id * 10 + (uint32_t)(*rest++ - '0');
        if (kind == '2') take_event(c, rest, (size_t)(end - rest), now);
        else emit_acked(c, id, rest, (size_t)(end - rest), now);
        return;
    }
    case '4': {
        const char *code = memmem(text, length, "\"code\":\"", 8);
        char why[48] = "connect_error";
        if (code) {
            code += 8;
            size_t n = 0;
            while (code + n < end && code[n] != '"' && n < 30) n++;
            snprintf(why, sizeof why, "refused_%.*s", (int)n, code);
        }
        client_fail(c, why);
        return;
    }
    default:
        names_count(&S.failures, "unknown_packet", 0);
    }
}

void messages_take(struct client *c, char *text, size_t length, ns_t now) {
    if (!length) return;
    switch (text[0]) {
    case '0': {
        if (c->state != OPENING) return;
        char join[4096];
        int n = c->token ? snprintf(join, sizeof join, "40{\"token\":\"%s\"}", c->token)
                         : snprintf(join, sizeof join, "40");
        c->state = JOINING;
        client_send(c, join, (size_t)n);
        return;
    }
    case '1':
        client_end(c, "close_packet");
        return;
    case '2':
        text[0] = '3'; /* a pong carries what its ping did */
        client_send(c, text, length);
        return;
    case '4':
        take_packet(c, text + 1, length - 1, now);
        return;
    default:
        return;
    }
}
