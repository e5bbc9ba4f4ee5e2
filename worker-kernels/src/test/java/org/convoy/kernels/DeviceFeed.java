package org.convoy.kernels;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.convoy.graph.Graph;
import org.convoy.image.device.DeviceBatch;
import org.convoy.image.device.NvjpegDecoders;
import org.convoy.image.loader.Batch;
import org.convoy.image.loader.BatchLoader;
import org.convoy.image.loader.Decoding;
import org.convoy.image.loader.ImageSource;
import org.convoy.image.loader.LoaderOptions;
import org.convoy.image.loader.OnBadImage;
import org.convoy.image.loader.PixelForm;
import org.convoy.image.transform.Preprocessing;
import org.convoy.kernels.cuda.Device;
import org.convoy.kernels.cuda.Nvjpeg;
import org.convoy.models.Models;

/**
 * Times training steps of a network whose images are decoded from JPEGs meanwhile, beside steps
 * whose images are already there, and the loader alone, for {@code deploy/device/check}: images
 * that the host's cores decode and resize, that they decode and the GPU resizes, and that nvJPEG
 * decodes. Prints a line of JSON for each.
 */
public final class DeviceFeed {
  private static final int WARM_UP = 3;
  private static final int AHEAD = 3;

  private final Backend backend;
  private final String network;
  private final Preprocessing image;
  private final int batch;
  private final String precision;
  private final int steps;
  private final List<Path> files;

  private DeviceFeed(String[] args) throws IOException {
    backend = Backends.get(args[0]);
    network = args[1];
    batch = Integer.parseInt(args[2]);
    precision = args[3];
    steps = Integer.parseInt(args[4]);
    files = files(Path.of(args[5]));
    int side = Models.get(network).build().inputShape().dimension(1);
    image = Preprocessing.named("resized-crop-flip", "imagenet", 3, side, side);
  }

  /** The files below a folder, in order. */
  static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).sorted().toList();
    }
  }

  /** The files, over and over, each time as other samples. */
  private record Looped(List<Path> files, int batch) implements Iterable<List<ImageSource>> {
    @Override
    public Iterator<List<ImageSource>> iterator() {
      return Stream.iterate(0L, from -> from + batch).map(this::batch).iterator();
    }

    private List<ImageSource> batch(long from) {
      List<ImageSource> sources = new ArrayList<>();
      for (long sample = from; sample < from + batch; sample++) {
        Path file = files.get((int) (sample % files.size()));
        sources.add(new ImageSource(sample, file.toString(), 0, () -> Files.readAllBytes(file)));
      }
      return sources;
    }
  }

  /**
   * @param args backend, network, batch, precision, steps, a folder of JPEGs
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    new DeviceFeed(args).run();
  }

  private void run() throws IOException, InterruptedException {
    Graph graph = Models.get(network).build();
    PlanRequest request =
        PlanRequest.training(batch)
            .precision(Precision.valueOf(precision.toUpperCase(Locale.ROOT)));
    int threads = Runtime.getRuntime().availableProcessors();
    Device device = device();
    try (Plan plan = backend.compile(graph, request);
        DeviceTrainingStep training = new DeviceTrainingStep(device, plan)) {
      LoaderOptions options = new LoaderOptions(batch, threads, AHEAD, OnBadImage.FAIL);
      time("host", training, DeviceBatch.loading(options, device, PixelForm.BYTES));
      LoaderOptions windows = DeviceBatch.loading(options, device, PixelForm.WINDOWS);
      time("gpu", training, windows);
      Optional<Nvjpeg> library = nvjpeg(device);
      if (library.isPresent()) {
        try (NvjpegDecoders decoders = new NvjpegDecoders(library.get())) {
          time("gpu, nvjpeg", training, windows.with(Decoding.NVJPEG).with(decoders));
        }
      }
    }
  }

  private Device device() {
    return backend.device().orElseThrow();
  }

  /** Where there is none, nothing is printed of it. */
  private static Optional<Nvjpeg> nvjpeg(Device device) {
    try {
      return Optional.of(Nvjpeg.open(device));
    } catch (UnsupportedOperationException e) {
      System.out.println(e.getMessage());
      return Optional.empty();
    }
  }

  private void time(String resizing, DeviceTrainingStep training, LoaderOptions options) {
    try (DeviceBatch pixels = DeviceBatch.of(backend.device(), image, options).orElseThrow();
        BatchLoader loader =
            BatchLoader.forTraining(new Looped(files, batch).iterator(), image, 1, 0, options)) {
      Runnable step = () -> training.run(pixels.input(), 0);
      double loading = seconds(() -> take(loader, pixels));
      double computing = seconds(step);
      double both =
          seconds(
              () -> {
                take(loader, pixels);
                step.run();
              });
      System.out.printf(
          Locale.ROOT,
          "{\"backend\": \"%s\", \"network\": \"%s\", \"batch\": %d, \"precision\": \"%s\", \"resized_on\": \"%s\", \"threads\": %d, \"decoded_per_second\": %.1f, \"images_per_second\": %.1f, \"fed_images_per_second\": %.1f, \"share\": %.3f}%n",
          backend.name(),
          network,
          batch,
          precision,
          resizing,
          options.threads(),
          batch / loading,
          batch / computing,
          batch / both,
          computing / both);
    }
  }

  private static void take(BatchLoader loader, DeviceBatch pixels) {
    try (Batch next = loader.next().orElseThrow()) {
      pixels.put(next);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Mean seconds of a step, behind some that do not count. */
  private double seconds(Runnable step) {
    long start = 0;
    for (int i = -WARM_UP; i < steps; i++) {
      if (i == 0) {
        start = System.nanoTime();
      }
      step.run();
    }
    return (System.nanoTime() - start) * 1e-9 / steps;
  }
}
