/* What the C modules share: arrays that come in through the buffer protocol, each checked for type, shape and size. */

#ifndef CRFNER_BUFFERS_H
#define CRFNER_BUFFERS_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>

/* An array of at most three axes. `data` is NULL until it is open. */
typedef struct {
    Py_buffer view;
    int open;
    void *data;
    Py_ssize_t shape[3];
    Py_ssize_t size; /* items in all */
} Array;

/* The kinds of items. */
enum { F64 = 'd', I64 = 'q', I32 = 'i', U8 = 'B' };

static inline int array_is(const Py_buffer *view, int kind) {
    const char *format = view->format ? view->format : "B";
    if (*format == '@' || *format == '=' || *format == '<') format++; /* all that this runs on is little-endian */
    if (*format == 0 || format[1] != 0) return 0;
    switch (kind) {
    case F64: return view->itemsize == 8 && *format == 'd';
    case I64: return view->itemsize == 8 && (*format == 'q' || *format == 'l');
    case I32: return view->itemsize == 4 && (*format == 'i' || *format == 'l');
    default: return view->itemsize == 1 && (*format == 'B' || *format == '?' || *format == 'b' || *format == 'c');
    }
}

/* Open an array of so many axes, or raise and return -1. To be closed whatever comes. */
static inline int array_open(Array *array, PyObject *object, int kind, int axes, int writable, const char *name) {
    int flags = PyBUF_C_CONTIGUOUS | PyBUF_FORMAT | (writable ? PyBUF_WRITABLE : 0);
    memset(array, 0, sizeof *array);
    if (PyObject_GetBuffer(object, &array->view, flags) < 0) {
        if (!PyErr_ExceptionMatches(PyExc_MemoryError)) {
            PyErr_Clear();
            PyErr_Format(PyExc_ValueError, "%s is no%s contiguous array", name, writable ? " writable" : "");
        }
        return -1;
    }
    array->open = 1;
    if (array->view.ndim != axes || !array_is(&array->view, kind)) {
        PyErr_Format(PyExc_ValueError, "%s should have %d axes of the type '%c'", name, axes, kind);
        return -1;
    }
    array->size = 1;
    for (int axis = 0; axis < axes; axis++) {
        array->shape[axis] = array->view.shape[axis];
        array->size *= array->shape[axis];
    }
    array->data = array->view.buf;
    return 0;
}

static inline void array_close(Array *array) {
    if (array->open) PyBuffer_Release(&array->view);
    array->open = 0;
}

static inline int fail(const char *message) {
    PyErr_SetString(PyExc_ValueError, message);
    return -1;
}

#endif
