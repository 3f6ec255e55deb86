/* The inner loops of training a linear-chain CRF: log-likelihood and gradient over rows of attributes.
 *
 * What is computed, and what the arrays hold, is told in objective.py, which checks every index once; here only the
 * sizes of buffers are checked, on each call. All sums are made in one fixed order and with one exponential of our own,
 * so that the results are the same bits with any number of threads, on any processor and under any C library. That needs
 * a compiler that neither fuses multiplications with additions nor reorders sums: see the options in setup.py.
 *
 * Rows of (tags) doubles are padded to a multiple of LANES. The interpreter's lock is given up in every function.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define LANES 4
#define MAX_CHANNELS 64
#define TINY 1e-280

/* Two versions of each loop are built where the linker can choose at start: wider registers, the same results. */
#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && defined(__GLIBC__)
#define WIDE __attribute__((target_clones("avx2", "default")))
#else
#define WIDE
#endif

#if defined(__GNUC__)
#define INLINE static inline __attribute__((always_inline))
#define FETCH(address) __builtin_prefetch(address)
#else
#define INLINE static inline
#define FETCH(address)
#endif
#define AHEAD 12 /* places whose rows are fetched before they are needed */

/* A loop over rows of a width that the compiler knows is several times as fast; few tags are common. */
#define BY_WIDTH(width, call)                                                                                          \
    switch (width) {                                                                                                   \
    case 4: { enum { WIDTH = 4 }; call; break; }                                                                       \
    case 8: { enum { WIDTH = 8 }; call; break; }                                                                       \
    case 12: { enum { WIDTH = 12 }; call; break; }                                                                     \
    case 16: { enum { WIDTH = 16 }; call; break; }                                                                     \
    case 20: { enum { WIDTH = 20 }; call; break; }                                                                     \
    case 24: { enum { WIDTH = 24 }; call; break; }                                                                     \
    default: { const Py_ssize_t WIDTH = width; call; break; }                                                          \
    }

typedef double *restrict Out;
typedef const double *restrict In;

static int too_short(const Py_buffer *buffer, Py_ssize_t items, Py_ssize_t size, const char *name)
{
    if (items < 0 || buffer->len / size < items) {
        PyErr_Format(PyExc_ValueError, "%s holds %zd bytes, which are fewer than %zd items", name, buffer->len, items);
        return 1;
    }
    return 0;
}

/* None with the buffers released; or NULL where something was wrong, which the message says unless it was said before */
static PyObject *ended(Py_buffer *buffers, int count, int wrong, const char *message)
{
    for (int i = 0; i < count; i++)
        PyBuffer_Release(&buffers[i]);
    if (!wrong)
        Py_RETURN_NONE;
    if (!PyErr_Occurred())
        PyErr_SetString(PyExc_ValueError, message);
    return NULL;
}

/* exp of n numbers that are 0 or less: 2^k times a polynomial (Cody and Waite 1980), within 2 units in the last place. */
WIDE static void exponentials(Out x, Py_ssize_t n)
{
    const double shift = 6755399441055744.0; /* 1.5 * 2^52: adding it rounds to a whole number */
    for (Py_ssize_t i = 0; i < n; i++) {
        double v = x[i] < -700.0 ? -700.0 : x[i];
        double k = v * 1.4426950408889634 + shift;
        int64_t bits;
        memcpy(&bits, &k, sizeof bits);
        k -= shift;
        double r = (v - k * 6.93147180369123816490e-01) - k * 1.90821492927058770002e-10;
        double p = 1.0 / 6227020800.0; /* of r below 0.35 the fourteenth power is beyond the last place */
        p = p * r + 1.0 / 479001600.0;
        p = p * r + 1.0 / 39916800.0;
        p = p * r + 1.0 / 3628800.0;
        p = p * r + 1.0 / 362880.0;
        p = p * r + 1.0 / 40320.0;
        p = p * r + 1.0 / 5040.0;
        p = p * r + 1.0 / 720.0;
        p = p * r + 1.0 / 120.0;
        p = p * r + 1.0 / 24.0;
        p = p * r + 1.0 / 6.0;
        p = p * r + 0.5;
        p = p * r + 1.0;
        p = p * r + 1.0;
        int64_t power = (int64_t)((uint64_t)(bits + 1023) << 52);
        double scale;
        memcpy(&scale, &power, sizeof scale);
        x[i] = p * scale;
    }
}

