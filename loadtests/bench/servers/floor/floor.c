/* The floor: what the kernel asks for a delivery, and next to nothing on top. It speaks just enough websocket, Engine.IO and
 * Socket.IO for the application of ../application.py: a broadcast is one prebuilt frame and a loop of send(2).
 * What does not fit into a socket's buffer is kept for that client, up to a megabyte; then the client is cut.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include "handshake.h"

#define MAX_DESCRIPTORS 20000
#define MOST_WAITING (1 << 20)
#define LONGEST_MESSAGE 2048

struct connection {
    bool upgraded, joined;
    uint32_t in_length, out_length;
    uint8_t *in, *out;
};

static struct connection connections[MAX_DESCRIPTORS];
static int room[MAX_DESCRIPTORS], room_size, place[MAX_DESCRIPTORS];
static int epoll;
static struct {
    long seq, count, size, gap_ms;
    uint64_t next_ns;
} blast;

static uint64_t clock_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000ULL + (uint64_t)t.tv_nsec;
}

static void watch(int fd, int operation, uint32_t events) {
    struct epoll_event event = {.events = events, .data.fd = fd};
    epoll_ctl(epoll, operation, fd, &event);
}

static void leave(int fd) {
    struct connection *c = &connections[fd];
    if (c->joined) {
        int last = room[--room_size];
        room[place[fd]] = last;
        place[last] = place[fd];
    }
    free(c->in);
    free(c->out);
    memset(c, 0, sizeof *c);
    close(fd);
}

static void deliver(int fd, const uint8_t *data, size_t length) {
    struct connection *c = &connections[fd];
    ssize_t sent = 0;
    if (!c->out_length) {
        sent = send(fd, data, length, MSG_NOSIGNAL);
        if ((size_t)sent == length) return;
        if (sent < 0 && errno != EAGAIN) return; /* epoll tells of the end */
        if (sent < 0) sent = 0;
        watch(fd, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
    }
    size_t rest = length - (size_t)sent;
    uint8_t *out = c->out_length + rest > MOST_WAITING ? NULL : realloc(c->out, c->out_length + rest);
    if (!out) {
        shutdown(fd, SHUT_RDWR);
        return;
    }
    c->out = out;
    memcpy(out + c->out_length, data + sent, rest);
    c->out_length += (uint32_t)rest;
}

static void deliver_rest(int fd) {
    struct connection *c = &connections[fd];
    ssize_t sent = send(fd, c->out, c->out_length, MSG_NOSIGNAL);
    if (sent <= 0) return;
    c->out_length -= (uint32_t)sent;
    memmove(c->out, c->out + sent, c->out_length);
    if (!c->out_length) watch(fd, EPOLL_CTL_MOD, EPOLLIN);
}

static size_t frame(uint8_t *into, const char *text, size_t length) {
    size_t head = length < 126 ? 2 : 4;
    into[0] = 0x81;
    into[1] = length < 126 ? (uint8_t)length : 126;
    if (head == 4) into[2] = (uint8_t)(length >> 8), into[3] = (uint8_t)length;
    memcpy(into + head, text, length);
    return head + length;
}

static void say(int fd, const char *text) {
    uint8_t framed[256];
    deliver(fd, framed, frame(framed, text, strlen(text)));
}

static void broadcast_due(void) {
    if (blast.seq == blast.count || clock_ns() < blast.next_ns) return;
    char text[70000];
    uint8_t framed[70016];
    int n = sprintf(text, "42[\"tick\",{\"seq\":%ld,\"at\":%lu,\"pad\":\"", blast.seq++, clock_ns() / 1000);
    while (n < blast.size - 3) text[n++] = 'x';
    n += sprintf(text + n, "\"}]");
    size_t length = frame(framed, text, (size_t)n);
    for (int i = 0; i < room_size; i++) deliver(room[i], framed, length);
    blast.next_ns = clock_ns() + (uint64_t)blast.gap_ms * 1000000;
}

static long number(const char *text, const char *key) {
    const char *found = strstr(text, key);
    return found ? strtol(found + strlen(key), NULL, 10) : 0;
}

static void take_message(int fd, char *text) {
    if (!strncmp(text, "40", 2)) {
        struct connection *c = &connections[fd];
        if (c->joined) return;
        c->joined = true;
        place[fd] = room_size;
        room[room_size++] = fd;
        say(fd, "40{\"sid\":\"s\"}");
    } else if (!strncmp(text, "42[\"blast\"", 10)) {
        blast.seq = 0;
        blast.count = number(text, "\"count\":");
        blast.size = number(text, "\"size\":");
        if (blast.size > 65535) blast.size = 65535;
        blast.gap_ms = number(text, "\"gap_ms\":");
        blast.next_ns = 0;
    } else if (!strncmp(text, "42", 2)) {
        char ack[64];
        long id = strtol(text + 2, NULL, 10);
        snprintf(ack, sizeof ack, "43%ld[{\"ok\":true}]", id);
        say(fd, ack);
    }
}

