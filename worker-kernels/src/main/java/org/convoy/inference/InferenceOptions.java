package org.convoy.inference;

import java.io.Serializable;
import org.convoy.image.loader.ResizeOn;
import org.convoy.kernels.Precision;
import org.convoy.settings.RequestException;

/**
 * How a saved model computes.
 *
 * @param batch samples computed together, at least 1; fewer take the same time
 * @param precision of the computation: bfloat16 is several times as fast where the processor has
 *     instructions for it, and is float32 where it has none
 * @param backend the name of the backend that computes: {@code onednn}, or {@code cudnn} for a GPU
 * @param resizeOn who cuts, scales and normalises images where a GPU computes; the numbers are the
 *     same
 */
public record InferenceOptions(int batch, Precision precision, String backend, ResizeOn resizeOn)
    implements Serializable {
  /** {@link ConvoyModel#BATCH} samples in float32. */
  public static final InferenceOptions STANDARD = of(ConvoyModel.BATCH);

  /** Checks the batch. */
  public InferenceOptions {
    if (batch < 1) {
      throw new RequestException("expected a batch of at least 1, got " + batch);
    }
  }

  /** On processors. */
  public InferenceOptions(int batch, Precision precision) {
    this(batch, precision, "onednn", ResizeOn.HOST);
  }

  /** On processors in float32. */
  public static InferenceOptions of(int batch) {
    return new InferenceOptions(batch, Precision.FLOAT32);
  }

  /** The same for another number of samples. */
  public InferenceOptions batch(int batch) {
    return new InferenceOptions(batch, precision, backend, resizeOn);
  }

  /** The same with another backend. */
  public InferenceOptions backend(String backend) {
    return new InferenceOptions(batch, precision, backend, resizeOn);
  }

  /** The same with images resized elsewhere. */
  public InferenceOptions resizeOn(ResizeOn resizeOn) {
    return new InferenceOptions(batch, precision, backend, resizeOn);
  }
}
