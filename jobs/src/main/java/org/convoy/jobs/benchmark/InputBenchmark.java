package org.convoy.jobs.benchmark;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.convoy.image.codec.Window;
import org.convoy.image.loader.Batch;
import org.convoy.image.loader.BatchLoader;
import org.convoy.image.loader.Decoding;
import org.convoy.image.loader.ImageSource;
import org.convoy.image.loader.LoaderOptions;
import org.convoy.image.loader.OnBadImage;
import org.convoy.image.loader.Preprocessor;
import org.convoy.image.loader.Stage;
import org.convoy.image.transform.Edit;
import org.convoy.image.transform.Preprocessing;

/**
 * Times how training samples are made of image files: stage by stage on one thread, in turn with
 * Pillow, then by a loader with several threads. Each round is another epoch, so it draws other
 * crops.
 */
public final class InputBenchmark {
  private static final int BATCH = 32;
  private static final double WARM_UP_SECONDS = 2;

  private final List<ImageSource> sources;
  private final Preprocessing preprocessing;
  private final Decoding decoding;
  private final long seed;

  /**
   * What was measured.
   *
   * @param readMicros to read an image's file, the median of the rounds as all figures
   * @param stageMicros for an image
   * @param imagesPerSecond of one thread
   * @param pillowImagesPerSecond of one process; empty if there is no Pillow
   * @param ratios to Pillow, by round
   * @param pillow its version, or why it is absent
   * @param bound of images per second: as libjpeg-turbo alone decodes the same windows; empty
   *     unless all images are JPEGs that decode by windows
   * @param entropyMicros the part of it that is entropy decoding
   * @param threads of the loader
   * @param loadedPerSecond by them together
   */
  public record Result(
      int images,
      double bytesPerImage,
      double readMicros,
      Map<Stage, Double> stageMicros,
      double imagesPerSecond,
      Optional<Double> pillowImagesPerSecond,
      List<Double> ratios,
      String pillow,
      Optional<Double> bound,
      Optional<Double> entropyMicros,
      int threads,
      double loadedPerSecond) {

    /** The part of the bound that one thread reaches. */
    public Optional<Double> ratioToBound() {
      return bound.map(most -> imagesPerSecond / most);
    }

    /** The median ratio to Pillow. */
    public Optional<Double> ratio() {
      return ratios.isEmpty() ? Optional.empty() : Optional.of(median(ratios));
    }
  }

  /**
   * @param sources images that all decode
   * @param decoding of the recipe
   * @param seed of the recipe
   */
  public InputBenchmark(
      List<ImageSource> sources, Preprocessing preprocessing, Decoding decoding, long seed) {
    this.decoding = decoding;
    this.sources = List.copyOf(sources);
    this.preprocessing = preprocessing;
    this.seed = seed;
  }

  /** Measures. */
  public Result run(int rounds, int threads) throws IOException, InterruptedException {
    DrawnSamples samples = new DrawnSamples(sources, preprocessing, seed);
    List<byte[]> files = samples.files();
    Optional<Pillow> pillow = Pillow.start(files);
    Optional<JpegBound> jpeg = JpegBound.of(files);
    try (Preprocessor preprocessor = new Preprocessor(preprocessing, decoding)) {
      warmUp(preprocessor, samples);
      Rounds measured = new Rounds();
      for (int round = 0; round < rounds; round++) {
        measured.add(preprocessor, samples, round, pillow, jpeg);
      }
      return measured.result(
          files,
          pillow.map(Pillow::version).orElse("no Python here has Pillow"),
          threads,
          load(threads, rounds));
    } finally {
      if (pillow.isPresent()) {
        pillow.get().close();
      }
      jpeg.ifPresent(JpegBound::close);
    }
  }

