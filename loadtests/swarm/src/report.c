/* JSON lines on stdout, one report a line. Durations are microseconds. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "swarm.h"

static double cpu_s(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct named *names_find(struct names *table, const char *name, size_t length) {
    if (length >= sizeof table->of[0].name) length = sizeof table->of[0].name - 1;
    for (int i = 0; i < table->used; i++) {
        struct named *known = &table->of[i];
        if (!strncmp(known->name, name, length) && !known->name[length]) return known;
    }
    if (table->used == MAX_NAMES) {
        table->unnamed++;
        return NULL;
    }
    struct named *fresh = &table->of[table->used++];
    *fresh = (struct named){0};
    /* They go into a report as they are. */
    for (size_t i = 0; i < length; i++) fresh->name[i] = name[i] < ' ' || name[i] == '\\' ? '_' : name[i];
    return fresh;
}

void names_count(struct names *table, const char *name, uint64_t bytes) {
    struct named *found = names_find(table, name, strlen(name));
    if (!found) return;
    found->count++;
    found->bytes += bytes;
}

static void names_write(const char *title, const struct names *table, bool bytes) {
    const char *comma = "";
    printf(",\"%s\":{", title);
    for (int i = 0; i < table->used; i++) {
        const struct named *n = &table->of[i];
        if (!n->count) continue;
        if (bytes) printf("%s\"%s\":{\"count\":%lu,\"bytes\":%lu}", comma, n->name, n->count, n->bytes);
        else printf("%s\"%s\":%lu", comma, n->name, n->count);
        comma = ",";
    }
    if (table->unnamed && !bytes) printf("%s\"unnamed\":%lu", comma, table->unnamed);
    printf("}");
}

static void histogram_write(const char *title, const struct histogram *h) {
    printf(",\"%s\":{\"count\":%lu,\"p50\":%lu,\"p90\":%lu,\"p99\":%lu,\"p999\":%lu,\"max\":%lu}", title, h->count,
           histogram_quantile_us(h, .5), histogram_quantile_us(h, .9), histogram_quantile_us(h, .99),
           histogram_quantile_us(h, .999), h->max);
}

static void spread_write(void) {
    static struct histogram spread;
    histogram_clear(&spread);
    for (uint32_t i = 0; i < BROADCASTS; i++) {
        const struct broadcast *b = &S.broadcasts[i];
        if (b->event >= 0 && b->count > 1) histogram_add(&spread, b->last - b->first);
    }
    histogram_write("spread_us", &spread);
}

static void usage_write(void) {
    double cpu = cpu_s() - S.reset_cpu, wall = (double)(clock_ns() - S.reset_at) / 1e9;
    printf(",\"cpu_s\":%.6f,\"wall_s\":%.6f,\"lag_us\":%lu", cpu, wall, S.worst_lag / 1000);
}

void report_full(void) {
    uint64_t states[GONE + 1] = {0}, stopped = 0, receivers = 0;
    uint32_t least = UINT32_MAX, most = 0;
    for (uint32_t i = 0; i < S.count; i++) {
        const struct client *c = &S.clients[i];
        states[c->state]++;
        if (c->state != JOINED) continue;
        if (c->stopped) {
            stopped++;
            continue;
        }
        receivers++;
        if (c->ordered < least) least = c->ordered;
        if (c->ordered > most) most = c->ordered;
    }
    printf("{\"type\":\"report\",\"idle\":%lu,\"connecting\":%u,\"joined\":%lu,\"failed\":%lu,\"gone\":%lu,\"stopped\":%lu",
           states[IDLE], S.connecting, states[JOINED], states[FAILED], states[GONE], stopped);
    names_write("failures", &S.failures, false);
    names_write("ends", &S.ends, false);
    names_write("events", &S.events, true);
    names_write("acks", &S.acks, false);
    printf(",\"acks_lost\":%lu,\"answers\":{\"sent\":%lu,\"superseded\":%lu,\"skipped\":%lu,\"due\":%u}", S.acks_lost,
           S.answers_sent, S.answers_superseded, S.answers_skipped, S.answers_due);
    printf(",\"order\":{\"skipped\":%lu,\"repeated\":%lu,\"backward\":%lu,\"receivers\":%lu,\"least\":%u,\"most\":%u}",
           S.skipped_seq, S.repeated_seq, S.backward_seq, receivers, receivers ? least : 0, most);
    printf(",\"frames\":%lu,\"bytes\":%lu,\"compressed\":%lu,\"not_inflated\":%lu,\"broadcasts\":%u,\"untracked\":%lu",
           S.frames, S.bytes, S.compressed, S.not_inflated, S.broadcast_count, S.untracked);
    histogram_write("connect_us", &S.connect);
    histogram_write("ack_us", &S.ack);
    histogram_write("delivery_us", &S.delivery);
    histogram_write("stopped_gone_us", &S.stopped_gone);
    spread_write();
    usage_write();
    printf("}\n");
    fflush(stdout);
}

