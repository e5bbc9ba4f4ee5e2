package org.convoy.kernels.onednn;

/** A buffer and how to read it. Several tensors may look at one buffer. */
record Tensor(Buffer buffer, Desc desc) {}
