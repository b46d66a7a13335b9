/* What the parts of the swarm share: many Socket.IO clients in one thread, over epoll.
 *
 *   main.c       options, the loop
 *   commands.c   the lines on stdin
 *   clients.c    a client's life: connect, read, write, end
 *   websocket.c  handshake text, frames, inflating
 *   messages.c   what a text frame says: Engine.IO, Socket.IO, order, latency
 *   emit.c       events that clients send, and their acks
 *   report.c     JSON lines on stdout
 *   histogram.c  durations, to better than one percent
 */
#ifndef SWARM_H
#define SWARM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <netinet/in.h>

#define MAX_TARGETS 64
#define MAX_NAMES 64      /* event names, ack outcomes, failures: each a table of its own */
#define MAX_RULES 8       /* answer-on */
#define MAX_EXPECTED 16
#define ACK_SLOTS 8       /* calls of one client in flight */
#define BUFFER_BYTES (1 << 20) /* the longest message a client takes */
#define OUT_BYTES (64 << 10)   /* what a client may wait to send */
#define WHEEL_MS 65536    /* the longest delay of an answer */
#define BROADCASTS (1 << 16)   /* tracked between two resets, power of two */

typedef uint64_t ns_t; /* CLOCK_MONOTONIC */

ns_t clock_ns(void);
uint32_t chance(void); /* 32 random bits */

/* ---- histogram.c: microseconds in log-linear buckets of 1/128 */
#define HISTOGRAM_BUCKETS (128 * 34)
struct histogram {
    uint64_t count, max, buckets[HISTOGRAM_BUCKETS];
};
void histogram_add(struct histogram *h, ns_t duration);
uint64_t histogram_quantile_us(const struct histogram *h, double q);
void histogram_clear(struct histogram *h);

/* ---- named counters */
struct named {
    char name[48];
    uint64_t count, bytes;
};
struct names {
    struct named of[MAX_NAMES];
    int used;
    uint64_t unnamed; /* came when the table was full */
};
struct named *names_find(struct names *table, const char *name, size_t length);
void names_count(struct names *table, const char *name, uint64_t bytes);

/* ---- clients */
enum state { IDLE, CONNECTING, UPGRADING, OPENING, JOINING, JOINED, FAILED, GONE };
enum cause { BY_EMISSION, BY_RULE };

struct pending {
    uint32_t id; /* 0: free */
    uint8_t cause;
    ns_t sent;
};

struct client {
    int fd;
    uint32_t index;
    enum state state;
    uint16_t target;
    bool deflate, fresh_context, stopper, stopped, answer_due, in_wheel, want_write;
    const char *token, *affinity;
    ns_t began, joined, stopped_at;
    uint8_t *in, *out;
    uint32_t in_length, out_length;
    void *inflater;
    int64_t last_seq;
    uint32_t ordered; /* events with a sequence number since the last reset */
    uint32_t next_ack, left; /* left: emissions to go in a closed loop */
    struct pending pending[ACK_SLOTS];
    int32_t next_in_slot; /* in the wheel of answers */
    int64_t question;
    uint8_t rule;
};

struct broadcast {
    int event; /* index in the table of events, -1: free */
    int64_t seq;
    uint32_t count;
    ns_t first, last;
};

struct target {
    char host[64];
    int port;
    struct sockaddr_in address;
};

struct rule {
    char event[48];
    uint32_t jitter_ms;
    char *template;
};

struct expected {
    char name[48];
    uint64_t count;
    bool open;
};

struct emission {
    bool active;
    uint32_t from, to, each;
    double rate; /* a second, all clients together; 0: closed loop */
    uint32_t burst;
    uint64_t total, handed_out, sent, skipped, waiting;
    ns_t began, all_sent;
    char *template;
};

struct options {
    const char *path, *origin, *seq_key, *at_key, *question_key, *order_event;
    bool deflate;
    uint32_t sources, source_offset, most_connecting, nap_us, rcvbuf, stop_after_ms, ack_timeout_ms, connect_timeout_ms;
    double stop_reading;
};

struct swarm {
    struct options options;
    struct target targets[MAX_TARGETS];
    uint32_t target_count;
    struct client *clients;
    uint32_t count;
    int epoll;
    bool quit;

    /* opening */
    uint32_t to_open, next_idle, connecting;
    uint64_t opened;
    double open_rate;
    ns_t open_began;
    bool opening;

    /* answers */
    struct rule rules[MAX_RULES];
    int rule_count;
    int32_t wheel[WHEEL_MS];
    uint64_t wheel_ms; /* the slot looked at last */
    uint32_t answers_due;
    uint64_t answers_sent, answers_superseded, answers_skipped;

    struct emission emission;
    struct expected expected[MAX_EXPECTED];

    /* since the last reset */
    ns_t reset_at;
    double reset_cpu;
    struct names events, acks, failures, ends;
    struct histogram connect, ack, delivery, stopped_gone;
    uint64_t frames, bytes, compressed, not_inflated, skipped_seq, repeated_seq, backward_seq, ack_count, acks_lost,
        untracked;
    struct broadcast broadcasts[BROADCASTS];
    uint32_t broadcast_count;
    ns_t worst_lag; /* between two turns of the loop */
    uint8_t buffer[BUFFER_BYTES], plain[BUFFER_BYTES + 1];
};
extern struct swarm S;

/* ---- websocket.c */
int websocket_request(char *into, size_t size, const struct client *c);
int websocket_response(struct client *c, const uint8_t *data, size_t length); /* bytes taken, 0: more, -1: refused */
size_t websocket_frame(uint8_t *into, uint8_t opcode, const char *text, size_t length);
int websocket_inflate(struct client *c, const uint8_t *data, size_t length, uint8_t **text, size_t *text_length);
void websocket_end(struct client *c);

/* ---- clients.c */
void clients_open_more(ns_t now);
void clients_on_event(struct client *c, uint32_t events, ns_t now);
void clients_expire(ns_t now);
void client_send(struct client *c, const char *text, size_t length);
void client_fail(struct client *c, const char *why); /* never joined */
void client_end(struct client *c, const char *why);  /* by the server or the network: failed or gone, by its state */
void client_close(struct client *c);                 /* by command: may be opened again */
void client_stop_reading(struct client *c, ns_t now);
void client_joined(struct client *c, ns_t now);

/* ---- messages.c */
void messages_take(struct client *c, char *text, size_t length, ns_t now);
bool json_integer(const char *text, size_t length, const char *key, int64_t *value);

/* ---- emit.c */
bool emit_start(uint32_t from, uint32_t to, uint32_t each, double rate, uint32_t burst, const char *template);
void emit_once(uint32_t from, uint32_t to, const char *template);
bool emit_due(ns_t now); /* whether there was work */
void emit_acked(struct client *c, uint32_t id, const char *text, size_t length, ns_t now);
void emit_forget(struct client *c); /* its calls will not be acked */
void emit_finish_if_done(ns_t now);
void answer_schedule(struct client *c, int rule, int64_t question, ns_t now);
bool answers_due(ns_t now);

/* ---- report.c */
void report_full(void);
void report_broadcasts(void);
void report_connected(ns_t now);
void report_emitted(ns_t now, bool timed_out);
void report_expected(const struct expected *e);
void report_error(const char *what);
void report_reset(void);
void expect_look(const char *name, uint64_t count);

/* ---- commands.c */
bool commands_read(void); /* false: stdin ended */

#endif
