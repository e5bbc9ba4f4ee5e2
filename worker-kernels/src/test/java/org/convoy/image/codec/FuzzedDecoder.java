package org.convoy.image.codec;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.convoy.image.Golden;

/**
 * Decodes the requested number of damaged files in this process and prints a summary. It stops with
 * an exit code other than 0 at a file that triggers a bug in a decoder, takes more than two seconds
 * of processor time, or takes more memory than was stated before.
 */
final class FuzzedDecoder {
  static final String FILES = "convoy.fuzz.files";
  static final String SEED = "convoy.fuzz.seed";

  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** Memory of libraries, threads and code after their first use. */
  private static final long SLACK_BYTES = 64L << 20;

  private static final int WARM_UP = 200;
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final Raster raster = new Raster();
  private final Map<String, Integer> refusals = new TreeMap<>();
  private long slowestNanos;
  private long largestBytes;
  private int decoded;
  private volatile int current;

  private FuzzedDecoder() {}

  /** Reads the properties {@link #FILES} and {@link #SEED}. */
  public static void main(String[] arguments) throws Exception {
    new FuzzedDecoder().run(Integer.getInteger(FILES), Long.getLong(SEED));
  }

  private void run(int files, long seed) throws Exception {
    watch();
    Mutations mutations = new Mutations(wholes(), seed);
    long before = 0;
    try (ImageDecoder decoder = new ImageDecoder()) {
      for (current = 0; current < files; current++) {
        if (current == WARM_UP) {
          before = resident("VmRSS:");
        }
        long start = THREADS.getCurrentThreadCpuTime();
        decode(decoder, mutations.file(current));
        long nanos = THREADS.getCurrentThreadCpuTime() - start;
        slowestNanos = Math.max(slowestNanos, nanos);
        if (nanos > LIMIT_NANOS) {
          stop("took " + nanos / 1_000_000 + " ms");
        }
      }
    }
    long grown = resident("VmHWM:") - before;
    long allowed = Runtime.getRuntime().maxMemory() + largestBytes + SLACK_BYTES;
    if (grown > allowed) {
      stop("memory grew by " + grown + " bytes, more than " + allowed);
    }
    System.out.println(
        String.format(
            Locale.ROOT,
            "seed %d: %d files, %d decoded, slowest %d ms, largest states %d MiB, memory grew by %d"
                + " MiB",
            seed,
            files,
            decoded,
            slowestNanos / 1_000_000,
            largestBytes >> 20,
            grown >> 20));
    refusals.forEach((start, count) -> System.out.println(count + " " + start));
  }

  private void decode(ImageDecoder decoder, byte[] file) {
    try {
      EncodedImage image = decoder.open("it", file);
      largestBytes = Math.max(largestBytes, image.decodingBytes());
      decoder.decode(image, 3, raster);
      decoded++;
    } catch (ImageDecodeException e) {
      if (e.getCause() instanceof RuntimeException) {
        e.printStackTrace();
        stop("shows a defect");
      }
      String kind = e.reason().replaceAll("[0-9]+", "#").replaceAll("begin with .*", "");
      refusals.merge(kind, 1, Integer::sum);
    }
    raster.releaseIfLarge();
  }

  /** Stops the process if a file hangs its thread. */
  private void watch() {
    Thread thread =
        new Thread(
            () -> {
              int last = -1;
              while (current != last) {
                last = current;
                try {
                  TimeUnit.SECONDS.sleep(30);
                } catch (InterruptedException e) {
                  return;
                }
              }
              stop("hangs");
            });
    thread.setDaemon(true);
    thread.start();
  }

  private void stop(String what) {
    System.out.println("file " + current + " " + what);
    Runtime.getRuntime().halt(3);
  }

  private static List<byte[]> wholes() throws IOException {
    List<byte[]> files = new ArrayList<>();
    List<String> names = new ArrayList<>();
    new ObjectMapper()
        .readTree(Golden.fixture("codec/formats.json"))
        .fieldNames()
        .forEachRemaining(name -> names.add("codec/formats/" + name));
    names.addAll(List.of("colour.jpg", "progressive.jpg", "grey.jpg", "cmyk.jpg", "ycck.jpg"));
    for (String name : names) {
      // Native code decodes these.
      int times = name.endsWith("jpg") || name.endsWith("webp") ? 4 : 1;
      files.addAll(Collections.nCopies(times, Golden.fixture(name)));
    }
    return files;
  }

  /** A value of {@code /proc/self/status} in bytes, 0 if it is missing. */
  private static long resident(String line) throws IOException {
    if (!Files.isReadable(STATUS)) {
      return 0;
    }
    return Files.readAllLines(STATUS).stream()
        .filter(each -> each.startsWith(line))
        .mapToLong(each -> Long.parseLong(each.replaceAll("\\D", "")) * 1024)
        .sum();
  }
}
