/* Decoding a linear-chain CRF, one sentence after the other: what crfner/crf/decode.py does in numpy, in C.

   All arrays are contiguous; emissions are (tokens, L) log scores. No step depends on the machine: there is no fused
   multiplication and addition, no sum in another order, and the exponential is computed here and not by the system. */

#include "_buffers.h"

#include <math.h>
#include <stdlib.h>

#define TINY 2.2250738585072014e-308

/* Two to the power of k, for -1022 <= k <= 1023. */
static double power_of_two(int k) {
    union { uint64_t bits; double value; } both;
    both.bits = (uint64_t)(k + 1023) << 52;
    return both.value;
}

/* The exponential of x <= 0, to about one unit in the last place: 2^k times the Taylor polynomial of the rest. */
static double exponential(double x) {
    static const double inverse[] = {
        1.0 / 6227020800.0, 1.0 / 479001600.0, 1.0 / 39916800.0, 1.0 / 3628800.0, 1.0 / 362880.0, 1.0 / 40320.0,
        1.0 / 5040.0, 1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0};
    if (x != x) return x;
    if (x < -745.2) return 0.0;
    if (x > 0.0) x = 0.0; /* never, but for rounding */
    int k = (int)(x * 1.4426950408889634 - 0.5);
    double rest = (x - k * 6.93147180369123816490e-01) - k * 1.90821492927058770002e-10;
    double sum = inverse[0];
    for (int n = 1; n < 14; n++) sum = sum * rest + inverse[n];
    int half = k / 2;
    return sum * power_of_two(half) * power_of_two(k - half); /* in two steps, as the result may be subnormal */
}

static void normalise(double *values, Py_ssize_t count) {
    double sum = 0.0;
    for (Py_ssize_t i = 0; i < count; i++) sum += values[i];
    if (sum < TINY) sum = TINY;
    for (Py_ssize_t i = 0; i < count; i++) values[i] /= sum;
}

/* Whether the lengths are those of sentences that together have so many tokens; the longest goes to *longest. */
static int lengths_fit(const Array *lengths, Py_ssize_t tokens, Py_ssize_t *longest) {
    const int64_t *each = lengths->data;
    Py_ssize_t left = tokens;
    *longest = 0;
    for (Py_ssize_t i = 0; i < lengths->size; i++) {
        if (each[i] < 0 || each[i] > left) return 0;
        left -= (Py_ssize_t)each[i];
        if (each[i] > *longest) *longest = (Py_ssize_t)each[i];
    }
    return left == 0;
}

static int is_square(const Array *array, Py_ssize_t size) {
    return array->shape[0] == size && array->shape[1] == size;
}

static int same_shape(const Array *one, const Array *other) {
    return one->shape[0] == other->shape[0] && one->shape[1] == other->shape[1];
}

/* best: scratch of the longest sentence's tokens times L. */
static void viterbi_of(const double *emissions, Py_ssize_t tokens, Py_ssize_t size, const double *moves,
                       const double *initial, const double *final, double *best, int64_t *path) {
    for (Py_ssize_t j = 0; j < size; j++) best[j] = emissions[j] + initial[j];
    for (Py_ssize_t t = 1; t < tokens; t++) {
        const double *before = best + (t - 1) * size;
        double *here = best + t * size;
        for (Py_ssize_t j = 0; j < size; j++) here[j] = before[0] + moves[j];
        for (Py_ssize_t i = 1; i < size; i++) {
            const double *row = moves + i * size;
            double from = before[i];
            for (Py_ssize_t j = 0; j < size; j++) {
                double score = from + row[j];
                here[j] = score > here[j] ? score : here[j];
            }
        }
        for (Py_ssize_t j = 0; j < size; j++) here[j] += emissions[t * size + j];
    }
    for (Py_ssize_t t = tokens - 1; t >= 0; t--) {
        const double *here = best + t * size;
        Py_ssize_t chosen = 0;
        double most = 0.0;
        for (Py_ssize_t i = 0; i < size; i++) {
            double score = here[i] + (t == tokens - 1 ? final[i] : moves[i * size + path[t + 1]]);
            if (i == 0 || score > most) {
                most = score;
                chosen = i;
            }
        }
        path[t] = chosen;
    }
}

