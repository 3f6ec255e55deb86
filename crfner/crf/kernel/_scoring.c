/* Emissions: the attributes of a model by their strings, and sums of their weights.

   A model's weights come in as one tuple, the store (see crfner/crf/attributes.py and emissions.py):

       blob      bytes: all attribute strings, each followed by a byte that is not looked at
       offsets   (A + 1,) where each attribute begins in the blob; it ends one byte before the next
       table     a power of two of slots, open addressing: the upper half of a hash, and the attribute's number + 1
       seed      of the hash, drawn anew by each process: nobody can write a model whose attributes all collide
       starts    (A + 1,) where the weights of each attribute begin
       targets   the tag of each weight
       values    the weights

   Whatever the arrays hold, each number is checked before it is followed. Weights of a cell are added in the order in
   which Python would add them, so that sums are the same to the last bit. */

#include "_buffers.h"

#include <stdlib.h>

#if defined(__GNUC__) || defined(__clang__)
#define FETCH(place) __builtin_prefetch((place), 1)
#else
#define FETCH(place) ((void)(place))
#endif

typedef struct {
    Array blob, offsets, table, starts, targets, values;
    uint64_t seed;
    Py_ssize_t count; /* A */
} Store;

static void store_close(Store *store) {
    array_close(&store->blob), array_close(&store->offsets), array_close(&store->table);
    array_close(&store->starts), array_close(&store->targets), array_close(&store->values);
}

static int store_open(Store *store, PyObject *object) {
    memset(store, 0, sizeof *store);
    if (!PyTuple_Check(object) || PyTuple_Size(object) != 7) return fail("the store should be a tuple of seven");
    store->seed = PyLong_AsUnsignedLongLong(PyTuple_GetItem(object, 3));
    if (PyErr_Occurred() || array_open(&store->blob, PyTuple_GetItem(object, 0), U8, 1, 0, "blob") < 0 ||
        array_open(&store->offsets, PyTuple_GetItem(object, 1), I64, 1, 0, "offsets") < 0 ||
        array_open(&store->table, PyTuple_GetItem(object, 2), I64, 1, 0, "table") < 0 ||
        array_open(&store->starts, PyTuple_GetItem(object, 4), I64, 1, 0, "starts") < 0 ||
        array_open(&store->targets, PyTuple_GetItem(object, 5), I64, 1, 0, "targets") < 0 ||
        array_open(&store->values, PyTuple_GetItem(object, 6), F64, 1, 0, "values") < 0)
        return -1;
    store->count = store->offsets.size - 1;
    if (store->count < 0 || store->table.size < 1 || (store->table.size & (store->table.size - 1)) ||
        store->starts.size != store->offsets.size || store->targets.size != store->values.size)
        return fail("the arrays of the store do not fit each other");
    return 0;
}

/* The string of an attribute, or NULL and an error. */
static const uint8_t *attribute(const Array *blob, const Array *offsets, Py_ssize_t number, Py_ssize_t *size) {
    const int64_t *at = offsets->data;
    int64_t start = at[number], end = at[number + 1] - 1;
    if (start < 0 || end < start || end > blob->size) {
        fail("an attribute of the store leaves its blob");
        return NULL;
    }
    *size = (Py_ssize_t)(end - start);
    return (const uint8_t *)blob->data + start;
}

static uint64_t hash_on(uint64_t hash, const void *bytes, Py_ssize_t size) {
    const uint8_t *each = bytes;
    for (Py_ssize_t i = 0; i < size; i++) hash = (hash ^ each[i]) * 0x100000001b3u;
    return hash;
}

static uint64_t hash_end(uint64_t hash) {
    hash ^= hash >> 32;
    hash *= 0x9E3779B97F4A7C15u;
    return hash ^ (hash >> 29);
}

