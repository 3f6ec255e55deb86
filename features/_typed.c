/* Words by number, and what the same word does elsewhere in its document: see features/typed.py and documents.py. */

#include "_buffers.h"

#include <stdlib.h>

/* number(known, words, out) -> the new words, in order, which `known` has got the next numbers for. Fills out. */
static PyObject *number(PyObject *module, PyObject *arguments) {
    PyObject *known, *words, *filled, *fresh = NULL;
    Array out = {0};
    if (!PyArg_ParseTuple(arguments, "OOO", &known, &words, &filled)) return NULL;
    if (array_open(&out, filled, I32, 1, 1, "out") < 0) goto failed;
    if (!PyDict_CheckExact(known) || !PyList_CheckExact(words) || PyList_Size(words) != out.size) {
        fail("words should be a list of as many as are to be filled, and known a dictionary");
        goto failed;
    }
    if (!(fresh = PyList_New(0))) goto failed;
    for (Py_ssize_t i = 0; i < out.size && i < PyList_Size(words); i++) {
        PyObject *word = PyList_GetItem(words, i);
        if (!PyUnicode_CheckExact(word)) { /* nothing of it is called, so nothing can change the list meanwhile */
            fail("a word should be a string");
            goto failed;
        }
        PyObject *value = PyDict_GetItemWithError(known, word);
        if (value) {
            ((int32_t *)out.data)[i] = (int32_t)PyLong_AsLong(value);
            if (PyErr_Occurred()) goto failed;
            continue;
        }
        if (PyErr_Occurred()) goto failed;
        Py_ssize_t next = PyDict_Size(known);
        if (next > 0x7fffffff) {
            fail("there are too many words");
            goto failed;
        }
        value = PyLong_FromSsize_t(next);
        if (!value || PyDict_SetItem(known, word, value) < 0 || PyList_Append(fresh, word) < 0) {
            Py_XDECREF(value);
            goto failed;
        }
        Py_DECREF(value);
        ((int32_t *)out.data)[i] = (int32_t)next;
    }
    array_close(&out);
    return fresh;
failed:
    array_close(&out);
    Py_XDECREF(fresh);
    return NULL;
}

enum { CANDIDATE = 1, CAPITAL = 2, RECURRING = 4 }; /* flags of a type, as in documents.py */
enum { CAP = 0, LOW = 1, RUN = 2, NEIGHBOURS = 18 }; /* codes: a run's from 2, left and right of form f from 18 + 2f */

typedef struct {
    int32_t *data;
    Py_ssize_t count, room;
} Codes;

static int add_code(Codes *codes, Py_ssize_t first, int32_t code, int sorted) {
    if (!sorted)
        for (Py_ssize_t i = first; i < codes->count; i++)
            if (codes->data[i] == code) return 0;
    if (codes->count == codes->room) {
        Py_ssize_t room = 2 * codes->room + 1024;
        int32_t *grown = realloc(codes->data, (size_t)room * sizeof *grown);
        if (!grown) return -1;
        codes->data = grown, codes->room = room;
    }
    codes->data[codes->count++] = code;
    return 0;
}

static int by_value(const void *one, const void *other) {
    int32_t a = *(const int32_t *)one, b = *(const int32_t *)other;
    return (a > b) - (a < b);
}

/* One batch as the functions below see it. */
typedef struct {
    const int32_t *types, *exact, *lower; /* types of tokens; forms of types, as written and in lower case */
    const uint8_t *flags, *shouting;      /* of types; of sentences */
    int32_t *first, *last, *times;        /* of forms, twice: of candidates, then of others */
    int32_t *next;                        /* of tokens: the next one of the same form */
    int32_t *sentence;                    /* of tokens */
    int64_t *borders;                     /* of sentences: first token, and after the last one */
    int64_t limit;
} Batch;

static int is_capital(const Batch *batch, Py_ssize_t token) { return batch->flags[batch->types[token]] & CAPITAL; }

/* The place of the token in the run of capitalised words around it. */
static int32_t run(const Batch *batch, Py_ssize_t token, Py_ssize_t first, Py_ssize_t last) {
    int before = 0, after = 0;
    while (before < 3 && token - before > first && is_capital(batch, token - before - 1)) before++;
    while (after < 3 && token + after + 1 < last && is_capital(batch, token + after + 1)) after++;
    int size = before + 1 + after;
    return RUN + 4 * before + (size > 4 ? 4 : size) - 1;
}