static PyObject *viterbi(PyObject *module, PyObject *arguments) {
    PyObject *objects[6];
    Array emissions = {0}, lengths = {0}, moves = {0}, initial = {0}, final = {0}, path = {0};
    PyObject *result = NULL;
    Py_ssize_t longest, size;
    double *best = NULL;
    if (!PyArg_ParseTuple(arguments, "OOOOOO", objects, objects + 1, objects + 2, objects + 3, objects + 4, objects + 5))
        return NULL;
    if (array_open(&emissions, objects[0], F64, 2, 0, "emissions") < 0 ||
        array_open(&lengths, objects[1], I64, 1, 0, "lengths") < 0 ||
        array_open(&moves, objects[2], F64, 2, 0, "transitions") < 0 ||
        array_open(&initial, objects[3], F64, 1, 0, "initial") < 0 ||
        array_open(&final, objects[4], F64, 1, 0, "final") < 0 || array_open(&path, objects[5], I64, 1, 1, "path") < 0)
        goto done;
    size = emissions.shape[1];
    if (size < 1 || !is_square(&moves, size) || initial.size != size || final.size != size ||
        path.size != emissions.shape[0] || !lengths_fit(&lengths, emissions.shape[0], &longest)) {
        fail("the arrays to decode do not fit each other");
        goto done;
    }
    if (longest && !(best = malloc((size_t)longest * (size_t)size * sizeof(double)))) {
        PyErr_NoMemory();
        goto done;
    }
    Py_BEGIN_ALLOW_THREADS
    const double *scores = emissions.data;
    int64_t *tags = path.data;
    for (Py_ssize_t i = 0; i < lengths.size; i++) {
        Py_ssize_t tokens = (Py_ssize_t)((const int64_t *)lengths.data)[i];
        if (tokens) viterbi_of(scores, tokens, size, moves.data, initial.data, final.data, best, tags);
        scores += tokens * size;
        tags += tokens;
    }
    Py_END_ALLOW_THREADS
    result = Py_NewRef(Py_None);
done:
    free(best);
    array_close(&emissions), array_close(&lengths), array_close(&moves);
    array_close(&initial), array_close(&final), array_close(&path);
    return result;
}

/* potentials goes into `leaving` first: exp(emission - the token's greatest). */
static void lattice_of(const double *emissions, Py_ssize_t tokens, Py_ssize_t size, const double *moves,
                       const double *turned, const double *begins, const double *ends, double *forward, double *coming,
                       double *leaving) {
    for (Py_ssize_t t = 0; t < tokens; t++) {
        const double *scores = emissions + t * size;
        double *potentials = leaving + t * size, *here = forward + t * size;
        double most = scores[0];
        for (Py_ssize_t j = 1; j < size; j++) most = scores[j] > most ? scores[j] : most;
        for (Py_ssize_t j = 0; j < size; j++) potentials[j] = exponential(scores[j] - most);
        if (t == 0) {
            for (Py_ssize_t j = 0; j < size; j++) here[j] = begins[j];
        } else {
            for (Py_ssize_t j = 0; j < size; j++) here[j] = 0.0;
            for (Py_ssize_t i = 0; i < size; i++) {
                double from = here[i - size];
                for (Py_ssize_t j = 0; j < size; j++) here[j] += from * moves[i * size + j];
            }
        }
        for (Py_ssize_t j = 0; j < size; j++) here[j] *= potentials[j];
        normalise(here, size);
    }
    for (Py_ssize_t t = tokens - 1; t >= 0; t--) {
        double *here = coming + t * size, *left = leaving + t * size;
        if (t == tokens - 1) {
            for (Py_ssize_t i = 0; i < size; i++) here[i] = ends[i];
        } else {
            for (Py_ssize_t i = 0; i < size; i++) here[i] = 0.0;
            for (Py_ssize_t j = 0; j < size; j++) {
                double after = left[size + j];
                for (Py_ssize_t i = 0; i < size; i++) here[i] += after * turned[j * size + i];
            }
        }
        normalise(here, size);
        for (Py_ssize_t i = 0; i < size; i++) left[i] *= here[i];
    }
}

