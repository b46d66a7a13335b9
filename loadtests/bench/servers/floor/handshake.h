/* The answer to a websocket's key: RFC 6455, section 4.2.2, which wants SHA-1 (RFC 3174) and Base64 (RFC 4648). */
#ifndef HANDSHAKE_H
#define HANDSHAKE_H

#include <stddef.h>

/* Writes 28 characters and a zero. Keys longer than 64 characters are cut. */
void handshake_accept(const char *key, size_t length, char accept[32]);

#endif
