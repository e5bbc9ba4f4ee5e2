package org.convoy.image.loader;

import java.io.IOException;

/** The source of an image's file bytes: a file, a range of a tar archive, or memory. */
@FunctionalInterface
public interface ByteSource {
  /**
   * Reads the whole image file. Called on a loader thread, which {@link BatchLoader#close}
   * interrupts.
   */
  byte[] read() throws IOException;
}