/* Gives the bytes of one whole frame at data, 0 when there is more to come, -1 to end the connection. */
static long take_frame(int fd, uint8_t *data, size_t length) {
    if (length < 6) return 0;
    size_t size = data[1] & 127, head = 6;
    if (size == 127 || !(data[1] & 0x80)) return -1;
    if (size == 126) {
        if (length < 8) return 0;
        size = (size_t)data[2] << 8 | data[3];
        head = 8;
    }
    if (size >= LONGEST_MESSAGE) return -1;
    if (length < head + size) return 0;
    if ((data[0] & 15) == 8) return -1;
    char text[LONGEST_MESSAGE];
    for (size_t i = 0; i < size; i++) text[i] = (char)(data[head + i] ^ data[head - 4 + (i & 3)]);
    text[size] = 0;
    if ((data[0] & 15) == 1) take_message(fd, text);
    return (long)(head + size);
}

static long take_request(int fd, char *data, size_t length) {
    char *end = memmem(data, length, "\r\n\r\n", 4);
    if (!end) return 0;
    *end = 0;
    char *key = strcasestr(data, "Sec-WebSocket-Key:"), answer[256], accept[32];
    if (!key) return -1;
    key += strcspn(key, ":") + 1;
    key += strspn(key, " ");
    handshake_accept(key, strcspn(key, " \r\n"), accept);
    int n = snprintf(answer, sizeof answer,
                     "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                     "Sec-WebSocket-Accept: %s\r\n\r\n",
                     accept);
    deliver(fd, (uint8_t *)answer, (size_t)n);
    connections[fd].upgraded = true;
    say(fd, "0{\"sid\":\"e\",\"upgrades\":[],\"pingInterval\":25000,\"pingTimeout\":20000,\"maxPayload\":2048}");
    return end + 4 - data;
}

static void take_bytes(int fd) {
    static uint8_t buffer[65536];
    struct connection *c = &connections[fd];
    if (c->in_length) memcpy(buffer, c->in, c->in_length);
    ssize_t got = recv(fd, buffer + c->in_length, sizeof buffer - 1 - c->in_length, 0);
    if (got <= 0) {
        if (got == 0 || errno != EAGAIN) leave(fd);
        return;
    }
    size_t length = c->in_length + (size_t)got, at = 0;
    buffer[length] = 0;
    for (;;) {
        long taken = c->upgraded ? take_frame(fd, buffer + at, length - at)
                                 : take_request(fd, (char *)buffer + at, length - at);
        if (taken < 0 || (!taken && length - at > 16384)) {
            leave(fd);
            return;
        }
        if (!taken) break;
        at += (size_t)taken;
    }
    free(c->in);
    c->in = NULL;
    c->in_length = (uint32_t)(length - at);
    if (!c->in_length) return;
    c->in = malloc(c->in_length);
    if (c->in) memcpy(c->in, buffer + at, c->in_length);
    else leave(fd);
}

static void take_connections(int listener) {
    int fd, on = 1;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        if (fd >= MAX_DESCRIPTORS) {
            close(fd);
            return;
        }
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        watch(fd, EPOLL_CTL_ADD, EPOLLIN);
    }
}

int main(int argc, char **argv) {
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (argc == 3 && !strcmp(argv[1], "--port")) address.sin_port = htons((uint16_t)atoi(argv[2]));
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (!address.sin_port || bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 4096)) {
        fprintf(stderr, "floor: cannot listen; give --port P\n");
        return 2;
    }
    epoll = epoll_create1(EPOLL_CLOEXEC);
    watch(listener, EPOLL_CTL_ADD, EPOLLIN);
    printf("ready\n");
    fflush(stdout);
    struct epoll_event events[1024];
    for (;;) {
        int wait_ms = -1;
        if (blast.seq < blast.count) {
            uint64_t now = clock_ns();
            wait_ms = blast.next_ns > now ? (int)((blast.next_ns - now + 999999) / 1000000) : 0;
        }
        int n = epoll_wait(epoll, events, 1024, wait_ms);
        for (int i = 0; i < n; i++) {
            int fd = events[i].data.fd;
            if (fd == listener) {
                take_connections(listener);
                continue;
            }
            if ((events[i].events & EPOLLOUT) && connections[fd].out_length) deliver_rest(fd);
            if (events[i].events & (EPOLLIN | EPOLLERR | EPOLLHUP)) take_bytes(fd);
        }
        broadcast_due();
    }
}
