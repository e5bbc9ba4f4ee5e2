package org.convoy.image.codec;

import org.bytedeco.opencv.global.opencv_core;

/** Loads OpenCV once and limits it to one thread: images are decoded in parallel, not pixels. */
final class NativeOpenCv {
  static {
    opencv_core.setNumThreads(1);
  }

  private NativeOpenCv() {}

  /** Returns once OpenCV is loaded and set up. */
  static void load() {}
}
