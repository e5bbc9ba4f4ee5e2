package org.convoy.kernels.plan;

/** A backend's tensor: whatever it knows of layouts and number types, it lies in a buffer. */
public interface Stored {
  Buffer buffer();
}
