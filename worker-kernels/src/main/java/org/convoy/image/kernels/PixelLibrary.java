package org.convoy.image.kernels;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Loader;
import org.jspecify.annotations.Nullable;

/**
 * The native library behind this package. It is loaded once, in the variant for the processor. The
 * system property {@code convoy.pixels} chooses another one: {@code avx512}, {@code avx2} or {@code
 * java} for none. All variants compute the same bytes.
 */
public final class PixelLibrary {
  private static final String PROPERTY = "convoy.pixels";
  private static final Path PROCESSOR = Path.of("/proc/cpuinfo");

  /** What the library is compiled for, the best first. */
  private enum Variant {
    AVX512("avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl", "avx2", "bmi2", "fma"),
    AVX2("avx2", "bmi1", "bmi2", "fma", "f16c", "movbe");

    private final List<String> instructions;

    Variant(String... instructions) {
      this.instructions = List.of(instructions);
    }

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final Optional<Variant> LOADED = load();

  private PixelLibrary() {}

  /** Whether native code can be called. */
  public static boolean isThere() {
    return LOADED.isPresent();
  }

  /** The variant that is loaded, {@code java} if none is. */
  public static String word() {
    return LOADED.map(Variant::word).orElse("java");
  }

  /** Checks that native code can be called. */
  static void require() {
    if (!isThere()) {
      throw new IllegalStateException("expected native code for pixels, got none");
    }
  }

  private static Optional<Variant> load() {
    Optional<Variant> variant = wanted();
    URL jpeg = resource("libleptonica.so.6");
    URL kernels =
        variant.map(each -> resource("libconvoy-pixels-" + each.word() + ".so")).orElse(null);
    if (jpeg == null || kernels == null) {
      return Optional.empty();
    }
    // The kernels find libjpeg-turbo by the name of the library that holds it.
    loadFrom(jpeg);
    loadFrom(kernels);
    return variant;
  }

  private static Optional<Variant> wanted() {
    String stated = System.getProperty(PROPERTY, "");
    if (!stated.isEmpty()) {
      return Stream.of(Variant.values()).filter(each -> each.word().equals(stated)).findFirst();
    }
    List<String> there = instructions();
    return Stream.of(Variant.values())
        .filter(each -> there.containsAll(each.instructions))
        .findFirst();
  }

  /** What Linux says that the processor has and programs may use. */
  private static List<String> instructions() {
    try (Stream<String> lines = Files.lines(PROCESSOR)) {
      return lines
          .filter(line -> line.startsWith("flags"))
          .findFirst()
          .map(line -> List.of(line.split("\\s+")))
          .orElse(List.of());
    } catch (IOException | UncheckedIOException e) {
      return List.of(); // Not Linux.
    }
  }

  private static @Nullable URL resource(String name) {
    return PixelLibrary.class.getResource(Loader.getPlatform() + "/" + name);
  }

  private static void loadFrom(URL resource) {
    try {
      File file = Loader.cacheResource(resource);
      System.load(file.getAbsolutePath());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot unpack " + resource, e);
    }
  }
}
