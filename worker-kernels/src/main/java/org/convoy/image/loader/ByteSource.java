package org.convoy.image.loader;

import java.io.IOException;

/** Where an image's file bytes come from: a file, a range of a tar, memory. */
@FunctionalInterface
public interface ByteSource {
  /** Reads the whole image file. Called on a loader's thread, which close interrupts. */
  byte[] read() throws IOException;
}