  private static void warmUp(Preprocessor preprocessor, DrawnSamples samples)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    for (int epoch = -1; seconds(start) < WARM_UP_SECONDS; epoch--) {
      samples.pass(preprocessor, epoch);
    }
  }

  private double load(int threads, int rounds) throws IOException, InterruptedException {
    LoaderOptions options = new LoaderOptions(BATCH, threads, 4, OnBadImage.FAIL).with(decoding);
    List<Double> rates = new ArrayList<>();
    for (int round = -1; round < rounds; round++) {
      long start = System.nanoTime();
      int images = 0;
      try (BatchLoader loader =
          BatchLoader.forTraining(
              batches(4 * threads).iterator(), preprocessing, seed, round, options)) {
        for (Optional<Batch> next = loader.next(); next.isPresent(); next = loader.next()) {
          try (Batch batch = next.get()) {
            images += batch.size();
          }
        }
      }
      if (round >= 0) {
        rates.add(images / seconds(start));
      }
    }
    return median(rates);
  }

  /** All images several times over, as batches. */
  private List<List<ImageSource>> batches(int times) {
    List<ImageSource> all = new ArrayList<>();
    IntStream.range(0, times).forEach(each -> all.addAll(sources));
    return IntStream.iterate(0, from -> from < all.size(), from -> from + BATCH)
        .mapToObj(from -> all.subList(from, Math.min(all.size(), from + BATCH)))
        .toList();
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) * 1e-9;
  }

  private static double median(List<Double> values) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  /** The figures of each round. */
  private final class Rounds {
    private final List<Double> reading = new ArrayList<>();
    private final Map<Stage, List<Double>> stages = new EnumMap<>(Stage.class);
    private final List<Double> rates = new ArrayList<>();
    private final List<Double> entropy = new ArrayList<>();
    private final List<Double> decoding = new ArrayList<>();
    private final List<Double> rival = new ArrayList<>();
    private final List<Double> ratios = new ArrayList<>();

    void add(
        Preprocessor preprocessor,
        DrawnSamples samples,
        int epoch,
        Optional<Pillow> pillow,
        Optional<JpegBound> jpeg)
        throws IOException, InterruptedException {
      int count = samples.files().size();
      long start = System.nanoTime();
      for (ImageSource source : sources) {
        source.bytes().read();
      }
      reading.add(seconds(start) / count * 1e6);
      Map<Stage, Long> before = nanos(preprocessor);
      double[] means = samples.pass(preprocessor, epoch);
      double micros = reading.get(reading.size() - 1);
      for (Map.Entry<Stage, Long> after : nanos(preprocessor).entrySet()) {
        Stage stage = after.getKey();
        double spent = (after.getValue() - before.getOrDefault(stage, 0L)) * 1e-3 / count;
        stages.computeIfAbsent(stage, key -> new ArrayList<>()).add(spent);
        micros += spent;
      }
      rates.add(1e6 / micros);
      List<Window> windows = samples.windows(preprocessor, epoch);
      if (jpeg.isPresent() && windows.size() == count) {
        JpegBound.Times alone = jpeg.get().measure(windows);
        entropy.add(alone.entropyMicros());
        decoding.add(alone.decodeMicros());
      }
      if (pillow.isPresent()) {
        List<List<Edit>> edits = samples.edits(preprocessor, epoch);
        Pillow.Round round = pillow.get().round(edits);
        samples.requireSame(means, round.means(), edits);
        rival.add(count / round.seconds());
        ratios.add(1e6 / micros * round.seconds() / count);
      }
    }

    Result result(List<byte[]> files, String pillow, int threads, double loaded) {
      Map<Stage, Double> micros = new EnumMap<>(Stage.class);
      stages.forEach((stage, spent) -> micros.put(stage, median(spent)));
      return new Result(
          files.size(),
          files.stream().mapToInt(file -> file.length).average().orElseThrow(),
          median(reading),
          micros,
          median(rates),
          rival.isEmpty() ? Optional.empty() : Optional.of(median(rival)),
          List.copyOf(ratios),
          pillow,
          decoding.isEmpty() ? Optional.empty() : Optional.of(1e6 / Collections.min(decoding)),
          entropy.isEmpty() ? Optional.empty() : Optional.of(Collections.min(entropy)),
          threads,
          loaded);
    }

    private Map<Stage, Long> nanos(Preprocessor preprocessor) {
      Map<Stage, Long> nanos = new EnumMap<>(Stage.class);
      for (Stage stage : Stage.values()) {
        nanos.put(stage, preprocessor.nanos(stage));
      }
      return nanos;
    }
  }
}
