/* Options and the loop. loadtests/swarm/README.md tells what can be given and what comes back. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netdb.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#include "swarm.h"

#define STDIN_MARK UINT32_MAX
#define CALM_NS 100000000ULL /* so long without work, and the loop sleeps in epoll_wait instead of napping */

struct swarm S;

ns_t clock_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (ns_t)t.tv_sec * 1000000000ULL + (ns_t)t.tv_nsec;
}

uint32_t chance(void) {
    static uint64_t x = 0x9E3779B97F4A7C15ULL;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    return (uint32_t)(x >> 32);
}

static void die(const char *what) {
    fprintf(stderr, "swarm: %s\n", what);
    exit(2);
}

static void add_target(const char *text) {
    if (S.target_count == MAX_TARGETS) die("too many targets");
    struct target *t = &S.targets[S.target_count++];
    if (sscanf(text, "%63[^:]:%d", t->host, &t->port) != 2) die("a target is host:port");
    struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM}, *found;
    if (getaddrinfo(t->host, NULL, &hints, &found)) die("no such host");
    memcpy(&t->address, found->ai_addr, sizeof t->address);
    t->address.sin_port = htons((uint16_t)t->port);
    freeaddrinfo(found);
}

static void make_clients(uint32_t count) {
    S.clients = calloc(count ? count : 1, sizeof *S.clients);
    if (!S.clients) die("out of memory");
    S.count = count;
    for (uint32_t i = 0; i < count; i++) {
        S.clients[i].index = i;
        S.clients[i].fd = -1;
        S.clients[i].target = (uint16_t)(i % S.target_count);
    }
}

/* A line each: token, affinity, index of the target; "-" where there is none. */
static void read_clients(const char *path) {
    FILE *file = fopen(path, "r");
    if (!file) die("cannot read the list of clients");
    uint32_t lines = 0, i = 0;
    char *line = NULL, *rest;
    size_t size = 0;
    while (getline(&line, &size, file) > 0) lines++;
    rewind(file);
    make_clients(lines);
    while (i < lines && getline(&line, &size, file) > 0) {
        struct client *c = &S.clients[i++];
        char *token = strtok_r(line, " \t\n", &rest), *affinity = strtok_r(NULL, " \t\n", &rest);
        char *target = strtok_r(NULL, " \t\n", &rest);
        if (token && strcmp(token, "-")) c->token = strdup(token);
        if (affinity && strcmp(affinity, "-")) c->affinity = strdup(affinity);
        if (target && strcmp(target, "-")) c->target = (uint16_t)(strtoul(target, NULL, 10) % S.target_count);
    }
    free(line);
    fclose(file);
}

static void mark_stoppers(void) {
    if (S.options.stop_reading <= 0) return;
    double marked = 0;
    for (uint32_t i = 0; i < S.count; i++) {
        marked += S.options.stop_reading;
        if (marked < 1 - 1e-9) continue;
        S.clients[i].stopper = true;
        marked -= 1;
    }
}

static void pin_to(int core) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET((unsigned)core, &set);
    if (sched_setaffinity(0, sizeof set, &set)) die("there is no such core");
}

