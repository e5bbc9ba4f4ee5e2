package org.convoy.kernels;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.convoy.graph.Graph;
import org.convoy.image.device.DeviceBatch;
import org.convoy.image.loader.Batch;
import org.convoy.image.loader.BatchLoader;
import org.convoy.image.loader.ImageSource;
import org.convoy.image.loader.LoaderOptions;
import org.convoy.image.loader.OnBadImage;
import org.convoy.image.loader.PixelForm;
import org.convoy.image.transform.Preprocessing;
import org.convoy.models.Models;

/**
 * Times training steps of a network whose images the host's cores decode from JPEGs meanwhile,
 * beside steps whose images are already there, and the loader alone, for {@code
 * deploy/device/check}. Prints one line of JSON.
 */
public final class DeviceFeed {
  private static final int WARM_UP = 3;
  private static final int AHEAD = 3;

  private DeviceFeed() {}

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
    int batch = Integer.parseInt(args[2]);
    int steps = Integer.parseInt(args[4]);
    List<Path> files;
    try (Stream<Path> all = Files.walk(Path.of(args[5]))) {
      files = all.filter(Files::isRegularFile).sorted().toList();
    }
    Graph graph = Models.get(args[1]).build();
    PlanRequest request =
        PlanRequest.training(batch).precision(Precision.valueOf(args[3].toUpperCase(Locale.ROOT)));
    int threads = Runtime.getRuntime().availableProcessors();
    Preprocessing preprocessing = Preprocessing.named("resized-crop-flip", "imagenet", 3, 224, 224);
    LoaderOptions options =
        new LoaderOptions(batch, threads, AHEAD, OnBadImage.FAIL).with(PixelForm.BYTES);
    Backend backend = Backends.get(args[0]);
    try (Plan plan = backend.compile(graph, request);
        DeviceTrainingStep training = new DeviceTrainingStep(backend.device().orElseThrow(), plan);
        DeviceBatch pixels =
            new DeviceBatch(
                backend.device().orElseThrow(), preprocessing.normalisation(), batch, 224 * 224);
        BatchLoader loader =
            BatchLoader.forTraining(
                new Looped(files, batch).iterator(), preprocessing, 1, 0, options)) {
      InputKernels input = pixels::launch;
      Runnable step = () -> training.run(input, 0);
      double loading = seconds(steps, () -> take(loader, pixels));
      double computing = seconds(steps, step);
      double both =
          seconds(
              steps,
              () -> {
                take(loader, pixels);
                step.run();
              });
      System.out.printf(
          Locale.ROOT,
          "{\"backend\": \"%s\", \"network\": \"%s\", \"batch\": %d, \"precision\": \"%s\", \"threads\": %d, \"decoded_per_second\": %.1f, \"images_per_second\": %.1f, \"fed_images_per_second\": %.1f, \"share\": %.3f}%n",
          args[0],
          args[1],
          batch,
          args[3],
          threads,
          batch / loading,
          batch / computing,
          batch / both,
          computing / both);
    }
  }

  private static void take(BatchLoader loader, DeviceBatch pixels) {
    try (Batch next = loader.next().orElseThrow()) {
      pixels.put(next.pixels(), next.weights());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Mean seconds of a step, behind some that do not count. */
  private static double seconds(int steps, Runnable step) {
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
