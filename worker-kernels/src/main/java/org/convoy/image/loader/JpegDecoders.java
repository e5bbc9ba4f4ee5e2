package org.convoy.image.loader;

import java.util.Optional;
import org.convoy.image.codec.JpegReplacement;

/** What decodes the JPEGs of a loader's threads. */
@FunctionalInterface
public interface JpegDecoders {
  /** Libjpeg-turbo. */
  JpegDecoders HOST = Optional::empty;

  /** What the calling thread is to decode with in the place of libjpeg-turbo. */
  Optional<JpegReplacement> open();
}
