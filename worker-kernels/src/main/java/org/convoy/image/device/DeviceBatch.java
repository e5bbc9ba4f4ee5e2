package org.convoy.image.device;

import java.util.Optional;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.convoy.image.loader.Batch;
import org.convoy.image.loader.LoaderOptions;
import org.convoy.image.loader.PixelForm;
import org.convoy.image.transform.Normalisation;
import org.convoy.image.transform.Preprocessing;
import org.convoy.kernels.InputKernels;
import org.convoy.kernels.cuda.Arguments;
import org.convoy.kernels.cuda.Device;

/**
 * The memory of a batch of 8-bit pixels on a device: of images of the network's size, or of parts
 * of images of any size with the tables by which they are cut, scaled and mirrored. A step uploads
 * pixels and launches what makes the network's input of them. What is launched is the same in each
 * step, so it can be recorded.
 */
public final class DeviceBatch implements AutoCloseable {
  private static final int VALUES = 256;
  private static final long ALIGNMENT = 256;

  private final Device device;
  private final PixelForm form;
  private final int samples;
  private final long pixels;
  private final long weights;
  private final FloatPointer counting;
  private final long kernel;
  private final Arguments upright;
  private final Arguments mirrored;
  private final InputKernels input;
  private final InputKernels mirroredInput;

  /**
   * The memory of a loader's batches; nothing if they hold the network's input already.
   *
   * @param device of the backend that computes
   * @param options of the loader
   */
  public static Optional<DeviceBatch> of(
      Optional<Device> device, Preprocessing image, LoaderOptions options) {
    return options.form() == PixelForm.NORMALISED
        ? Optional.empty()
        : device.map(
            there -> new DeviceBatch(there, image, options.batchCapacity(), options.form()));
  }

  /**
   * Takes memory for a batch.
   *
   * @param image what images become
   * @param form what batches hold of pixels, {@link PixelForm#BYTES} or {@link PixelForm#WINDOWS}
   */
  public DeviceBatch(Device device, Preprocessing image, int samples, PixelForm form) {
    if (form == PixelForm.NORMALISED) {
      throw new IllegalArgumentException("expected a batch of 8-bit pixels, got one of " + form);
    }
    this.device = device;
    this.form = form;
    this.samples = samples;
    this.pixels = device.allocate(bytes(image, samples, form));
    long tables = pixels + aligned(pixelBytes(image, samples, form));
    this.weights = tables + aligned(tableBytes(image));
    fill(tables, image.normalisation());
    this.counting = new FloatPointer(samples);
    this.kernel = device.kernel(kernel(image));
    this.upright = arguments(image, tables, 0);
    this.mirrored = arguments(image, tables, 1);
    this.input = address -> launch(upright, address);
    this.mirroredInput = address -> launch(mirrored, address);
  }

  private String kernel(Preprocessing image) {
    if (form == PixelForm.BYTES) {
      return "normalise_pixels_any";
    }
    return image.channels() == 1 ? "resize_pixels_grey" : "resize_pixels_colour";
  }

  private Arguments arguments(Preprocessing image, long tables, int mirror) {
    int channelsOfIndex = form == PixelForm.BYTES ? image.channels() : 1;
    long count = (long) samples * image.height() * image.width() * channelsOfIndex;
    long[] sizes = {image.height(), image.width(), mirror, image.channels()};
    Arguments arguments = new Arguments(count, sizes, new float[0]);
    arguments.tensor(0, pixels);
    arguments.tensor(1, tables);
    arguments.tensor(2, weights);
    return arguments;
  }

  private void fill(long tables, Normalisation normalisation) {
    int channels = normalisation.channels();
    try (FloatPointer numbers = new FloatPointer((long) channels * VALUES)) {
      for (int c = 0; c < channels; c++) {
        numbers.position((long) c * VALUES).put(normalisation.table(c), 0, VALUES);
      }
      device.upload(tables, numbers.position(0), (long) channels * VALUES * Float.BYTES);
    }
  }

  /** The options for loading batches that a device takes. */
  public static LoaderOptions loading(LoaderOptions options, Device device, PixelForm form) {
    return form == PixelForm.NORMALISED
        ? options
        : options.with(form).with(new PinnedBatches(device));
  }

  /** The bytes of the device's memory that a batch takes. */
  public static long bytes(Preprocessing image, int samples, PixelForm form) {
    return aligned(pixelBytes(image, samples, form))
        + aligned(tableBytes(image))
        + aligned((long) samples * Float.BYTES);
  }

  private static long pixelBytes(Preprocessing image, int samples, PixelForm form) {
    return form.bytes(samples, image.height(), image.width(), image.channels());
  }

  private static long tableBytes(Preprocessing image) {
    return (long) image.channels() * VALUES * Float.BYTES;
  }

  private static long aligned(long bytes) {
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  /** Uploads a batch. The input of a sample of weight 0 is zeros. */
  public void put(Batch batch) {
    if (batch.capacity() != samples) {
      throw new IllegalArgumentException(
          "expected a batch of " + samples + " samples, got one of " + batch.capacity());
    }
    BytePointer from = form == PixelForm.BYTES ? batch.pixels() : batch.windows();
    // The second copy waits for both.
    device.uploadBeside(pixels, from, from.capacity());
    counting.put(batch.weights(), 0, samples);
    device.upload(weights, counting, (long) samples * Float.BYTES);
  }

  /** What makes the network's input of the pixels. */
  public InputKernels input() {
    return input;
  }

  /** The same, mirrored left to right. */
  public InputKernels mirroredInput() {
    return mirroredInput;
  }

  private void launch(Arguments arguments, long address) {
    arguments.tensor(3, address);
    device.launch(kernel, arguments);
  }

  @Override
  public void close() {
    device.free(pixels);
    counting.close();
    upright.close();
    mirrored.close();
  }
}