static int look_elsewhere(const Batch *batch, Py_ssize_t token, Py_ssize_t form, int candidate, Codes *codes) {
    Py_ssize_t start = codes->count;
    int64_t seen = 0, used = 0;
    int many = batch->limit > 16; /* then doubles are dropped in the end, and not looked for one by one */
    for (int32_t at = batch->first[form]; at >= 0 && seen <= batch->limit && used < batch->limit; at = batch->next[at], seen++) {
        if (at == token) continue;
        used++;
        int32_t s = batch->sentence[at];
        Py_ssize_t first = (Py_ssize_t)batch->borders[s], last = (Py_ssize_t)batch->borders[s + 1];
        if (candidate && batch->shouting[s]) continue;
        if (at > first) {
            if (candidate && add_code(codes, start, CAP, many) < 0) return -1;
            if (add_code(codes, start, NEIGHBOURS + 2 * batch->lower[batch->types[at - 1]], many) < 0) return -1;
        }
        if (at + 1 < last && add_code(codes, start, NEIGHBOURS + 2 * batch->lower[batch->types[at + 1]] + 1, many) < 0)
            return -1;
        if (candidate && add_code(codes, start, run(batch, at, first, last), many) < 0) return -1;
    }
    if (many && codes->count > start) {
        qsort(codes->data + start, (size_t)(codes->count - start), sizeof(int32_t), by_value);
        Py_ssize_t kept = start + 1;
        for (Py_ssize_t i = start + 1; i < codes->count; i++)
            if (codes->data[i] != codes->data[i - 1]) codes->data[kept++] = codes->data[i];
        codes->count = kept;
    }
    return 0;
}

/* Chain the tokens first..last-1 of one document by their forms; candidates apart from the others. */
static void chain(Batch *batch, Py_ssize_t first, Py_ssize_t last, Py_ssize_t forms) {
    for (int pass = 0; pass < 2; pass++)
        for (Py_ssize_t t = first; t < last; t++) {
            int32_t type = batch->types[t];
            Py_ssize_t form = batch->flags[type] & CANDIDATE ? batch->lower[type] : forms + batch->exact[type];
            if (pass == 0) { /* empty what the document before left, wherever it is about to be looked at */
                batch->first[batch->lower[type]] = batch->first[forms + batch->lower[type]] = -1;
                batch->first[form] = -1, batch->times[form] = 0;
                continue;
            }
            if (batch->first[form] < 0)
                batch->first[form] = (int32_t)t;
            else
                batch->next[batch->last[form]] = (int32_t)t;
            batch->last[form] = (int32_t)t;
            batch->next[t] = -1;
            batch->times[form]++;
        }
}

/* elsewhere(types, lengths, documents, flags, exact, lower, shouting, forms, neighbours, commonest, counts) -> codes.

   types      of the tokens of all documents
   lengths    tokens of each sentence; documents: sentences of each document; shouting: whether a sentence is in capitals
   flags, exact, lower   of types: what they are, and their forms, which are fewer than `forms`
   counts     filled: how many codes each token has; the codes are returned as bytes of int32 */
