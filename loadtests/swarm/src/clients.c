/* A client's life: connect from its source address, read frames, write, end. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include "swarm.h"

#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif

static void watch(struct client *c, int operation, uint32_t events) {
    struct epoll_event event = {.events = events | EPOLLRDHUP | EPOLLET, .data.u32 = c->index};
    epoll_ctl(S.epoll, operation, c->fd, &event);
}

static void release(struct client *c) {
    if (c->fd >= 0) close(c->fd);
    c->fd = -1;
    free(c->in);
    free(c->out);
    c->in = c->out = NULL;
    c->in_length = c->out_length = 0;
    c->want_write = false;
    websocket_end(c);
    emit_forget(c);
}

static bool on_its_way(const struct client *c) { return c->state >= CONNECTING && c->state <= JOINING; }

void client_fail(struct client *c, const char *why) {
    if (on_its_way(c)) S.connecting--;
    names_count(&S.failures, why, 0);
    release(c);
    c->state = FAILED;
}

static void client_gone(struct client *c, const char *why) {
    if (c->stopped) histogram_add(&S.stopped_gone, clock_ns() - c->stopped_at);
    names_count(&S.ends, c->stopped ? "while_stopped" : why, 0);
    release(c);
    c->state = GONE;
}

void client_end(struct client *c, const char *why) {
    if (on_its_way(c)) client_fail(c, why);
    else if (c->state == JOINED) client_gone(c, why);
}

void client_close(struct client *c) {
    if (on_its_way(c)) S.connecting--;
    release(c);
    c->state = IDLE;
    if (c->index < S.next_idle) S.next_idle = c->index;
}

void client_stop_reading(struct client *c, ns_t now) {
    if (c->state != JOINED || c->stopped) return;
    c->stopped = true;
    c->stopped_at = now;
}

void client_joined(struct client *c, ns_t now) {
    if (c->state != JOINING) return;
    S.connecting--;
    c->state = JOINED;
    c->joined = now;
    histogram_add(&S.connect, now - c->began);
}

static void bind_source(const struct client *c) {
    uint32_t source = S.options.source_offset + c->index % S.options.sources;
    char name[16];
    snprintf(name, sizeof name, "127.%u.%u.%u", 1 + source / 62500 % 250, source / 250 % 250, 1 + source % 250);
    struct sockaddr_in from = {.sin_family = AF_INET};
    inet_pton(AF_INET, name, &from.sin_addr);
    int on = 1; /* the port is chosen at connect, when it need only be free towards this target */
    setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    if (bind(c->fd, (struct sockaddr *)&from, sizeof from)) names_count(&S.failures, "bind", 0);
}

static void open_client(struct client *c, ns_t now) {
    bool stopper = c->stopper;
    S.connecting++;
    c->state = CONNECTING;
    c->began = now;
    c->deflate = c->fresh_context = c->stopped = c->answer_due = false;
    c->last_seq = -1;
    c->ordered = c->next_ack = c->left = 0;
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (c->fd < 0) {
        client_fail(c, strerror(errno));
        return;
    }
    int on = 1, small = (int)S.options.rcvbuf;
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (stopper && small) setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    if (S.options.sources) bind_source(c);
    const struct sockaddr_in *to = &S.targets[c->target].address;
    if (connect(c->fd, (const struct sockaddr *)to, sizeof *to) && errno != EINPROGRESS) {
        client_fail(c, strerror(errno));
        return;
    }
    watch(c, EPOLL_CTL_ADD, EPOLLIN | EPOLLOUT);
}

void clients_open_more(ns_t now) {
    if (!S.opening) return;
    uint64_t allowed = UINT64_MAX;
    if (S.open_rate > 0) allowed = 1 + (uint64_t)((double)(now - S.open_began) / 1e9 * S.open_rate);
    while (S.to_open && S.opened < allowed && S.connecting < S.options.most_connecting) {
        while (S.next_idle < S.count && S.clients[S.next_idle].state != IDLE) S.next_idle++;
        if (S.next_idle == S.count) {
            S.to_open = 0;
            break;
        }
        S.to_open--;
        S.opened++;
        open_client(&S.clients[S.next_idle++], now);
    }
    if (!S.to_open && !S.connecting) {
        S.opening = false;
        report_connected(now);
    }
}

void clients_expire(ns_t now) {
    ns_t longest = (ns_t)S.options.connect_timeout_ms * 1000000;
    for (uint32_t i = 0; i < S.count; i++) {
        struct client *c = &S.clients[i];
        if (on_its_way(c) && now - c->began > longest) client_fail(c, "connect_timeout");
        if (c->stopper && S.options.stop_after_ms && c->state == JOINED &&
            now - c->joined > (ns_t)S.options.stop_after_ms * 1000000)
            client_stop_reading(c, now);
    }
}

static void write_bytes(struct client *c, const uint8_t *data, size_t length) {
    ssize_t sent = 0;
    if (!c->out_length) {
        sent = send(c->fd, data, length, MSG_NOSIGNAL);
        if (sent < 0) {
            if (errno != EAGAIN) return; /* epoll tells of the end */
            sent = 0;
        }
        if ((size_t)sent == length) return;
    }
    if (!c->out) c->out = malloc(OUT_BYTES);
    if (!c->out || c->out_length + length - (size_t)sent > OUT_BYTES) {
        client_end(c, "send_blocked");
        return;
    }
    memcpy(c->out + c->out_length, data + sent, length - (size_t)sent);
    c->out_length += (uint32_t)(length - (size_t)sent);
    if (!c->want_write) watch(c, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT);
    c->want_write = true;
}