static double *turned_round(const double *square, Py_ssize_t size) {
    double *turned = malloc((size_t)size * (size_t)size * sizeof(double));
    if (!turned) {
        PyErr_NoMemory();
        return NULL;
    }
    for (Py_ssize_t i = 0; i < size; i++)
        for (Py_ssize_t j = 0; j < size; j++) turned[j * size + i] = square[i * size + j];
    return turned;
}

static PyObject *lattice(PyObject *module, PyObject *arguments) {
    PyObject *objects[8];
    Array emissions = {0}, lengths = {0}, moves = {0}, begins = {0}, ends = {0}, forward = {0}, coming = {0}, leaving = {0};
    PyObject *result = NULL;
    Py_ssize_t longest, size;
    double *turned = NULL;
    if (!PyArg_ParseTuple(arguments, "OOOOOOOO", objects, objects + 1, objects + 2, objects + 3, objects + 4, objects + 5,
                          objects + 6, objects + 7))
        return NULL;
    if (array_open(&emissions, objects[0], F64, 2, 0, "emissions") < 0 ||
        array_open(&lengths, objects[1], I64, 1, 0, "lengths") < 0 ||
        array_open(&moves, objects[2], F64, 2, 0, "moves") < 0 ||
        array_open(&begins, objects[3], F64, 1, 0, "begins") < 0 || array_open(&ends, objects[4], F64, 1, 0, "ends") < 0 ||
        array_open(&forward, objects[5], F64, 2, 1, "forward") < 0 ||
        array_open(&coming, objects[6], F64, 2, 1, "coming") < 0 ||
        array_open(&leaving, objects[7], F64, 2, 1, "leaving") < 0)
        goto done;
    size = emissions.shape[1];
    if (size < 1 || !is_square(&moves, size) || begins.size != size || ends.size != size ||
        !same_shape(&emissions, &forward) || !same_shape(&emissions, &coming) || !same_shape(&emissions, &leaving) ||
        !lengths_fit(&lengths, emissions.shape[0], &longest)) {
        fail("the arrays to decode do not fit each other");
        goto done;
    }
    if (!(turned = turned_round(moves.data, size))) goto done;
    Py_BEGIN_ALLOW_THREADS
    Py_ssize_t place = 0;
    for (Py_ssize_t i = 0; i < lengths.size; i++) {
        Py_ssize_t tokens = (Py_ssize_t)((const int64_t *)lengths.data)[i];
        lattice_of((const double *)emissions.data + place, tokens, size, moves.data, turned, begins.data, ends.data,
                   (double *)forward.data + place, (double *)coming.data + place, (double *)leaving.data + place);
        place += tokens * size;
    }
    Py_END_ALLOW_THREADS
    result = Py_NewRef(Py_None);
done:
    free(turned);
    array_close(&emissions), array_close(&lengths), array_close(&moves), array_close(&begins), array_close(&ends);
    array_close(&forward), array_close(&coming), array_close(&leaving);
    return result;
}

/* Of the products of two rows: the share of `chosen` among all, and the share of those that do not go on. */
static void shares(const double *one, const double *other, const uint8_t *goes_on, Py_ssize_t stride, Py_ssize_t size,
                   Py_ssize_t chosen, double *share, double *apart) {
    double sum = 0.0, other_chunks = 0.0;
    for (Py_ssize_t i = 0; i < size; i++) {
        double product = one[i] * other[i];
        sum += product;
        if (!goes_on[i * stride]) other_chunks += product;
    }
    if (sum < TINY) sum = TINY;
    if (share) *share = one[chosen] * other[chosen] / sum;
    *apart = other_chunks / sum;
}