/* Put an attribute into the table; whether it was there. -1 and an error if the arrays are unsound. */
static int put(const Array *blob, const Array *offsets, const Array *table, Py_ssize_t number, uint64_t hash) {
    int64_t *slots = table->data;
    uint64_t mask = (uint64_t)table->size - 1, slot = hash & mask;
    for (; slots[slot]; slot = (slot + 1) & mask) {
        if ((uint64_t)slots[slot] >> 32 != hash >> 32) continue;
        Py_ssize_t size, other_size;
        const uint8_t *bytes = attribute(blob, offsets, number, &size);
        const uint8_t *other = attribute(blob, offsets, (slots[slot] & 0x7fffffff) - 1, &other_size);
        if (!bytes || !other) return -1;
        if (size == other_size && !memcmp(bytes, other, (size_t)size)) return 1;
    }
    slots[slot] = (int64_t)((hash >> 32 << 32) | (uint64_t)(number + 1));
    return 0;
}

enum { AHEAD = 16 }; /* attributes whose slots are fetched from memory together, as each alone would be waited for */

/* index(blob, offsets, table, seed) -> the first attribute that comes a second time, or -1. Fills the table of zeros. */
static PyObject *index_all(PyObject *module, PyObject *arguments) {
    PyObject *objects[4], *result = NULL;
    Array blob = {0}, offsets = {0}, table = {0};
    if (!PyArg_ParseTuple(arguments, "OOOO", objects, objects + 1, objects + 2, objects + 3)) return NULL;
    uint64_t seed = PyLong_AsUnsignedLongLong(objects[3]);
    if (PyErr_Occurred() || array_open(&blob, objects[0], U8, 1, 0, "blob") < 0 ||
        array_open(&offsets, objects[1], I64, 1, 0, "offsets") < 0 ||
        array_open(&table, objects[2], I64, 1, 1, "table") < 0)
        goto done;
    Py_ssize_t count = offsets.size - 1, twice = -1;
    if (count < 0 || count > 0x7ffffffe || (table.size & (table.size - 1)) || table.size / 2 < count || !table.size) {
        fail("the table should be a power of two, and twice as large as the attributes are many");
        goto done;
    }
    memset(table.data, 0, (size_t)table.size * sizeof(int64_t));
    for (Py_ssize_t first = 0; first < count && twice < 0; first += AHEAD) {
        uint64_t hashes[AHEAD];
        Py_ssize_t several = count - first < AHEAD ? count - first : AHEAD;
        for (Py_ssize_t i = 0; i < several; i++) {
            Py_ssize_t size;
            const uint8_t *bytes = attribute(&blob, &offsets, first + i, &size);
            if (!bytes) goto done;
            hashes[i] = hash_end(hash_on(seed, bytes, size));
            FETCH((int64_t *)table.data + (hashes[i] & ((uint64_t)table.size - 1)));
        }
        for (Py_ssize_t i = 0; i < several && twice < 0; i++) {
            int was = put(&blob, &offsets, &table, first + i, hashes[i]);
            if (was < 0) goto done;
            if (was) twice = first + i;
        }
    }
    result = PyLong_FromSsize_t(twice);
done:
    array_close(&blob), array_close(&offsets), array_close(&table);
    return result;
}

/* The number of the attribute head + value, -1 if there is none, -2 and an error if the store is unsound. */
static Py_ssize_t find(const Store *store, uint64_t head_hash, const char *head, Py_ssize_t head_size, const char *value,
                       Py_ssize_t value_size) {
    uint64_t hash = hash_end(hash_on(head_hash, value, value_size)), mask = (uint64_t)store->table.size - 1;
    const int64_t *slots = store->table.data;
    uint64_t slot = hash & mask;
    for (uint64_t tries = 0; tries <= mask && slots[slot]; tries++, slot = (slot + 1) & mask) {
        if ((uint64_t)slots[slot] >> 32 != hash >> 32) continue;
        int64_t number = (slots[slot] & 0xffffffff) - 1;
        Py_ssize_t size;
        if (number < 0 || number >= store->count) return fail("the table of the store is damaged"), -2;
        const uint8_t *bytes = attribute(&store->blob, &store->offsets, (Py_ssize_t)number, &size);
        if (!bytes) return -2;
        if (size == head_size + value_size && !memcmp(bytes, head, (size_t)head_size) &&
            !memcmp(bytes + head_size, value, (size_t)value_size))
            return (Py_ssize_t)number;
    }
    return -1;
}

