/* RFC 6455 from the client's side, and RFC 7692 as far as a server may compress what it sends. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#ifndef WITHOUT_ZLIB
#include <zlib.h>
#endif
#include "swarm.h"

/* The pair from section 1.3 of the RFC: one key for all, so that the answer is a constant to compare with. */
static const char KEY[] = "dGhlIHNhbXBsZSBub25jZQ==";
static const char ACCEPT[] = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

int websocket_request(char *into, size_t size, const struct client *c) {
    const struct target *t = &S.targets[c->target];
    int n = snprintf(into, size, "GET %s?EIO=4&transport=websocket", S.options.path);
    if (c->affinity) n += snprintf(into + n, size - (size_t)n, "&affinity=%s", c->affinity);
    n += snprintf(into + n, size - (size_t)n,
                  " HTTP/1.1\r\nHost: %s:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                  "Sec-WebSocket-Key: %s\r\nSec-WebSocket-Version: 13\r\n",
                  t->host, t->port, KEY);
    if (S.options.origin) n += snprintf(into + n, size - (size_t)n, "Origin: %s\r\n", S.options.origin);
    /* What a browser offers, word for word. */
    if (S.options.deflate)
        n += snprintf(into + n, size - (size_t)n,
                      "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n");
    return n + snprintf(into + n, size - (size_t)n, "\r\n");
}

int websocket_response(struct client *c, const uint8_t *data, size_t length) {
    const char *end = memmem(data, length, "\r\n\r\n", 4);
    if (!end) return length > 16384 ? -1 : 0;
    size_t taken = (size_t)(end + 4 - (const char *)data);
    char head[4096];
    size_t n = taken < sizeof head ? taken : sizeof head - 1;
    memcpy(head, data, n);
    head[n] = 0;
    if (strncmp(head, "HTTP/1.1 101", 12)) {
        char why[16] = "http_";
        if (n > 12) memcpy(why + 5, head + 9, 3);
        client_fail(c, why);
        return -1;
    }
    if (!strstr(head, ACCEPT)) {
        client_fail(c, "wrong_accept");
        return -1;
    }
    if (strcasestr(head, "permessage-deflate")) {
        c->deflate = true;
        c->fresh_context = strcasestr(head, "server_no_context_takeover") != NULL;
        if (!S.options.deflate) {
            client_fail(c, "deflate_unasked");
            return -1;
        }
    }
    return (int)taken;
}

size_t websocket_frame(uint8_t *into, uint8_t opcode, const char *text, size_t length) {
    size_t n = 0;
    uint32_t mask = chance();
    const uint8_t *key = (const uint8_t *)&mask;
    into[n++] = 0x80 | opcode;
    if (length < 126) {
        into[n++] = 0x80 | (uint8_t)length;
    } else {
        into[n++] = 0x80 | 126;
        into[n++] = (uint8_t)(length >> 8);
        into[n++] = (uint8_t)length;
    }
    memcpy(into + n, key, 4);
    n += 4;
    for (size_t i = 0; i < length; i++) into[n + i] = (uint8_t)text[i] ^ key[i & 3];
    return n + length;
}

#ifndef WITHOUT_ZLIB
int websocket_inflate(struct client *c, const uint8_t *data, size_t length, uint8_t **text, size_t *text_length) {
    z_stream *z = c->inflater;
    if (!z) {
        c->inflater = z = calloc(1, sizeof *z);
        if (!z || inflateInit2(z, -15) != Z_OK) return -1;
    }
    static const uint8_t tail[4] = {0, 0, 0xff, 0xff}; /* every message ends with it, and it is not sent */
    z->next_out = S.plain;
    z->avail_out = BUFFER_BYTES;
    z->next_in = (uint8_t *)data;
    z->avail_in = (uInt)length;
    int status = inflate(z, Z_SYNC_FLUSH);
    if (status == Z_OK || status == Z_BUF_ERROR) {
        z->next_in = (uint8_t *)tail;
        z->avail_in = 4;
        status = inflate(z, Z_SYNC_FLUSH);
    }
    if ((status != Z_OK && status != Z_BUF_ERROR) || !z->avail_out) return -1;
    *text = S.plain;
    *text_length = BUFFER_BYTES - z->avail_out;
    if (c->fresh_context) inflateReset(z);
    return 1;
}

void websocket_end(struct client *c) {
    if (!c->inflater) return;
    inflateEnd(c->inflater);
    free(c->inflater);
    c->inflater = NULL;
}
#else
int websocket_inflate(struct client *c, const uint8_t *data, size_t length, uint8_t **text, size_t *text_length) {
    (void)c, (void)data, (void)length, (void)text, (void)text_length;
    return 0; /* counted, not read */
}

void websocket_end(struct client *c) { (void)c; }
#endif