/* Natural logarithm of a positive, normal number, by the series of artanh. */
static double logarithm(double x)
{
    int exponent;
    double m = frexp(x, &exponent);
    if (m < 0.7071067811865476) {
        m *= 2.0;
        exponent--;
    }
    double s = (m - 1.0) / (m + 1.0), z = s * s, sum = 0.0;
    for (int k = 21; k >= 1; k -= 2)
        sum = sum * z + 1.0 / k;
    return 2.0 * s * sum + exponent * 0.6931471805599453;
}

/* rows(first, last, row_starts, row_classes, class_starts, class_tags, weights, width, table): the scores of each row */
WIDE static void score_rows(Py_ssize_t first, Py_ssize_t last, const int64_t *row_starts, const int32_t *row_classes,
                            const int64_t *class_starts, const int32_t *class_tags, In weights, Py_ssize_t width,
                            Out table)
{
    for (Py_ssize_t row = first; row < last; row++) {
        double *out = table + row * width;
        memset(out, 0, (size_t)width * sizeof(double));
        for (int64_t at = row_starts[row]; at < row_starts[row + 1]; at++) {
            int32_t class = row_classes[at];
            for (int64_t f = class_starts[class]; f < class_starts[class + 1]; f++)
                out[class_tags[f]] += weights[f];
        }
    }
}

static PyObject *rows(PyObject *self, PyObject *args)
{
    Py_ssize_t first, last, width;
    Py_buffer b[6];
    if (!PyArg_ParseTuple(args, "nny*y*y*y*y*nw*", &first, &last, &b[0], &b[1], &b[2], &b[3], &b[4], &width, &b[5]))
        return NULL;
    int wrong = first < 0 || last < first || too_short(&b[0], last + 1, 8, "row_starts") ||
                too_short(&b[5], last * width, 8, "table");
    if (!wrong) {
        Py_BEGIN_ALLOW_THREADS;
        score_rows(first, last, b[0].buf, b[1].buf, b[2].buf, b[3].buf, b[4].buf, width, b[5].buf);
        Py_END_ALLOW_THREADS;
    }
    return ended(b, 6, wrong, "the range of rows is none");
}

/* One channel's window: the first row of the key at each place, and what lies how far from a token. */
typedef struct {
    const int32_t *bases;
    const int32_t *offsets;
    Py_ssize_t count;
} Channel;

/* to += from, over n */
INLINE void add(Out to, In from, Py_ssize_t n)
{
    for (Py_ssize_t i = 0; i < n; i++)
        to[i] += from[i];
}

/* to += factor * from, over n */
INLINE void add_times(Out to, In from, double factor, Py_ssize_t n)
{
    for (Py_ssize_t i = 0; i < n; i++)
        to[i] += factor * from[i];
}

