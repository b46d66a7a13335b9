/* The lines on stdin. Each is short; what takes time reports its end on stdout. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "swarm.h"

/* "all", "K" (the first K) or "A-B" (from A, before B). */
static bool range_of(const char *word, uint32_t *from, uint32_t *to) {
    *from = 0;
    *to = S.count;
    if (!word) return false;
    if (!strcmp(word, "all")) return S.count > 0;
    if (sscanf(word, "%u-%u", from, to) != 2) {
        *from = 0;
        if (sscanf(word, "%u", to) != 1) return false;
    }
    if (*to > S.count) *to = S.count;
    return *from < *to;
}

static bool do_connect(char *rest) {
    char *many = strtok_r(NULL, " ", &rest), *rate = strtok_r(NULL, " ", &rest);
    if (!many || S.opening) return false;
    S.to_open = strcmp(many, "all") ? (uint32_t)strtoul(many, NULL, 10) : S.count;
    S.open_rate = rate ? strtod(rate, NULL) : 0;
    S.opened = 0;
    S.open_began = clock_ns();
    S.opening = true;
    return true;
}

static bool do_emit(char *rest) {
    uint32_t from, to, burst = 1;
    if (!range_of(strtok_r(NULL, " ", &rest), &from, &to)) return false;
    char *each = strtok_r(NULL, " ", &rest), *rate = strtok_r(NULL, " ", &rest);
    if (!each || !rate || !*rest) return false;
    double a_second = strtod(rate, &rate);
    if (*rate == '/') burst = (uint32_t)strtoul(rate + 1, NULL, 10);
    uint32_t times = (uint32_t)strtoul(each, NULL, 10);
    return times && emit_start(from, to, times, a_second, burst, rest);
}

static bool do_send(char *rest) {
    uint32_t from, to;
    if (!range_of(strtok_r(NULL, " ", &rest), &from, &to) || !*rest) return false;
    emit_once(from, to, rest);
    return true;
}

static bool do_answer_on(char *rest) {
    char *event = strtok_r(NULL, " ", &rest), *jitter = strtok_r(NULL, " ", &rest);
    if (!jitter || !*rest || S.rule_count == MAX_RULES) return false;
    struct rule *rule = &S.rules[S.rule_count++];
    snprintf(rule->event, sizeof rule->event, "%s", event);
    rule->jitter_ms = (uint32_t)strtoul(jitter, NULL, 10);
    if (rule->jitter_ms >= WHEEL_MS - 2000) rule->jitter_ms = WHEEL_MS - 2000;
    rule->template = strdup(rest);
    return true;
}

static bool do_expect(char *rest) {
    char *name = strtok_r(NULL, " ", &rest), *count = strtok_r(NULL, " ", &rest);
    if (!count) return false;
    for (int i = 0; i < MAX_EXPECTED; i++) {
        struct expected *e = &S.expected[i];
        if (e->open) continue;
        snprintf(e->name, sizeof e->name, "%s", name);
        e->count = strtoull(count, NULL, 10);
        e->open = true;
        uint64_t already = S.ack_count;
        if (strcmp(name, "#ack")) {
            struct named *event = names_find(&S.events, name, strlen(name));
            already = event ? event->count : 0;
        }
        expect_look(e->name, already);
        return true;
    }
    return false;
}

static bool do_close(char *rest) {
    uint32_t from, to;
    if (!range_of(strtok_r(NULL, " ", &rest), &from, &to)) return false;
    for (uint32_t i = from; i < to; i++)
        if (S.clients[i].state != IDLE) client_close(&S.clients[i]);
    return true;
}

static bool obey(char *line) {
    char *rest = NULL, *word = strtok_r(line, " ", &rest);
    if (!word) return true;
    if (!strcmp(word, "connect")) return do_connect(rest);
    if (!strcmp(word, "emit")) return do_emit(rest);
    if (!strcmp(word, "send")) return do_send(rest);
    if (!strcmp(word, "answer-on")) return do_answer_on(rest);
    if (!strcmp(word, "expect")) return do_expect(rest);
    if (!strcmp(word, "close")) return do_close(rest);
    if (!strcmp(word, "report")) return report_full(), true;
    if (!strcmp(word, "broadcasts")) return report_broadcasts(), true;
    if (!strcmp(word, "reset")) return report_reset(), true;
    if (!strcmp(word, "quit")) return S.quit = true;
    if (!strcmp(word, "answer-off")) {
        while (S.rule_count) free(S.rules[--S.rule_count].template);
        for (uint32_t i = 0; i < S.count; i++) S.clients[i].answer_due = false;
        return true;
    }
    if (!strcmp(word, "stop-reading")) {
        for (uint32_t i = 0; i < S.count; i++)
            if (S.clients[i].stopper) client_stop_reading(&S.clients[i], clock_ns());
        return true;
    }
    return false;
}

bool commands_read(void) {
    static char pending[16384];
    static size_t length;
    ssize_t got = read(STDIN_FILENO, pending + length, sizeof pending - 1 - length);
    if (got == 0 || (got < 0 && errno != EAGAIN)) return false;
    if (got > 0) length += (size_t)got;
    char *end;
    while ((end = memchr(pending, '\n', length))) {
        *end = 0;
        char shown[64];
        snprintf(shown, sizeof shown, "%.*s", (int)strcspn(pending, " \"\\"), pending);
        if (!obey(pending)) {
            char what[128];
            snprintf(what, sizeof what, "cannot do: %s", shown);
            report_error(what);
        }
        length -= (size_t)(end + 1 - pending);
        memmove(pending, end + 1, length);
    }
    if (length == sizeof pending - 1) {
        report_error("a command is too long");
        length = 0;
    }
    return true;
}