/* Add the weights of an attribute to a row over `tags` tags. */
static int add_weights(const Store *store, Py_ssize_t number, double *row, Py_ssize_t tags) {
    const int64_t *starts = store->starts.data, *targets = store->targets.data;
    const double *values = store->values.data;
    int64_t first = starts[number], last = starts[number + 1];
    if (first < 0 || last < first || last > store->values.size) return fail("the weights of the store are damaged");
    for (int64_t i = first; i < last; i++) {
        if (targets[i] < 0 || targets[i] >= tags) return fail("a weight of the store is for a tag that is none");
        row[targets[i]] += values[i];
    }
    return 0;
}

/* A string as UTF-8; NULL without an error for one that has none, as no attribute has. *error is set for the others. */
static const char *utf8(PyObject *string, Py_ssize_t *size, int *error) {
    if (!PyUnicode_Check(string)) {
        *error = fail("an attribute's value should be a string");
        return NULL;
    }
    const char *bytes = PyUnicode_AsUTF8AndSize(string, size);
    if (!bytes) {
        if (PyErr_ExceptionMatches(PyExc_UnicodeEncodeError))
            PyErr_Clear();
        else
            *error = -1;
    }
    return bytes;
}

/* What attributes begin with, one a window offset: "lower[-1]=", and the slot of each offset in the sums. */
typedef struct {
    Py_ssize_t count;
    const char **bytes;
    Py_ssize_t *sizes;
    uint64_t *hashes;
    Array slots;
} Heads;

static void heads_close(Heads *heads) {
    free(heads->bytes), free(heads->sizes), free(heads->hashes);
    array_close(&heads->slots);
}

static int heads_open(Heads *heads, const Store *store, PyObject *tuple, PyObject *slots, Py_ssize_t limit) {
    memset(heads, 0, sizeof *heads);
    if (!PyTuple_Check(tuple)) return fail("heads should be a tuple of bytes");
    Py_ssize_t count = heads->count = PyTuple_Size(tuple);
    if (array_open(&heads->slots, slots, I64, 1, 0, "slots") < 0) return -1;
    if (heads->slots.size != count) return fail("each head should have a slot");
    heads->bytes = malloc((size_t)(count + 1) * sizeof *heads->bytes);
    heads->sizes = malloc((size_t)(count + 1) * sizeof *heads->sizes);
    heads->hashes = malloc((size_t)(count + 1) * sizeof *heads->hashes);
    if (!heads->bytes || !heads->sizes || !heads->hashes) return PyErr_NoMemory(), -1;
    for (Py_ssize_t k = 0; k < count; k++) {
        int64_t slot = ((const int64_t *)heads->slots.data)[k];
        char *bytes;
        if (slot < 0 || slot >= limit) return fail("a slot lies outside the sums");
        if (PyBytes_AsStringAndSize(PyTuple_GetItem(tuple, k), &bytes, &heads->sizes[k]) < 0) return -1;
        heads->bytes[k] = bytes;
        heads->hashes[k] = hash_on(store->seed, bytes, heads->sizes[k]);
    }
    return 0;
}

