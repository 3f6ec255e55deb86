/* The common tokens of crfner/tokenize.py: words of letters and digits before a mark or white space, and such marks.

   They are what the first two alternatives of its pattern match, character for character; all else is left to it. */

#include "_buffers.h"

/* The letters and digits of the pattern's `plain`. */
static int is_letter(uint32_t c) {
    if (c < 0x80) return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == '_' || (c >= 'a' && c <= 'z');
    return (c >= 0xc0 && c <= 0xd6) || (c >= 0xd8 && c <= 0xf6) || (c >= 0xf8 && c <= 0x2af) ||
           (c >= 0x400 && c <= 0x481) || (c >= 0x48a && c <= 0x52f) || (c >= 0x620 && c <= 0x64a) ||
           (c >= 0x1e00 && c <= 0x1eff);
}

static int is_space(uint32_t c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/* Marks that are tokens before white space; all but the bracket that opens may also stand between a word and it. */
static int is_mark(uint32_t c) {
    return c == '.' || c == ',' || c == ';' || c == ':' || c == '?' || c == '!' || c == '(' || c == ')' || c == '"';
}

/* One character of UTF-8, which is sound, as Python has made it; *size is how many bytes it has. */
static uint32_t character(const uint8_t *at, int *size) {
    if (*at < 0x80) return *size = 1, at[0];
    if (*at < 0xe0) return *size = 2, (uint32_t)(at[0] & 0x1f) << 6 | (at[1] & 0x3f);
    if (*at < 0xf0) return *size = 3, (uint32_t)(at[0] & 0x0f) << 12 | (uint32_t)(at[1] & 0x3f) << 6 | (at[2] & 0x3f);
    return *size = 4, (uint32_t)(at[0] & 0x07) << 18 | (uint32_t)(at[1] & 0x3f) << 12 | (uint32_t)(at[2] & 0x3f) << 6 | (at[3] & 0x3f);
}

static int append(PyObject *tokens, Py_ssize_t start, Py_ssize_t end) {
    PyObject *token = Py_BuildValue("(nn)", start, end);
    if (!token) return -1;
    int failed = PyList_Append(tokens, token);
    Py_DECREF(token);
    return failed;
}

/* cut(text, rest): the tokens of a text; rest(text, n) gives the first token from the character n on, or None. */
static PyObject *cut(PyObject *module, PyObject *arguments) {
    PyObject *text, *rest, *tokens = NULL;
    Py_ssize_t size, place = 0; /* bytes, and the character where `at` is */
    if (!PyArg_ParseTuple(arguments, "UO", &text, &rest)) return NULL;
    const uint8_t *bytes = (const uint8_t *)PyUnicode_AsUTF8AndSize(text, &size);
    if (!bytes) return NULL;
    const uint8_t *at = bytes, *end = bytes + size;
    int width;
    if (!(tokens = PyList_New(0))) return NULL;
    while (at < end) {
        uint32_t c = character(at, &width);
        if (is_space(c)) {
            at += width, place++;
            continue;
        }
        const uint8_t *ahead = at;
        Py_ssize_t last = place;
        int whole = 0;
        if (is_letter(c)) {
            do {
                ahead += width, last++;
                c = ahead < end ? character(ahead, &width) : 0;
            } while (is_letter(c) || (c >= 0x300 && c <= 0x36f));
            if (ahead < end && is_mark(c) && c != '(') {
                whole = ahead + 1 < end && is_space(character(ahead + 1, &width));
            } else {
                whole = ahead < end && is_space(c);
            }
        } else if (is_mark(c)) {
            ahead += width, last++;
            whole = ahead < end && is_space(character(ahead, &width));
        }
        if (whole) {
            if (append(tokens, place, last) < 0) goto failed;
            at = ahead, place = last;
            continue;
        }
        PyObject *found = PyObject_CallFunction(rest, "On", text, place);
        if (!found) goto failed;
        if (found == Py_None) {
            Py_DECREF(found);
            break;
        }
        Py_ssize_t first;
        int sound = PyTuple_Check(found) && PyArg_ParseTuple(found, "nn", &first, &last);
        if (!sound || first < place || last <= first || PyList_Append(tokens, found) < 0) {
            Py_DECREF(found);
            if (!PyErr_Occurred()) fail("a token should be a start and an end further on");
            goto failed;
        }
        Py_DECREF(found);
        for (; place < last && at < end; place++) {
            character(at, &width);
            at += width;
        }
    }
    return tokens;
failed:
    Py_XDECREF(tokens);
    return NULL;
}

static PyMethodDef functions[] = {{"cut", cut, METH_VARARGS, "cut(text, rest): the tokens of the text, as (start, end)."},
                                  {NULL, NULL, 0, NULL}};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "_tokens", "The common tokens of text.", 0, functions,
                                        NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__tokens(void) { return PyModuleDef_Init(&definition); }
