package org.convoy.image.loader;

/** Who cuts, scales, mirrors and normalises the images of a backend with a GPU. */
public enum ResizeOn {
  /** The host's cores. Finished images cross as 8-bit pixels, which the GPU normalises. */
  HOST(PixelForm.BYTES),
  /** The GPU, with the same pixels. What is needed of decoded images crosses. */
  GPU(PixelForm.WINDOWS);

  private final PixelForm form;

  ResizeOn(PixelForm form) {
    this.form = form;
  }

  /** What batches for a GPU hold. */
  public PixelForm form() {
    return form;
  }
}
