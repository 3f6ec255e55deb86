"""What setup.cfg has no words for: the kernels in C.

They are optional: where there is no compiler, everything works without them, more slowly. They use the limited API, so
that one wheel serves all versions of Python from 3.11 on. Nothing is tuned to the machine that builds, multiplications
are not fused with additions, and sums are not reordered: models are the same bytes wherever they are trained.
"""

from setuptools import Extension, setup

_LIMITED_API = "0x030B0000"  # Python 3.11


def kernel(name: str) -> Extension:
    """The extension module whose source lies where its name says."""
    return Extension(
        name,
        sources=[f"{name.replace('.', '/')}.c"],
        include_dirs=["features"],
        depends=["features/_buffers.h"],
        define_macros=[("Py_LIMITED_API", _LIMITED_API)],
        py_limited_api=True,
        optional=True,
        extra_compile_args=["-O3", "-ffp-contract=off", "-fno-fast-math", "-g0"],
    )


setup(
    ext_modules=[
        kernel("crfner.crf.kernel._training"),
        kernel("crfner.crf.kernel._decoding"),
        kernel("crfner.crf.kernel._scoring"),
        kernel("crfner._tokens"),
        kernel("features._typed"),
    ],
    options={"bdist_wheel": {"py_limited_api": "cp311"}},
)