static PyObject *along(PyObject *module, PyObject *arguments) {
    PyObject *objects[11];
    Array forward = {0}, coming = {0}, leaving = {0}, moves = {0}, goes_on = {0}, starts = {0}, path = {0};
    Array out[4] = {{{0}}};
    static const char *names[4] = {"node", "link", "separate", "closed"};
    PyObject *result = NULL;
    Py_ssize_t size, tokens;
    double *turned = NULL;
    if (!PyArg_ParseTuple(arguments, "OOOOOOOOOOO", objects, objects + 1, objects + 2, objects + 3, objects + 4,
                          objects + 5, objects + 6, objects + 7, objects + 8, objects + 9, objects + 10))
        return NULL;
    if (array_open(&forward, objects[0], F64, 2, 0, "forward") < 0 ||
        array_open(&coming, objects[1], F64, 2, 0, "coming") < 0 ||
        array_open(&leaving, objects[2], F64, 2, 0, "leaving") < 0 ||
        array_open(&moves, objects[3], F64, 2, 0, "moves") < 0 ||
        array_open(&goes_on, objects[4], U8, 2, 0, "continues") < 0 ||
        array_open(&starts, objects[5], U8, 1, 0, "starts") < 0 || array_open(&path, objects[6], I64, 1, 0, "path") < 0)
        goto done;
    tokens = forward.shape[0], size = forward.shape[1];
    for (int i = 0; i < 4; i++) {
        if (array_open(&out[i], objects[7 + i], F64, 1, 1, names[i]) < 0) goto done;
        if (out[i].size != tokens) {
            fail("the arrays along a path do not fit each other");
            goto done;
        }
    }
    if (size < 1 || !same_shape(&forward, &coming) || !same_shape(&forward, &leaving) || !is_square(&moves, size) ||
        !is_square(&goes_on, size) || starts.size != tokens || path.size != tokens) {
        fail("the arrays along a path do not fit each other");
        goto done;
    }
    for (Py_ssize_t t = 0; t < tokens; t++) {
        int64_t tag = ((const int64_t *)path.data)[t];
        if (tag < 0 || tag >= size) {
            fail("a path has a tag that is none");
            goto done;
        }
    }
    if (!(turned = turned_round(moves.data, size))) goto done;
    Py_BEGIN_ALLOW_THREADS
    const double *ahead = forward.data, *behind = coming.data, *left = leaving.data, *to = moves.data;
    const uint8_t *on = goes_on.data, *first = starts.data;
    const int64_t *tags = path.data;
    double *node = out[0].data, *link = out[1].data, *separate = out[2].data, *closed = out[3].data;
    for (Py_ssize_t t = 0; t < tokens; t++) {
        Py_ssize_t tag = (Py_ssize_t)tags[t], row = t * size;
        double sum = 0.0;
        for (Py_ssize_t i = 0; i < size; i++) sum += ahead[row + i] * behind[row + i];
        if (sum < TINY) sum = TINY;
        node[t] = ahead[row + tag] * behind[row + tag] / sum;
        if (t == 0 || first[t]) {
            link[t] = separate[t] = 1.0;
        } else {
            Py_ssize_t before = (Py_ssize_t)tags[t - 1];
            /* P(this tag | the tag before), and so the chance that the chunk before is closed there */
            shares(to + before * size, left + row, on + before * size, 1, size, tag, link + t, closed + t - 1);
            shares(turned + tag * size, ahead + row - size, on + tag, size, size, 0, NULL, separate + t);
        }
        closed[t] = 1.0;
    }
    Py_END_ALLOW_THREADS
    result = Py_NewRef(Py_None);
done:
    free(turned);
    array_close(&forward), array_close(&coming), array_close(&leaving), array_close(&moves), array_close(&goes_on);
    array_close(&starts), array_close(&path);
    for (int i = 0; i < 4; i++) array_close(&out[i]);
    return result;
}

static PyMethodDef functions[] = {
    {"viterbi", viterbi, METH_VARARGS, "viterbi(emissions, lengths, transitions, initial, final, path): fills path."},
    {"lattice", lattice, METH_VARARGS,
     "lattice(emissions, lengths, moves, begins, ends, forward, coming, leaving): fills the last three."},
    {"along", along, METH_VARARGS,
     "along(forward, coming, leaving, moves, continues, starts, path, node, link, separate, closed): fills the last four."},
    {NULL, NULL, 0, NULL}};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "_decoding", "Decoding of linear-chain CRFs.", 0,
                                        functions, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__decoding(void) { return PyModuleDef_Init(&definition); }
