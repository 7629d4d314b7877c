/* Deferred acceptance, applicants proposing: the same algorithm on the same arrays as the kernel
 * `applicants_propose` of matchsim/engine/_kernels.py, in plain C, to measure that kernel against. */

#include <stdint.h>
#include <stdlib.h>

static void sift_down(int32_t *heap, int64_t size, int64_t at, int32_t rank)
{
    int64_t child = 2 * at + 1;
    while (child < size) {
        if (child + 1 < size && heap[child + 1] > heap[child])
            child++;
        if (heap[child] <= rank)
            break;
        heap[at] = heap[child];
        at = child;
        child = 2 * at + 1;
    }
    heap[at] = rank;
}

int64_t applicants_propose(int64_t applicants, int64_t programs, const int64_t *applicant_offsets,
                           const int32_t *applicant_programs, const int32_t *program_rank,
                           const int64_t *program_offsets, const int32_t *program_applicants,
                           const int32_t *quota, int32_t *rank_of, int32_t *program_of)
{
    int64_t *base = malloc((programs + 1) * sizeof *base);
    int32_t *accepts_below = malloc(programs * sizeof *accepts_below);
    int32_t *held = calloc(programs, sizeof *held);
    base[0] = 0;
    for (int64_t p = 0; p < programs; p++) {
        int64_t listed = program_offsets[p + 1] - program_offsets[p];
        int64_t capacity = quota[p] < listed ? quota[p] : listed;
        base[p + 1] = base[p] + capacity;
        accepts_below[p] = capacity > 0 ? INT32_MAX : 0;
    }
    int32_t *heap = malloc((base[programs] + 1) * sizeof *heap);
    for (int64_t a = 0; a < applicants; a++)
        rank_of[a] = -1;

    int64_t proposals = 0;
    for (int64_t newcomer = 0; newcomer < applicants; newcomer++) {
        int64_t a = newcomer;
        while (a >= 0) {
            int64_t start = applicant_offsets[a];
            int64_t e = start + rank_of[a] + 1;
            int64_t end = applicant_offsets[a + 1];
            int64_t proposer = a;
            int32_t rank = 0, p = 0;
            a = -1;
            for (; e < end; e++) {
                rank = program_rank[e];
                if (rank >= 0) {
                    proposals++;
                    p = applicant_programs[e];
                    if (rank < accepts_below[p])
                        break;
                }
            }
            rank_of[proposer] = (int32_t)(e - start);
            if (e == end)
                continue;
            int64_t capacity = base[p + 1] - base[p];
            int32_t *mine = heap + base[p];
            if (held[p] == capacity) {
                a = program_applicants[program_offsets[p] + accepts_below[p]];
                sift_down(mine, capacity, 0, rank);
                accepts_below[p] = mine[0];
            } else {
                mine[held[p]++] = rank;
                if (held[p] == capacity) {
                    for (int64_t at = capacity / 2 - 1; at >= 0; at--)
                        sift_down(mine, capacity, at, mine[at]);
                    accepts_below[p] = mine[0];
                }
            }
        }
    }
    for (int64_t a = 0; a < applicants; a++) {
        int64_t e = applicant_offsets[a] + rank_of[a];
        if (e < applicant_offsets[a + 1]) {
            program_of[a] = applicant_programs[e];
        } else {
            program_of[a] = -1;
            rank_of[a] = -1;
        }
    }
    free(heap);
    free(held);
    free(accepts_below);
    free(base);
    return proposals;
}
