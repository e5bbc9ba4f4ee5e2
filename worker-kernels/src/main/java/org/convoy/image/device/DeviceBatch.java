package org.convoy.image.device;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.convoy.image.transform.Normalisation;
import org.convoy.kernels.cuda.Arguments;
import org.convoy.kernels.cuda.Device;

/**
 * The memory of a batch of 8-bit pixels on a device. A step uploads pixels and launches their
 * normalisation. What is launched is the same in each step, so it can be recorded.
 */
public final class DeviceBatch implements AutoCloseable {
  private static final int VALUES = 256;
  private static final long ALIGNMENT = 256;

  private final Device device;
  private final int samples;
  private final long pixelBytes;
  private final long pixels;
  private final long weights;
  private final FloatPointer counting;
  private final long kernel;
  private final Arguments arguments;

  /**
   * Takes memory for a batch.
   *
   * @param pixelsPerImage height times width
   */
  public DeviceBatch(Device device, Normalisation normalisation, int samples, int pixelsPerImage) {
    int channels = normalisation.channels();
    this.device = device;
    this.samples = samples;
    this.pixelBytes = (long) samples * pixelsPerImage * channels;
    long tableBytes = (long) channels * VALUES * Float.BYTES;
    this.pixels = device.allocate(bytes(samples, pixelsPerImage, channels));
    long tables = pixels + aligned(pixelBytes);
    this.weights = tables + aligned(tableBytes);
    try (FloatPointer numbers = new FloatPointer((long) channels * VALUES)) {
      for (int c = 0; c < channels; c++) {
        numbers.position((long) c * VALUES).put(normalisation.table(c), 0, VALUES);
      }
      device.upload(tables, numbers.position(0), tableBytes);
    }
    this.counting = new FloatPointer(samples);
    this.kernel = device.kernel("normalise_pixels_any");
    this.arguments = new Arguments(pixelBytes, new long[] {channels, pixelsPerImage}, new float[0]);
    arguments.tensor(0, pixels);
    arguments.tensor(1, tables);
    arguments.tensor(2, weights);
  }

  /** The bytes of the device's memory that a batch takes. */
  public static long bytes(int samples, int pixelsPerImage, int channels) {
    return aligned((long) samples * pixelsPerImage * channels)
        + aligned((long) channels * VALUES * Float.BYTES)
        + aligned((long) samples * Float.BYTES);
  }

  private static long aligned(long bytes) {
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  /**
   * Uploads a batch.
   *
   * @param from (samples, height, width, channels)
   * @param counted the weight of each sample; the input of one of weight 0 is zeros
   */
  public void put(BytePointer from, float[] counted) {
    if (counted.length != samples) {
      throw new IllegalArgumentException(
          "weights: expected one for each of " + samples + " samples, got " + counted.length);
    }
    counting.put(counted, 0, samples);
    device.upload(weights, counting, (long) samples * Float.BYTES);
    device.upload(pixels, from, pixelBytes);
  }

  /**
   * Launches what normalises the pixels.
   *
   * @param input where the network's input is to be written
   */
  public void launch(long input) {
    arguments.tensor(3, input);
    device.launch(kernel, arguments);
  }

  @Override
  public void close() {
    device.free(pixels);
    counting.close();
    arguments.close();
  }
}