static void read_options(int argc, char **argv) {
    static const struct option known[] = {
        {"target", 1, 0, 't'},        {"count", 1, 0, 'n'},          {"clients", 1, 0, 'c'},      {"path", 1, 0, 'p'},
        {"origin", 1, 0, 'o'},        {"seq-key", 1, 0, 'q'},        {"at-key", 1, 0, 'a'},       {"question-key", 1, 0, 'k'},
        {"order-event", 1, 0, 'e'},   {"deflate", 0, 0, 'd'},        {"sources", 1, 0, 's'},      {"source-offset", 1, 0, 'f'},
        {"connecting", 1, 0, 'm'},    {"nap-us", 1, 0, 'z'},         {"rcvbuf", 1, 0, 'r'},       {"stop-reading", 1, 0, 'x'},
        {"stop-after-ms", 1, 0, 'y'}, {"ack-timeout-ms", 1, 0, 'w'}, {"connect-timeout-ms", 1, 0, 'v'}, {"core", 1, 0, 'i'},
        {0, 0, 0, 0}};
    S.options = (struct options){.path = "/socket.io/", .seq_key = "seq", .question_key = "number", .most_connecting = 256,
                                 .nap_us = 50, .ack_timeout_ms = 10000, .connect_timeout_ms = 30000};
    const char *clients = NULL;
    uint32_t count = 0;
    for (int given; (given = getopt_long(argc, argv, "", known, NULL)) != -1;) {
        uint32_t number = optarg ? (uint32_t)strtoul(optarg, NULL, 10) : 0;
        switch (given) {
        case 't': add_target(optarg); break;
        case 'n': count = number; break;
        case 'c': clients = optarg; break;
        case 'p': S.options.path = optarg; break;
        case 'o': S.options.origin = optarg; break;
        case 'q': S.options.seq_key = optarg; break;
        case 'a': S.options.at_key = optarg; break;
        case 'k': S.options.question_key = optarg; break;
        case 'e': S.options.order_event = optarg; break;
        case 'd': S.options.deflate = true; break;
        case 's': S.options.sources = number; break;
        case 'f': S.options.source_offset = number; break;
        case 'm': S.options.most_connecting = number ? number : 1; break;
        case 'z': S.options.nap_us = number; break;
        case 'r': S.options.rcvbuf = number; break;
        case 'x': S.options.stop_reading = strtod(optarg, NULL); break;
        case 'y': S.options.stop_after_ms = number; break;
        case 'w': S.options.ack_timeout_ms = number; break;
        case 'v': S.options.connect_timeout_ms = number; break;
        case 'i': pin_to((int)number); break;
        default: exit(2);
        }
    }
    if (!S.target_count) die("give at least one --target host:port");
    if (clients) read_clients(clients);
    else make_clients(count);
    mark_stoppers();
}

static void nap(void) {
    struct timespec duration = {.tv_nsec = (long)S.options.nap_us * 1000};
    nanosleep(&duration, NULL);
}

static void loop(void) {
    static struct epoll_event events[1024];
    ns_t busy_at = clock_ns(), looked_at = 0, turn_at = clock_ns();
    int wait_ms = 0;
    while (!S.quit) {
        /* While there is work the loop naps between turns instead of waiting in epoll: a waiter would have to be woken
         * by each send of the server, at the server's cost. */
        int n = epoll_wait(S.epoll, events, 1024, wait_ms);
        ns_t now = clock_ns();
        if (!wait_ms && now - turn_at > S.worst_lag) S.worst_lag = now - turn_at;
        turn_at = now;
        for (int i = 0; i < n; i++) {
            if (events[i].data.u32 == STDIN_MARK) S.quit |= !commands_read();
            else clients_on_event(&S.clients[events[i].data.u32], events[i].events, clock_ns());
        }
        now = clock_ns();
        bool worked = n > 0;
        clients_open_more(now);
        worked |= emit_due(now);
        worked |= answers_due(now);
        if (now - looked_at > CALM_NS) {
            clients_expire(now);
            looked_at = now;
        }
        if (worked || S.connecting || S.emission.active || S.answers_due) busy_at = now;
        wait_ms = now - busy_at > CALM_NS ? 20 : 0;
        if (!worked && !wait_ms) nap();
    }
}

int main(int argc, char **argv) {
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    prctl(PR_SET_TIMERSLACK, 1000UL); /* naps as short as asked */
    read_options(argc, argv);
    for (int i = 0; i < WHEEL_MS; i++) S.wheel[i] = -1;
    if (S.count + 8 > files.rlim_max) die("more clients than descriptors: start several swarms");
    S.epoll = epoll_create1(EPOLL_CLOEXEC);
    fcntl(STDIN_FILENO, F_SETFL, fcntl(STDIN_FILENO, F_GETFL) | O_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = STDIN_MARK};
    if (epoll_ctl(S.epoll, EPOLL_CTL_ADD, STDIN_FILENO, &event)) die("stdin must be a pipe");
    report_reset();
    printf("{\"type\":\"ready\",\"clients\":%u}\n", S.count);
    fflush(stdout);
    loop();
    return 0;
}