/* numbers(store, head, strings, out): the number of the attribute head + string for each string, or -1. */
static PyObject *numbers(PyObject *module, PyObject *arguments) {
    PyObject *storing, *strings, *filled, *result = NULL;
    Store store = {{{0}}};
    Array out = {0};
    const char *head;
    Py_ssize_t head_size;
    if (!PyArg_ParseTuple(arguments, "Oy#OO", &storing, &head, &head_size, &strings, &filled)) return NULL;
    if (store_open(&store, storing) < 0 || array_open(&out, filled, I32, 1, 1, "out") < 0) goto done;
    if (!PyList_Check(strings) || PyList_Size(strings) != out.size) {
        fail("strings should be a list of as many as are to be filled");
        goto done;
    }
    uint64_t hash = hash_on(store.seed, head, head_size);
    for (Py_ssize_t i = 0; i < out.size && i < PyList_Size(strings); i++) {
        Py_ssize_t size, number = -1;
        int error = 0;
        const char *bytes = utf8(PyList_GetItem(strings, i), &size, &error);
        if (bytes) number = find(&store, hash, head, head_size, bytes, size);
        if (error || number == -2) goto done;
        ((int32_t *)out.data)[i] = (int32_t)number;
    }
    result = Py_NewRef(Py_None);
done:
    store_close(&store), array_close(&out);
    return result;
}

/* add_values(store, heads, slots, lists, out): to out[i, slot] the weights of head + value, for each value in lists[i]. */
static PyObject *add_values(PyObject *module, PyObject *arguments) {
    PyObject *storing, *starting, *slots, *lists, *filled, *result = NULL;
    Store store = {{{0}}};
    Heads heads = {0};
    Array out = {0};
    if (!PyArg_ParseTuple(arguments, "OOOOO", &storing, &starting, &slots, &lists, &filled)) return NULL;
    if (store_open(&store, storing) < 0 || array_open(&out, filled, F64, 3, 1, "out") < 0 ||
        heads_open(&heads, &store, starting, slots, out.shape[1]) < 0)
        goto done;
    if (!PyList_Check(lists) || PyList_Size(lists) != out.shape[0]) {
        fail("there should be as many lists of values as rows to fill");
        goto done;
    }
    const int64_t *slot = heads.slots.data;
    for (Py_ssize_t i = 0; i < out.shape[0] && i < PyList_Size(lists); i++) {
        PyObject *values = PyList_GetItem(lists, i);
        double *row = (double *)out.data + i * out.shape[1] * out.shape[2];
        int is_list = PyList_Check(values);
        if (!is_list && !PyTuple_Check(values)) {
            fail("a feature of words should give a list of values");
            goto done;
        }
        for (Py_ssize_t v = 0; v < (is_list ? PyList_Size(values) : PyTuple_Size(values)); v++) {
            Py_ssize_t size;
            int error = 0;
            const char *bytes = utf8(is_list ? PyList_GetItem(values, v) : PyTuple_GetItem(values, v), &size, &error);
            if (error) goto done;
            for (Py_ssize_t k = 0; bytes && k < heads.count; k++) {
                Py_ssize_t number = find(&store, heads.hashes[k], heads.bytes[k], heads.sizes[k], bytes, size);
                if (number == -2 ||
                    (number >= 0 && add_weights(&store, number, row + slot[k] * out.shape[2], out.shape[2]) < 0))
                    goto done;
            }
        }
    }
    result = Py_NewRef(Py_None);
done:
    heads_close(&heads), store_close(&store), array_close(&out);
    return result;
}

/* One piece of a string, bytes..bytes+size, under all heads; `seen` has the last string that an attribute was in. */
static int add_piece(const Store *store, const Heads *heads, const char *bytes, Py_ssize_t size, double *row,
                     Py_ssize_t tags, uint32_t *seen, uint32_t stamp) {
    const int64_t *slot = heads->slots.data;
    for (Py_ssize_t k = 0; k < heads->count; k++) {
        Py_ssize_t number = find(store, heads->hashes[k], heads->bytes[k], heads->sizes[k], bytes, size);
        if (number == -2) return -1;
        if (number < 0 || (seen && seen[number] == stamp)) continue;
        if (seen) seen[number] = stamp;
        if (add_weights(store, number, row + slot[k] * tags, tags) < 0) return -1;
    }
    return 0;
}