INLINE double total(In x, Py_ssize_t n)
{
    double lanes[LANES] = {0};
    for (Py_ssize_t i = 0; i < n; i += LANES)
        for (int lane = 0; lane < LANES; lane++)
            lanes[lane] += x[i + lane];
    return (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
}

INLINE double inverse(double x)
{
    return x < TINY ? 0.0 : 1.0 / x;
}

/* Forward and backward over one sentence of n tokens (Rabiner 1989). `scores` come in and node
 * marginals go out in `nodes`; pair expectations are added to `pairs`, still to be multiplied by `moves`. Returns log Z
 * but for the constant that was taken from the transitions. */
INLINE double sentence_of(Py_ssize_t n, Py_ssize_t tags, Py_ssize_t width, In moves, In moves_back, Out nodes, Out alphas,
                          Out scratch, Out pairs)
{
    double log_z = 0.0, product = 1.0;
    for (Py_ssize_t t = 0; t < n; t++) {
        double *score = nodes + t * width, highest = score[0];
        for (Py_ssize_t i = 1; i < tags; i++)
            highest = score[i] > highest ? score[i] : highest;
        for (Py_ssize_t i = 0; i < tags; i++)
            score[i] -= highest;
        log_z += highest;
    }
    exponentials(nodes, n * width);
    for (Py_ssize_t t = 0; t < n; t++) {
        double *potential = nodes + t * width, *alpha = alphas + t * width;
        for (Py_ssize_t i = tags; i < width; i++)
            potential[i] = 0.0;
        if (t == 0) {
            memcpy(alpha, potential, (size_t)width * sizeof(double));
        } else {
            memset(alpha, 0, (size_t)width * sizeof(double));
            const double *before = alpha - width;
            for (Py_ssize_t i = 0; i < tags; i++)
                add_times(alpha, moves + i * width, before[i], width);
            for (Py_ssize_t i = 0; i < width; i++)
                alpha[i] *= potential[i];
        }
        double sum = total(alpha, width);
        if (sum < TINY) /* every way on is all but impossible: keep to what can be divided by */
            sum = TINY;
        product *= sum;
        if (product < 1e-20 || product > 1e20) {
            log_z += logarithm(product);
            product = 1.0;
        }
        double scale = 1.0 / sum;
        for (Py_ssize_t i = 0; i < width; i++)
            alpha[i] *= scale;
    }
    log_z += logarithm(product);
    double *beta = scratch, *leaving = scratch + width;
    for (Py_ssize_t i = 0; i < width; i++)
        beta[i] = i < tags ? 1.0 : 0.0;
    for (Py_ssize_t t = n - 1; t > 0; t--) {
        double *potential = nodes + t * width, *before = alphas + (t - 1) * width;
        for (Py_ssize_t i = 0; i < width; i++)
            leaving[i] = beta[i] * potential[i];
        double share = inverse(total(leaving, width)); /* scaled by itself, so that nothing grows without bound */
        for (Py_ssize_t i = 0; i < width; i++)
            leaving[i] *= share;
        memset(beta, 0, (size_t)width * sizeof(double));
        for (Py_ssize_t j = 0; j < tags; j++)
            add_times(beta, moves_back + j * width, leaving[j], width);
        double sum = 0.0;
        for (Py_ssize_t i = 0; i < tags; i++)
            sum += before[i] * beta[i];
        share = inverse(sum);
        for (Py_ssize_t i = 0; i < tags; i++)
            add_times(pairs + i * width, leaving, before[i] * share, width);
        for (Py_ssize_t i = 0; i < width; i++)
            before[i] *= beta[i] * share; /* the marginals take the place of what is no longer needed */
    }
    memcpy(nodes, alphas, (size_t)(n * width) * sizeof(double));
    return log_z;
}

WIDE static double sentence(Py_ssize_t n, Py_ssize_t tags, Py_ssize_t width, In moves, In moves_back, Out nodes,
                            Out alphas, Out scratch, Out pairs)
{
    double log_z = 0.0;
    BY_WIDTH(width, log_z = sentence_of(n, tags, WIDTH, moves, moves_back, nodes, alphas, scratch, pairs))
    return log_z;
}

INLINE void emissions_of(Py_ssize_t first, Py_ssize_t last, Py_ssize_t places, const Channel *channels,
                         Py_ssize_t channel_count, Py_ssize_t width, In table, Out nodes)
{
    memset(nodes + first * width, 0, (size_t)((last - first) * width) * sizeof(double));
    for (Py_ssize_t c = 0; c < channel_count; c++) {
        const Channel *channel = &channels[c];
        if (channel->count == 0)
            continue;
        const int32_t *bases = channel->bases, *offsets = channel->offsets;
        Py_ssize_t from = first + offsets[0], to = last + offsets[channel->count - 1];
        from = from < 0 ? 0 : from;
        to = to > places ? places : to;
        for (Py_ssize_t place = from; place < to; place++) {
            if (place + AHEAD < places)
                FETCH(table + (Py_ssize_t)bases[place + AHEAD] * width);
            if (bases[place] == 0) /* the row without attributes */
                continue;
            const double *row = table + (Py_ssize_t)bases[place] * width;
            for (Py_ssize_t o = 0; o < channel->count; o++) {
                Py_ssize_t token = place - offsets[o];
                if (token >= first && token < last)
                    add(nodes + token * width, row + o * width, width);
            }
        }
    }
}

WIDE static void emissions(Py_ssize_t first, Py_ssize_t last, Py_ssize_t places, const Channel *channels,
                           Py_ssize_t channel_count, Py_ssize_t width, In table, Out nodes)
{
    BY_WIDTH(width, emissions_of(first, last, places, channels, channel_count, WIDTH, table, nodes))
}

static int read_channels(PyObject *list, Py_buffer *buffers, Channel *channels, Py_ssize_t places, Py_ssize_t *count)
{
    *count = 0;
    Py_ssize_t size = PyTuple_Check(list) ? PyTuple_Size(list) : -1;
    if (size < 0 || size > MAX_CHANNELS) {
        PyErr_Format(PyExc_ValueError, "channels should be a tuple of at most %d", MAX_CHANNELS);
        return 1;
    }
    for (Py_ssize_t c = 0; c < size; c++) {
        PyObject *pair = PyTuple_GetItem(list, c);
        if (!PyArg_ParseTuple(pair, "y*y*", &buffers[2 * c], &buffers[2 * c + 1]))
            return 1;
        *count = c + 1;
        channels[c] = (Channel){buffers[2 * c].buf, buffers[2 * c + 1].buf, buffers[2 * c + 1].len / 4};
        if (too_short(&buffers[2 * c], places, 4, "the rows of a channel"))
            return 1;
    }
    return 0;
}

static void release_channels(Py_buffer *buffers, Py_ssize_t count)
{
    for (Py_ssize_t i = 0; i < 2 * count; i++)
        PyBuffer_Release(&buffers[i]);
}

/* chains(first, last, starts, lengths, channels, places, tags, width, moves, moves_back, table, nodes, pairs) -> log Z
 *
 * Of the sentences first..last-1 the marginals, in `nodes` by place, and the expectations of pairs, added up. */
static PyObject *chains(PyObject *self, PyObject *args)
{
    Py_ssize_t first, last, places, tags, width, channel_count = 0;
    PyObject *list;
    Py_buffer b[7], held[2 * MAX_CHANNELS];
    Channel channels[MAX_CHANNELS];
    if (!PyArg_ParseTuple(args, "nny*y*Onnny*y*y*w*w*", &first, &last, &b[0], &b[1], &list, &places, &tags, &width,
                          &b[2], &b[3], &b[4], &b[5], &b[6]))
        return NULL;
    double log_z = 0.0, *alphas = NULL, *scratch = NULL;
    int failed = 1;
    if (first < 0 || last < first || tags < 1 || width < tags || width % LANES || places < 0) {
        PyErr_SetString(PyExc_ValueError, "the range of sentences or the number of tags is none");
        goto done;
    }
    if (too_short(&b[0], last, 8, "starts") || too_short(&b[1], last, 8, "lengths") ||
        too_short(&b[2], tags * width, 8, "moves") || too_short(&b[3], tags * width, 8, "moves_back") ||
        too_short(&b[5], places * width, 8, "nodes") || too_short(&b[6], tags * width, 8, "pairs") ||
        read_channels(list, held, channels, places, &channel_count))
        goto done;
    const int64_t *starts = b[0].buf, *lengths = b[1].buf;
    int64_t longest = 1;
    for (Py_ssize_t s = first; s < last; s++) {
        if (starts[s] < 0 || lengths[s] < 1 || starts[s] + lengths[s] > places) {
            PyErr_SetString(PyExc_ValueError, "a sentence lies outside of the places");
            goto done;
        }
        longest = lengths[s] > longest ? lengths[s] : longest;
    }
    alphas = malloc((size_t)(longest * width) * sizeof(double));
    scratch = malloc((size_t)(2 * width) * sizeof(double));
    if (alphas == NULL || scratch == NULL) {
        PyErr_NoMemory();
        goto done;
    }
    Py_BEGIN_ALLOW_THREADS;
    for (Py_ssize_t s = first; s < last; s++) {
        emissions(starts[s], starts[s] + lengths[s], places, channels, channel_count, width, b[4].buf, b[5].buf);
        log_z += sentence(lengths[s], tags, width, b[2].buf, b[3].buf, (double *)b[5].buf + starts[s] * width, alphas,
                          scratch, b[6].buf);
    }
    Py_END_ALLOW_THREADS;
    failed = 0;
done:
    free(alphas);
    free(scratch);
    release_channels(held, channel_count);
    for (int i = 0; i < 7; i++)
        PyBuffer_Release(&b[i]);
    return failed ? NULL : PyFloat_FromDouble(log_z);
}

/* gather(first, last, bases, offsets, places, width, nodes, table): of the keys whose rows begin at first..last-1, for
 * each offset the sum of the nodes of the tokens that see the key, in the table's rows. Every range of keys walks over
 * all places: common keys stay in the cache, and the sums do not depend on the ranges. */
INLINE void gather_of(Py_ssize_t first, Py_ssize_t last, const int32_t *bases, const int32_t *offsets,
                      Py_ssize_t count, Py_ssize_t places, Py_ssize_t width, In nodes, Out table)
{
    for (Py_ssize_t place = 0; place < places; place++) {
        if (place + AHEAD < places)
            FETCH(table + (Py_ssize_t)bases[place + AHEAD] * width);
        Py_ssize_t base = bases[place];
        if (base < first || base >= last)
            continue;
        for (Py_ssize_t o = 0; o < count; o++) {
            Py_ssize_t token = place - offsets[o];
            if (token >= 0 && token < places)
                add(table + (base + o) * width, nodes + token * width, width);
        }
    }
}

WIDE static void gather_keys(Py_ssize_t first, Py_ssize_t last, const int32_t *bases, const int32_t *offsets,
                             Py_ssize_t count, Py_ssize_t places, Py_ssize_t width, In nodes, Out table)
{
    BY_WIDTH(width, gather_of(first, last, bases, offsets, count, places, WIDTH, nodes, table))
}

static PyObject *gather(PyObject *self, PyObject *args)
{
    Py_ssize_t first, last, places, width;
    Py_buffer b[4];
    if (!PyArg_ParseTuple(args, "nny*y*nny*w*", &first, &last, &b[0], &b[1], &places, &width, &b[2], &b[3]))
        return NULL;
    int wrong = first < 0 || last < first || too_short(&b[0], places, 4, "bases") ||
                too_short(&b[2], places * width, 8, "nodes");
    if (!wrong) {
        Py_BEGIN_ALLOW_THREADS;
        gather_keys(first, last, b[0].buf, b[1].buf, b[1].len / 4, places, width, b[2].buf, b[3].buf);
        Py_END_ALLOW_THREADS;
    }
    return ended(b, 4, wrong, "the range of keys is none");
}

/* classes(first, last, class_row_starts, class_rows, class_starts, class_tags, width, table, sums): for each weight of a
 * class of attributes the sum of its tag's column over the class's rows */
WIDE static void sum_classes(Py_ssize_t first, Py_ssize_t last, const int64_t *class_row_starts,
                             const int32_t *class_rows, const int64_t *class_starts, const int32_t *class_tags,
                             Py_ssize_t width, In table, Out sums)
{
    int64_t end = class_row_starts[last];
    for (Py_ssize_t class = first; class < last; class++) {
        int64_t from = class_starts[class], to = class_starts[class + 1];
        for (int64_t f = from; f < to; f++)
            sums[f] = 0.0;
        for (int64_t at = class_row_starts[class]; at < class_row_starts[class + 1]; at++) {
            if (at + AHEAD < end)
                FETCH(table + (Py_ssize_t)class_rows[at + AHEAD] * width);
            const double *row = table + (Py_ssize_t)class_rows[at] * width;
            for (int64_t f = from; f < to; f++)
                sums[f] += row[class_tags[f]];
        }
    }
}

static PyObject *classes(PyObject *self, PyObject *args)
{
    Py_ssize_t first, last, width;
    Py_buffer b[6];
    if (!PyArg_ParseTuple(args, "nny*y*y*y*ny*w*", &first, &last, &b[0], &b[1], &b[2], &b[3], &width, &b[4], &b[5]))
        return NULL;
    int wrong = first < 0 || last < first || too_short(&b[0], last + 1, 8, "class_row_starts") ||
                too_short(&b[2], last + 1, 8, "class_starts");
    if (!wrong) {
        Py_BEGIN_ALLOW_THREADS;
        sum_classes(first, last, b[0].buf, b[1].buf, b[2].buf, b[3].buf, width, b[4].buf, b[5].buf);
        Py_END_ALLOW_THREADS;
    }
    return ended(b, 6, wrong, "the range of classes is none");
}

/* dot(x, y): the inner product, in an order that is the same everywhere, as a BLAS's is not */
WIDE static double inner(In x, In y, Py_ssize_t n)
{
    double lanes[16] = {0};
    Py_ssize_t i = 0;
    for (; i + 16 <= n; i += 16)
        for (int lane = 0; lane < 16; lane++)
            lanes[lane] += x[i + lane] * y[i + lane];
    double sum = 0.0;
    for (; i < n; i++)
        sum += x[i] * y[i];
    for (int lane = 0; lane < 16; lane++)
        sum += lanes[lane];
    return sum;
}

static PyObject *dot(PyObject *self, PyObject *args)
{
    Py_buffer x, y;
    if (!PyArg_ParseTuple(args, "y*y*", &x, &y))
        return NULL;
    double sum = 0.0;
    int wrong = x.len != y.len;
    if (!wrong) {
        Py_BEGIN_ALLOW_THREADS;
        sum = inner(x.buf, y.buf, x.len / 8);
        Py_END_ALLOW_THREADS;
    }
    PyBuffer_Release(&x);
    PyBuffer_Release(&y);
    if (wrong) {
        PyErr_SetString(PyExc_ValueError, "the vectors differ in length");
        return NULL;
    }
    return PyFloat_FromDouble(sum);
}

/* axpy(a, x, y): y += a * x, in place */
WIDE static void add_scaled(double a, In x, Out y, Py_ssize_t n)
{
    for (Py_ssize_t i = 0; i < n; i++)
        y[i] += a * x[i];
}

static PyObject *axpy(PyObject *self, PyObject *args)
{
    double a;
    Py_buffer x, y;
    if (!PyArg_ParseTuple(args, "dy*w*", &a, &x, &y))
        return NULL;
    int wrong = x.len != y.len;
    if (!wrong) {
        Py_BEGIN_ALLOW_THREADS;
        add_scaled(a, x.buf, y.buf, x.len / 8);
        Py_END_ALLOW_THREADS;
    }
    PyBuffer_Release(&x);
    PyBuffer_Release(&y);
    if (wrong) {
        PyErr_SetString(PyExc_ValueError, "the vectors differ in length");
        return NULL;
    }
    Py_RETURN_NONE;
}

/* pseudo(x, gradient, l1, slope): the gradient with the L1 penalty; at zero that of the side that falls, or zero */
WIDE static void pseudo_gradient(In x, In gradient, In l1, Out slope, Py_ssize_t n)
{
    for (Py_ssize_t i = 0; i < n; i++) {
        double up = gradient[i] + l1[i], down = gradient[i] - l1[i];
        double at_zero = up < 0.0 ? up : down > 0.0 ? down : 0.0;
        slope[i] = x[i] > 0.0 ? up : x[i] < 0.0 ? down : at_zero;
    }
}

/* project(x, direction, slope, l1, step, new) -> (penalty, fall): new is x + step * direction, but for what would change
 * its sign, which is zero; with the L1 penalty there and the slope's promise, (new - x) . slope */
WIDE static void projected(In x, In direction, In slope, double step, Out new, Py_ssize_t n)
{
    for (Py_ssize_t i = 0; i < n; i++) {
        double side = x[i] != 0.0 ? x[i] : -slope[i], moved = x[i] + step * direction[i];
        new[i] = (side > 0.0 && moved > 0.0) || (side < 0.0 && moved < 0.0) ? moved : 0.0;
    }
}

WIDE static void penalty_and_fall(In x, In slope, In l1, In new, Py_ssize_t n, double *penalty, double *fall)
{
    double penalties[8] = {0}, falls[8] = {0};
    for (Py_ssize_t i = 0; i < n; i += 8)
        for (int lane = 0; lane < 8 && i + lane < n; lane++) {
            penalties[lane] += l1[i + lane] * fabs(new[i + lane]);
            falls[lane] += (new[i + lane] - x[i + lane]) * slope[i + lane];
        }
    *penalty = *fall = 0.0;
    for (int lane = 0; lane < 8; lane++) {
        *penalty += penalties[lane];
        *fall += falls[lane];
    }
}

static PyObject *pseudo(PyObject *self, PyObject *args)
{
    Py_buffer b[4];
    if (!PyArg_ParseTuple(args, "y*y*y*w*", &b[0], &b[1], &b[2], &b[3]))
        return NULL;
    int wrong = b[1].len != b[0].len || b[2].len != b[0].len || b[3].len != b[0].len;
    if (!wrong) {
        Py_BEGIN_ALLOW_THREADS;
        pseudo_gradient(b[0].buf, b[1].buf, b[2].buf, b[3].buf, b[0].len / 8);
        Py_END_ALLOW_THREADS;
    }
    return ended(b, 4, wrong, "the vectors differ in length");
}

static PyObject *project(PyObject *self, PyObject *args)
{
    Py_buffer b[5];
    double step, penalty = 0.0, fall = 0.0;
    if (!PyArg_ParseTuple(args, "y*y*y*y*dw*", &b[0], &b[1], &b[2], &b[3], &step, &b[4]))
        return NULL;
    int wrong = 0;
    for (int i = 1; i < 5; i++)
        wrong |= b[i].len != b[0].len;
    if (!wrong) {
        Py_ssize_t n = b[0].len / 8;
        Py_BEGIN_ALLOW_THREADS;
        projected(b[0].buf, b[1].buf, b[2].buf, step, b[4].buf, n);
        penalty_and_fall(b[0].buf, b[2].buf, b[3].buf, b[4].buf, n, &penalty, &fall);
        Py_END_ALLOW_THREADS;
    }
    for (int i = 0; i < 5; i++)
        PyBuffer_Release(&b[i]);
    if (wrong) {
        PyErr_SetString(PyExc_ValueError, "the vectors differ in length");
        return NULL;
    }
    return Py_BuildValue("dd", penalty, fall);
}

/* exponentiate(x): exp of each number, 0 or less, in place */
static PyObject *exponentiate(PyObject *self, PyObject *args)
{
    Py_buffer x;
    if (!PyArg_ParseTuple(args, "w*", &x))
        return NULL;
    exponentials(x.buf, x.len / 8);
    PyBuffer_Release(&x);
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"rows", rows, METH_VARARGS, "The scores of rows of attributes."},
    {"chains", chains, METH_VARARGS, "Marginals of sentences, expectations of pairs of tags, and log Z."},
    {"gather", gather, METH_VARARGS, "Sums of nodes over the tokens that see a key."},
    {"classes", classes, METH_VARARGS, "Sums of rows over the weights of classes of attributes."},
    {"dot", dot, METH_VARARGS, "The inner product of two vectors."},
    {"axpy", axpy, METH_VARARGS, "y += a * x."},
    {"pseudo", pseudo, METH_VARARGS, "The gradient with the L1 penalty."},
    {"project", project, METH_VARARGS, "A step that changes no sign; the penalty there, and the promised fall."},
    {"exponentiate", exponentiate, METH_VARARGS, "exp of numbers that are 0 or less, in place."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "_training", "Inner loops of training a CRF.", -1, methods};

PyMODINIT_FUNC PyInit__training(void)
{
    return PyModule_Create(&module);
}
