/* Durations in microseconds: exact to 127, then 128 buckets for each doubling, so better than one percent. */
#include <string.h>
#include "swarm.h"

static unsigned bucket_of(uint64_t us) {
    if (us < 128) return (unsigned)us;
    unsigned top = 63 - (unsigned)__builtin_clzll(us); /* 7 and more */
    unsigned bucket = (top - 6) * 128 + (unsigned)((us >> (top - 7)) & 127);
    return bucket < HISTOGRAM_BUCKETS ? bucket : HISTOGRAM_BUCKETS - 1;
}

static uint64_t middle_of(unsigned bucket) {
    if (bucket < 128) return bucket;
    unsigned top = bucket / 128 + 6;
    uint64_t low = (uint64_t)(128 + bucket % 128) << (top - 7);
    return low + ((1ULL << (top - 7)) >> 1);
}

void histogram_add(struct histogram *h, ns_t duration) {
    uint64_t us = duration / 1000;
    h->buckets[bucket_of(us)]++;
    h->count++;
    if (us > h->max) h->max = us;
}

uint64_t histogram_quantile_us(const struct histogram *h, double q) {
    if (!h->count) return 0;
    uint64_t rank = (uint64_t)(q * (double)h->count), seen = 0;
    if (rank >= h->count) return h->max;
    for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
        seen += h->buckets[i];
        if (seen > rank) {
            uint64_t us = middle_of(i);
            return us < h->max ? us : h->max;
        }
    }
    return h->max;
}

void histogram_clear(struct histogram *h) { memset(h, 0, sizeof *h); }