/* add_pieces(store, heads, slots, strings, kind, lengths, out): as add_values, of pieces of so many characters.

   kind  0: the beginning, 1: the end, where the string is longer than that; 2: every piece, alike ones once */
static PyObject *add_pieces(PyObject *module, PyObject *arguments) {
    PyObject *storing, *starting, *slots, *strings, *sizes, *filled, *result = NULL;
    Store store = {{{0}}};
    Heads heads = {0};
    Array out = {0}, lengths = {0};
    int kind;
    uint32_t *seen = NULL;
    Py_ssize_t *places = NULL, room = 0;
    if (!PyArg_ParseTuple(arguments, "OOOOiOO", &storing, &starting, &slots, &strings, &kind, &sizes, &filled)) return NULL;
    if (store_open(&store, storing) < 0 || array_open(&out, filled, F64, 3, 1, "out") < 0 ||
        array_open(&lengths, sizes, I64, 1, 0, "lengths") < 0 ||
        heads_open(&heads, &store, starting, slots, out.shape[1]) < 0)
        goto done;
    if (!PyList_Check(strings) || PyList_Size(strings) != out.shape[0] || out.shape[0] > 0x7fffffff || kind < 0 || kind > 2) {
        fail("there should be as many strings as rows to fill, and a kind of 0 to 2");
        goto done;
    }
    if (kind == 2 && !(seen = calloc((size_t)store.count + 1, sizeof *seen))) {
        PyErr_NoMemory();
        goto done;
    }
    for (Py_ssize_t i = 0; i < out.shape[0] && i < PyList_Size(strings); i++) {
        Py_ssize_t size, characters = 0;
        int error = 0;
        const char *bytes = utf8(PyList_GetItem(strings, i), &size, &error);
        double *row = (double *)out.data + i * out.shape[1] * out.shape[2];
        if (error) goto done;
        if (!bytes) continue;
        if (size + 1 > room) { /* where each character begins, and where the last one ends */
            free(places);
            room = size + 64;
            if (!(places = malloc((size_t)room * sizeof *places))) {
                PyErr_NoMemory();
                goto done;
            }
        }
        for (Py_ssize_t at = 0; at < size; at++)
            if (((uint8_t)bytes[at] & 0xc0) != 0x80) places[characters++] = at;
        places[characters] = size;
        for (Py_ssize_t l = 0; l < lengths.size; l++) {
            int64_t length = ((const int64_t *)lengths.data)[l];
            if (length < 1 || length > characters || (kind < 2 && length == characters)) continue;
            Py_ssize_t first = kind == 1 ? characters - (Py_ssize_t)length : 0;
            Py_ssize_t last = kind == 0 ? 0 : characters - (Py_ssize_t)length;
            for (Py_ssize_t at = first; at <= last; at++) {
                Py_ssize_t start = places[at], end = places[at + (Py_ssize_t)length];
                if (add_piece(&store, &heads, bytes + start, end - start, row, out.shape[2], seen, (uint32_t)i + 1) < 0)
                    goto done;
            }
        }
    }
    result = Py_NewRef(Py_None);
done:
    free(seen), free(places);
    heads_close(&heads), store_close(&store), array_close(&out), array_close(&lengths);
    return result;
}