static PyObject *elsewhere(PyObject *module, PyObject *arguments) {
    PyObject *objects[8], *result = NULL;
    Array types = {0}, lengths = {0}, documents = {0}, flags = {0}, exact = {0}, lower = {0}, shouting = {0}, counts = {0};
    Py_ssize_t forms, commonest;
    long long neighbours;
    Batch batch = {0};
    Codes codes = {0};
    if (!PyArg_ParseTuple(arguments, "OOOOOOOnLnO", objects, objects + 1, objects + 2, objects + 3, objects + 4, objects + 5,
                          objects + 6, &forms, &neighbours, &commonest, objects + 7))
        return NULL;
    if (array_open(&types, objects[0], I32, 1, 0, "types") < 0 || array_open(&lengths, objects[1], I64, 1, 0, "lengths") < 0 ||
        array_open(&documents, objects[2], I64, 1, 0, "documents") < 0 ||
        array_open(&flags, objects[3], U8, 1, 0, "flags") < 0 || array_open(&exact, objects[4], I32, 1, 0, "exact") < 0 ||
        array_open(&lower, objects[5], I32, 1, 0, "lower") < 0 ||
        array_open(&shouting, objects[6], U8, 1, 0, "shouting") < 0 || array_open(&counts, objects[7], I32, 1, 1, "counts") < 0)
        goto done;
    Py_ssize_t tokens = types.size, sentences = lengths.size;
    if (exact.size != flags.size || lower.size != flags.size || shouting.size != sentences || counts.size != tokens ||
        tokens > 0x7fffffff || forms < 0 || forms > (0x7fffffff - NEIGHBOURS) / 2 - 1 || neighbours < 0) {
        fail("the arrays of a batch do not fit each other");
        goto done;
    }
    for (Py_ssize_t i = 0; i < flags.size; i++) {
        int32_t one = ((const int32_t *)exact.data)[i], other = ((const int32_t *)lower.data)[i];
        if (one < 0 || one >= forms || other < 0 || other >= forms) {
            fail("a type has a form that is none");
            goto done;
        }
    }
    for (Py_ssize_t t = 0; t < tokens; t++) {
        int32_t type = ((const int32_t *)types.data)[t];
        if (type < 0 || type >= flags.size) {
            fail("a token has a type that is none");
            goto done;
        }
    }
    size_t both = (size_t)(2 * forms + 1);
    batch.types = types.data, batch.exact = exact.data, batch.lower = lower.data;
    batch.flags = flags.data, batch.shouting = shouting.data, batch.limit = neighbours;
    batch.first = malloc(both * sizeof(int32_t)), batch.last = malloc(both * sizeof(int32_t));
    batch.times = malloc(both * sizeof(int32_t)), batch.next = malloc((size_t)(tokens + 1) * sizeof(int32_t));
    batch.sentence = malloc((size_t)(tokens + 1) * sizeof(int32_t));
    batch.borders = malloc((size_t)(sentences + 1) * sizeof(int64_t));
    if (!batch.first || !batch.last || !batch.times || !batch.next || !batch.sentence || !batch.borders) {
        PyErr_NoMemory();
        goto done;
    }
    batch.borders[0] = 0;
    for (Py_ssize_t s = 0; s < sentences; s++) {
        int64_t length = ((const int64_t *)lengths.data)[s];
        if (length < 0 || length > tokens - batch.borders[s]) {
            fail("the sentences are longer than their tokens are many");
            goto done;
        }
        batch.borders[s + 1] = batch.borders[s] + length;
        for (int64_t t = batch.borders[s]; t < batch.borders[s + 1]; t++) batch.sentence[t] = (int32_t)s;
    }
    Py_ssize_t sentence = 0;
    for (Py_ssize_t d = 0; d < documents.size; d++) {
        int64_t count = ((const int64_t *)documents.data)[d];
        if (count < 0 || count > sentences - sentence) {
            fail("the documents have more sentences than there are");
            goto done;
        }
        Py_ssize_t first = (Py_ssize_t)batch.borders[sentence], last = (Py_ssize_t)batch.borders[sentence + count];
        sentence += (Py_ssize_t)count;
        chain(&batch, first, last, forms);
        for (Py_ssize_t t = first; t < last; t++) {
            int32_t type = batch.types[t];
            Py_ssize_t start = codes.count;
            int error = 0;
            if (batch.flags[type] & CANDIDATE) {
                if (batch.first[forms + batch.lower[type]] >= 0) error |= add_code(&codes, start, LOW, 1);
                error |= look_elsewhere(&batch, t, batch.lower[type], 1, &codes);
            } else if (batch.flags[type] & RECURRING) {
                Py_ssize_t form = forms + batch.exact[type];
                if (batch.times[form] > 1 && batch.times[form] <= commonest) error |= look_elsewhere(&batch, t, form, 0, &codes);
            }
            if (error) {
                PyErr_NoMemory();
                goto done;
            }
            ((int32_t *)counts.data)[t] = (int32_t)(codes.count - start);
        }
    }
    if (sentence != sentences || batch.borders[sentences] != tokens) {
        fail("the documents do not have all the sentences, or these not all the tokens");
        goto done;
    }
    result = PyBytes_FromStringAndSize((const char *)codes.data, codes.count * (Py_ssize_t)sizeof(int32_t));
done:
    free(batch.first), free(batch.last), free(batch.times), free(batch.next), free(batch.sentence), free(batch.borders);
    free(codes.data);
    array_close(&types), array_close(&lengths), array_close(&documents), array_close(&flags), array_close(&exact);
    array_close(&lower), array_close(&shouting), array_close(&counts);
    return result;
}

static PyMethodDef functions[] = {
    {"number", number, METH_VARARGS, "number(known, words, out): fills out, adds to known; the new words."},
    {"elsewhere", elsewhere, METH_VARARGS,
     "elsewhere(types, lengths, documents, flags, exact, lower, shouting, forms, neighbours, commonest, counts): codes."},
    {NULL, NULL, 0, NULL}};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "_typed", "Words by number.", 0, functions, NULL, NULL,
                                        NULL, NULL};

PyMODINIT_FUNC PyInit__typed(void) { return PyModuleDef_Init(&definition); }
