package org.convoy.driver.training;

import java.util.Optional;
import org.convoy.driver.config.Recipe;
import org.convoy.graph.Graph;
import org.convoy.image.device.DeviceBatch;
import org.convoy.image.device.NvjpegDecoders;
import org.convoy.image.loader.Decoding;
import org.convoy.image.loader.LoaderOptions;
import org.convoy.image.loader.PixelForm;
import org.convoy.image.transform.Preprocessing;
import org.convoy.image.transform.Size;
import org.convoy.kernels.Backend;
import org.convoy.kernels.cuda.Nvjpeg;
import org.convoy.task.MaskedAutoencoder;

/**
 * Which micro-batches of a training run cross to a backend's device as 8-bit pixels: those that
 * nothing on the host reads as numbers.
 */
final class DevicePixels {
  private DevicePixels() {}

  /** The options for loading training images. */
  static LoaderOptions training(
      RunSpec spec, Backend backend, Optional<NvjpegDecoders> jpegs, LoaderOptions options) {
    LoaderOptions decoding = jpegs.map(options::with).orElse(options);
    return backend
        .device()
        .map(device -> DeviceBatch.loading(decoding, device, form(spec)))
        .orElse(decoding);
  }

  /**
   * What decodes training images, if it is nvJPEG.
   *
   * @throws UnsupportedOperationException if the machine lacks it; the message says what
   */
  static Optional<NvjpegDecoders> jpegs(RunSpec spec, Backend backend) {
    if (spec.recipe().data().decode() != Decoding.NVJPEG) {
      return Optional.empty();
    }
    try {
      return Optional.of(new NvjpegDecoders(Nvjpeg.open(backend.device().orElseThrow())));
    } catch (UnsupportedOperationException e) {
      throw new UnsupportedOperationException("data.decode = nvjpeg: " + e.getMessage(), e);
    }
  }

  /** The options for loading the images of an evaluation during a run. */
  static LoaderOptions evaluation(RunSpec spec, Backend backend, LoaderOptions options) {
    PixelForm form = spec.recipe().image().resizeOn().form();
    return backend
        .device()
        .map(device -> DeviceBatch.loading(options, device, form))
        .orElse(options);
  }

  /** Mixing, attacks, teachers and tasks whose targets are pixels read images on the host. */
  private static PixelForm form(RunSpec spec) {
    Recipe recipe = spec.recipe();
    boolean onDevice =
        recipe.image().mix().isEmpty()
            && recipe.adversarial().steps() == 0
            && !spec.models().teacher().there()
            && !(recipe.task() instanceof MaskedAutoencoder);
    return onDevice ? recipe.image().resizeOn().form() : PixelForm.NORMALISED;
  }

  /** The memory of micro-batches for a network of this resolution, if they cross as pixels. */
  static Optional<DeviceBatch> of(RunSpec spec, Backend backend, Graph graph) {
    PixelForm form = form(spec);
    return form == PixelForm.NORMALISED
        ? Optional.empty()
        : backend
            .device()
            .map(device -> new DeviceBatch(device, image(spec, graph), spec.places(), form));
  }

  /** The device's memory that training and evaluation take for pixels. */
  static long bytes(RunSpec spec, Graph graph) {
    PixelForm form = form(spec);
    long training =
        form == PixelForm.NORMALISED
            ? 0
            : DeviceBatch.bytes(image(spec, graph), spec.places(), form);
    long evaluation =
        spec.recipe().data().validated()
            ? DeviceBatch.bytes(
                image(spec, spec.graph()),
                spec.microBatchSize(),
                spec.recipe().image().resizeOn().form())
            : 0;
    return training + evaluation;
  }

  private static Preprocessing image(RunSpec spec, Graph graph) {
    Size size = new Size(graph.inputShape().dimension(1), graph.inputShape().dimension(2));
    return spec.recipe().image().preprocessing(spec.graph().inputShape()).at(size);
  }
}