/* gather(scores, vectors, rows, places, offsets): scores[t] += vectors[rows[places[t] + offsets[k]], k] for all t and k. */
static PyObject *gather(PyObject *module, PyObject *arguments) {
    PyObject *objects[5], *result = NULL;
    Array scores = {0}, vectors = {0}, rows = {0}, places = {0}, offsets = {0};
    const char *wrong = NULL;
    if (!PyArg_ParseTuple(arguments, "OOOOO", objects, objects + 1, objects + 2, objects + 3, objects + 4)) return NULL;
    if (array_open(&scores, objects[0], F64, 2, 1, "scores") < 0 ||
        array_open(&vectors, objects[1], F64, 3, 0, "vectors") < 0 || array_open(&rows, objects[2], I32, 1, 0, "rows") < 0 ||
        array_open(&places, objects[3], I64, 1, 0, "places") < 0 || array_open(&offsets, objects[4], I64, 1, 0, "offsets") < 0)
        goto done;
    Py_ssize_t tags = scores.shape[1], width = offsets.size;
    if (vectors.shape[1] != width || vectors.shape[2] != tags || places.size != scores.shape[0]) {
        fail("the arrays to gather from do not fit each other");
        goto done;
    }
    Py_BEGIN_ALLOW_THREADS
    const int64_t *place = places.data, *offset = offsets.data;
    const int32_t *row = rows.data;
    for (Py_ssize_t t = 0; t < places.size && !wrong; t++) {
        double *score = (double *)scores.data + t * tags;
        for (Py_ssize_t k = 0; k < width; k++) {
            int64_t at = (int64_t)((uint64_t)place[t] + (uint64_t)offset[k]);
            Py_ssize_t number = at < 0 || at >= rows.size ? -1 : row[at];
            if (number < 0 || number >= vectors.shape[0]) {
                wrong = "a place or a row lies outside its table";
                break;
            }
            if (!number) continue; /* the row of keys without any weight */
            const double *vector = (const double *)vectors.data + (number * width + k) * tags;
            for (Py_ssize_t i = 0; i < tags; i++) score[i] += vector[i];
        }
    }
    Py_END_ALLOW_THREADS
    if (wrong)
        fail(wrong);
    else
        result = Py_NewRef(Py_None);
done:
    array_close(&scores), array_close(&vectors), array_close(&rows), array_close(&places), array_close(&offsets);
    return result;
}

/* Whether the attribute `one` comes before `other`, as strings do; -1 and an error if the store is unsound. */
static int before(const Store *store, int32_t one, int32_t other) {
    Py_ssize_t size = 0, other_size = 0;
    const uint8_t *bytes = attribute(&store->blob, &store->offsets, one, &size);
    const uint8_t *other_bytes = attribute(&store->blob, &store->offsets, other, &other_size);
    if (!bytes || !other_bytes) return -1;
    int order = memcmp(bytes, other_bytes, (size_t)(size < other_size ? size : other_size));
    return order ? order < 0 : size < other_size;
}

/* add_evidence(store, scores, lengths, starts, codes, numbers, offsets): each token's sets of codes, weighed.

   lengths  tokens of each sentence; a window does not leave it
   starts   (T + 1,) where the codes of each token begin
   numbers  (codes, K) the attribute of a code at each offset, -1 for none */