static void write_rest(struct client *c) {
    ssize_t sent = send(c->fd, c->out, c->out_length, MSG_NOSIGNAL);
    if (sent <= 0) return;
    c->out_length -= (uint32_t)sent;
    memmove(c->out, c->out + sent, c->out_length);
    if (c->out_length) return;
    c->want_write = false;
    watch(c, EPOLL_CTL_MOD, EPOLLIN);
}

void client_send(struct client *c, const char *text, size_t length) {
    uint8_t frame[8192 + 16];
    if (length > 8192) {
        report_error("a message to send is longer than 8192 bytes");
        return;
    }
    write_bytes(c, frame, websocket_frame(frame, 1, text, length));
}

static void take_frame(struct client *c, uint8_t first, uint8_t *data, size_t length, ns_t now) {
    uint8_t opcode = first & 15;
    S.frames++;
    S.bytes += length;
    if (opcode == 9) {
        uint8_t pong[160];
        if (length <= 125) write_bytes(c, pong, websocket_frame(pong, 10, (char *)data, length));
        return;
    }
    if (opcode == 8) {
        client_end(c, "close_frame");
        return;
    }
    if (opcode != 1 || !(first & 0x80)) {
        client_end(c, opcode == 2 ? "binary_frame" : "unexpected_frame");
        return;
    }
    if (first & 0x40) {
        if (!c->deflate) {
            client_end(c, "compressed_unasked");
            return;
        }
        S.compressed++;
        int read = websocket_inflate(c, data, length, &data, &length);
        if (read < 0) {
            client_end(c, "inflate");
            return;
        }
        if (!read) {
            S.not_inflated++;
            return;
        }
    }
    messages_take(c, (char *)data, length, now);
}

/* Takes whole frames from data and gives how many bytes they were. */
static size_t take_frames(struct client *c, uint8_t *data, size_t length, ns_t now) {
    size_t at = 0;
    while (c->fd >= 0 && length - at >= 2) {
        size_t size = data[at + 1] & 127, head = 2;
        if (data[at + 1] & 0x80) {
            client_end(c, "masked_frame");
            return length;
        }
        if (size == 126) {
            if (length - at < 4) break;
            size = (size_t)data[at + 2] << 8 | data[at + 3];
            head = 4;
        } else if (size == 127) {
            if (length - at < 10) break;
            size = 0;
            for (int i = 2; i < 10; i++) size = size << 8 | data[at + (size_t)i];
            head = 10;
        }
        if (size > BUFFER_BYTES / 2) {
            client_end(c, "frame_too_long");
            return length;
        }
        if (length - at < head + size) break;
        take_frame(c, data[at], data + at + head, size, now);
        at += head + size;
    }
    return at;
}

static size_t take_bytes(struct client *c, uint8_t *data, size_t length, ns_t now) {
    size_t taken = 0;
    if (c->state == UPGRADING) {
        int head = websocket_response(c, data, length);
        if (head < 0) {
            if (c->fd >= 0) client_fail(c, "bad_response");
            return length;
        }
        if (!head) return 0;
        taken = (size_t)head;
        c->state = OPENING;
    }
    return taken + take_frames(c, data + taken, length - taken, now);
}

static void read_client(struct client *c, ns_t now) {
    while (c->fd >= 0 && !c->stopped) {
        size_t had = c->in_length;
        if (had) memcpy(S.buffer, c->in, had);
        ssize_t got = recv(c->fd, S.buffer + had, sizeof S.buffer - had, 0);
        if (got <= 0) {
            if (got == 0) client_end(c, "end_of_stream");
            else if (errno != EAGAIN) client_end(c, strerror(errno));
            return;
        }
        size_t length = had + (size_t)got, room = sizeof S.buffer - had;
        size_t taken = take_bytes(c, S.buffer, length, now);
        if (c->fd < 0) return;
        free(c->in);
        c->in = NULL;
        c->in_length = (uint32_t)(length - taken);
        if (c->in_length) {
            c->in = malloc(c->in_length);
            if (!c->in) {
                client_end(c, "out_of_memory");
                return;
            }
            memcpy(c->in, S.buffer + taken, c->in_length);
        }
        if ((size_t)got < room) return; /* a short read: epoll tells when there is more */
    }
}

void clients_on_event(struct client *c, uint32_t events, ns_t now) {
    if (c->fd < 0) return;
    if (c->state == CONNECTING) {
        int error = 0;
        socklen_t size = sizeof error;
        getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &size);
        if (error) {
            client_fail(c, strerror(error));
            return;
        }
        if (!(events & EPOLLOUT)) return;
        char request[2048];
        c->state = UPGRADING;
        watch(c, EPOLL_CTL_MOD, EPOLLIN);
        write_bytes(c, (uint8_t *)request, (size_t)websocket_request(request, sizeof request, c));
        return;
    }
    if ((events & EPOLLOUT) && c->out_length) write_rest(c);
    if (c->stopped) {
        if (events & (EPOLLERR | EPOLLHUP | EPOLLRDHUP)) client_end(c, "while_stopped");
        return;
    }
    if (events & (EPOLLIN | EPOLLRDHUP | EPOLLERR | EPOLLHUP)) read_client(c, now);
}