void report_broadcasts(void) {
    const char *comma = "";
    printf("{\"type\":\"broadcasts\",\"items\":[");
    for (uint32_t i = 0; i < BROADCASTS; i++) {
        const struct broadcast *b = &S.broadcasts[i];
        if (b->event < 0) continue;
        printf("%s{\"event\":\"%s\",\"seq\":%ld,\"count\":%u,\"first_ns\":%lu,\"last_ns\":%lu}", comma,
               S.events.of[b->event].name, b->seq, b->count, b->first, b->last);
        comma = ",";
    }
    printf("]}\n");
    fflush(stdout);
}

void report_connected(ns_t now) {
    uint64_t joined = 0, failed = 0;
    for (uint32_t i = 0; i < S.count; i++) {
        joined += S.clients[i].state == JOINED;
        failed += S.clients[i].state == FAILED;
    }
    printf("{\"type\":\"connected\",\"joined\":%lu,\"failed\":%lu,\"took_s\":%.6f", joined, failed,
           (double)(now - S.open_began) / 1e9);
    names_write("failures", &S.failures, false);
    printf("}\n");
    fflush(stdout);
}

void report_emitted(ns_t now, bool timed_out) {
    const struct emission *e = &S.emission;
    printf("{\"type\":\"emitted\",\"sent\":%lu,\"skipped\":%lu,\"unacked\":%lu,\"timed_out\":%s,\"took_s\":%.6f}\n", e->sent,
           e->skipped, e->waiting, timed_out ? "true" : "false", (double)(now - e->began) / 1e9);
    fflush(stdout);
}

void report_expected(const struct expected *e) {
    printf("{\"type\":\"expected\",\"event\":\"%s\",\"count\":%lu}\n", e->name, e->count);
    fflush(stdout);
}

void report_error(const char *what) {
    printf("{\"type\":\"error\",\"message\":\"%s\"}\n", what);
    fflush(stdout);
}

void expect_look(const char *name, uint64_t count) {
    for (int i = 0; i < MAX_EXPECTED; i++) {
        struct expected *e = &S.expected[i];
        if (!e->open || count < e->count || strcmp(e->name, name)) continue;
        e->open = false;
        report_expected(e);
    }
}

void report_reset(void) {
    /* Names keep their places: broadcasts refer to them by index. */
    for (int i = 0; i < S.events.used; i++) S.events.of[i].count = S.events.of[i].bytes = 0;
    S.events.unnamed = 0;
    S.acks = S.failures = S.ends = (struct names){0};
    histogram_clear(&S.connect);
    histogram_clear(&S.ack);
    histogram_clear(&S.delivery);
    histogram_clear(&S.stopped_gone);
    S.frames = S.bytes = S.compressed = S.not_inflated = S.untracked = 0;
    S.skipped_seq = S.repeated_seq = S.backward_seq = S.ack_count = S.acks_lost = 0;
    S.answers_sent = S.answers_superseded = S.answers_skipped = 0;
    for (uint32_t i = 0; i < BROADCASTS; i++) S.broadcasts[i].event = -1;
    S.broadcast_count = 0;
    for (int i = 0; i < MAX_EXPECTED; i++) S.expected[i].open = false;
    for (uint32_t i = 0; i < S.count; i++) S.clients[i].last_seq = -1, S.clients[i].ordered = 0;
    S.worst_lag = 0;
    S.reset_at = clock_ns();
    S.reset_cpu = cpu_s();
}