static PyObject *add_evidence(PyObject *module, PyObject *arguments) {
    PyObject *objects[7], *result = NULL;
    Store store = {{{0}}};
    Array scores = {0}, lengths = {0}, starts = {0}, codes = {0}, known = {0}, offsets = {0};
    int32_t *found = NULL;
    double *sum = NULL;
    if (!PyArg_ParseTuple(arguments, "OOOOOOO", objects, objects + 1, objects + 2, objects + 3, objects + 4, objects + 5,
                          objects + 6))
        return NULL;
    if (store_open(&store, objects[0]) < 0 || array_open(&scores, objects[1], F64, 2, 1, "scores") < 0 ||
        array_open(&lengths, objects[2], I64, 1, 0, "lengths") < 0 || array_open(&starts, objects[3], I64, 1, 0, "starts") < 0 ||
        array_open(&codes, objects[4], I32, 1, 0, "codes") < 0 || array_open(&known, objects[5], I32, 2, 0, "numbers") < 0 ||
        array_open(&offsets, objects[6], I64, 1, 0, "offsets") < 0)
        goto done;
    Py_ssize_t tokens = scores.shape[0], tags = scores.shape[1], width = offsets.size, most = 0;
    const int64_t *start = starts.data, *offset = offsets.data;
    if (starts.size != tokens + 1 || known.shape[1] != width) {
        fail("the arrays of evidence do not fit each other");
        goto done;
    }
    for (Py_ssize_t t = 0; t < tokens; t++) {
        if (start[t] < 0 || start[t + 1] < start[t] || start[t + 1] > codes.size) {
            fail("the codes of a token lie outside their table");
            goto done;
        }
        if (start[t + 1] - start[t] > most) most = (Py_ssize_t)(start[t + 1] - start[t]);
    }
    found = malloc((size_t)(most + 1) * sizeof *found);
    sum = malloc((size_t)(tags + 1) * sizeof *sum);
    if (!found || !sum) {
        PyErr_NoMemory();
        goto done;
    }
    Py_ssize_t first = 0;
    for (Py_ssize_t s = 0; s < lengths.size; s++) {
        int64_t length = ((const int64_t *)lengths.data)[s];
        if (length < 0 || length > tokens - first) {
            fail("the sentences are longer than their tokens are many");
            goto done;
        }
        Py_ssize_t last = first + (Py_ssize_t)length;
        for (Py_ssize_t t = first; t < last; t++) {
            for (Py_ssize_t k = 0; k < width; k++) {
                if (offset[k] < first - t || offset[k] >= last - t) continue;
                Py_ssize_t at = t + (Py_ssize_t)offset[k], count = 0;
                for (int64_t c = start[at]; c < start[at + 1]; c++) {
                    int32_t code = ((const int32_t *)codes.data)[c];
                    if (code < 0 || code >= known.shape[0]) {
                        fail("there is no such code");
                        goto done;
                    }
                    int32_t number = ((const int32_t *)known.data)[(Py_ssize_t)code * width + k];
                    if (number < 0) continue;
                    if (number >= store.count) {
                        fail("there is no such attribute");
                        goto done;
                    }
                    Py_ssize_t place = count++; /* sorted in, as strings are */
                    for (; place > 0; place--) {
                        int less = before(&store, number, found[place - 1]);
                        if (less < 0) goto done;
                        if (!less) break;
                        found[place] = found[place - 1];
                    }
                    found[place] = number;
                }
                if (!count) continue;
                for (Py_ssize_t i = 0; i < tags; i++) sum[i] = 0.0;
                for (Py_ssize_t i = 0; i < count; i++)
                    if (add_weights(&store, found[i], sum, tags) < 0) goto done;
                double *score = (double *)scores.data + t * tags;
                for (Py_ssize_t i = 0; i < tags; i++) score[i] += sum[i];
            }
        }
        first = last;
    }
    result = Py_NewRef(Py_None);
done:
    free(found), free(sum);
    store_close(&store), array_close(&scores), array_close(&lengths), array_close(&starts), array_close(&codes);
    array_close(&known), array_close(&offsets);
    return result;
}

static PyMethodDef functions[] = {
    {"index", index_all, METH_VARARGS, "index(blob, offsets, table, seed): fills the table; a repeated attribute or -1."},
    {"numbers", numbers, METH_VARARGS, "numbers(store, head, strings, out): fills out."},
    {"add_values", add_values, METH_VARARGS, "add_values(store, heads, slots, lists, out): adds to out."},
    {"add_pieces", add_pieces, METH_VARARGS, "add_pieces(store, heads, slots, strings, kind, lengths, out): adds to out."},
    {"gather", gather, METH_VARARGS, "gather(scores, vectors, rows, places, offsets): adds to scores."},
    {"add_evidence", add_evidence, METH_VARARGS,
     "add_evidence(store, scores, lengths, starts, codes, numbers, offsets): adds to scores."},
    {NULL, NULL, 0, NULL}};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "_scoring", "Sums of the weights of attributes.", 0,
                                        functions, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__scoring(void) { return PyModuleDef_Init(&definition); }
