import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Compiles Convoy's own native code with the LLVM that Maven has fetched: the kernels of networks and of pixels, each once
 * for each instruction set that matters to it, and the calls into CUDA.
 *
 * <p>The sources are freestanding. They need no headers of the system and no compiler of the system. Kernels of networks
 * call OpenMP's runtime, which oneDNN brings. Kernels of pixels call libjpeg-turbo, which is a part of Leptonica's library.
 * That library and its headers come with Maven, and the library goes into the jar.
 *
 * <p>Run by the build: {@code java CompileKernels.java COMPILER_FOLDER SOURCE_FOLDER OUTPUT_FOLDER}. The first holds what
 * Maven has unpacked, the second {@code cpp}, {@code pixels} and {@code foreign}, the third is the root of the classes.
 * A library that is newer than all its sources is kept. On hosts that LLVM was not fetched for, the jar goes without:
 * plans consist of oneDNN's kernels alone, and pixels are computed in Java.
 */
final class CompileKernels {
  private static final String PLATFORM = "linux-x86_64";

  /** The variants as org.convoy.kernels.vector.VectorLibrary names them, and what they may use. */
  private static final Map<String, List<String>> VARIANTS = new LinkedHashMap<>();

  /** The variants as org.convoy.image.kernels.PixelLibrary names them. */
  private static final Map<String, List<String>> PIXEL_VARIANTS = new LinkedHashMap<>();

  static {
    List<String> avx512 = List.of("-march=x86-64-v4");
    List<String> avx2 = List.of("-march=x86-64-v3");
    VARIANTS.put("avx512-bf16", List.of("-march=x86-64-v4", "-mavx512bf16"));
    VARIANTS.put("avx512", avx512);
    VARIANTS.put("avx2", avx2);
    PIXEL_VARIANTS.put("avx512", avx512);
    PIXEL_VARIANTS.put("avx2", avx2);
  }

  /**
   * No contraction: what is one rounding and what is two stands in the source. No vector is passed to a function that is
   * not inlined, so how it would be passed does not matter.
   */
  private static final List<String> FLAGS =
      List.of(
          "-x", "c++", "-std=c++17", "-target", "x86_64-unknown-linux-gnu", "-O2", "-mprefer-vector-width=512",
          "-ffp-contract=off", "-fno-math-errno", "-ffreestanding", "-fno-exceptions", "-fno-rtti",
          "-fno-threadsafe-statics", "-fvisibility=hidden", "-fPIC", "-Wall", "-Wextra", "-Werror", "-Wno-psabi",
          "-shared", "-nostdlib");

  private final Path compiler;
  private final Map<Path, Process> running = new LinkedHashMap<>();

  private CompileKernels(Path compiler) {
    this.compiler = compiler;
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    if (!System.getProperty("os.name").equals("Linux") || !System.getProperty("os.arch").equals("amd64")) {
      System.err.println("Convoy's own kernels are compiled on Linux on x86-64 alone: this jar goes without");
      return;
    }
    Path fetched = Path.of(args[0], "org", "bytedeco");
    Path sources = Path.of(args[1]);
    Path classes = Path.of(args[2], "org", "convoy");
    CompileKernels build = new CompileKernels(fetched.resolve("llvm").resolve(PLATFORM));
    Path openmp = fetched.resolve("dnnl").resolve(PLATFORM).resolve("libgomp.so.1");
    for (Map.Entry<String, List<String>> variant : VARIANTS.entrySet()) {
      Path library = library(classes, "kernels/vector", variant.getKey());
      build.compile(sources.resolve("cpp"), variant.getValue(), List.of(openmp), library);
    }
    Path leptonica = fetched.resolve("leptonica").resolve(PLATFORM);
    Path jpeg = leptonica.resolve("libleptonica.so.6");
    for (Map.Entry<String, List<String>> variant : PIXEL_VARIANTS.entrySet()) {
      List<String> flags = new ArrayList<>(variant.getValue());
      flags.addAll(List.of("-isystem", leptonica.resolve("include").toString()));
      Path library = library(classes, "image/kernels", "pixels-" + variant.getKey());
      build.compile(sources.resolve("pixels"), flags, List.of(jpeg), library);
      Files.copy(jpeg, library.resolveSibling(jpeg.getFileName()), StandardCopyOption.REPLACE_EXISTING);
    }
    build.compile(sources.resolve("foreign"), List.of(), List.of(), library(classes, "kernels/cuda", "foreign"));
    build.await();
  }

  private static Path library(Path classes, String room, String name) throws IOException {
    Path folder = classes.resolve(room).resolve(PLATFORM);
    Files.createDirectories(folder);
    return folder.resolve("libconvoy-" + name + ".so");
  }

  /** Starts to compile all sources of a folder into a library, unless it is newer than they are. */
  private void compile(Path folder, List<String> flags, List<Path> linked, Path library) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.sorted().toList();
    }
    if (isNewer(library, files)) {
      return;
    }
    if (running.isEmpty()) {
      prepare();
    }
    List<String> command = new ArrayList<>(List.of(compiler.resolve("clang").toAbsolutePath().toString()));
    command.addAll(FLAGS);
    command.addAll(flags);
    command.add("--ld-path=" + compiler.resolve("ld.lld").toAbsolutePath());
    files.stream().map(Path::toString).filter(file -> file.endsWith(".cpp")).forEach(command::add);
    if (!linked.isEmpty()) {
      command.addAll(List.of("-x", "none"));
      linked.forEach(each -> command.add(each.toString()));
    }
    command.addAll(List.of("-o", library.toString()));
    running.put(library, new ProcessBuilder(command).inheritIO().start());
  }

  private void await() throws IOException, InterruptedException {
    for (Map.Entry<Path, Process> each : running.entrySet()) {
      if (each.getValue().waitFor() != 0) {
        throw new IOException(each.getKey() + " did not compile, see above");
      }
    }
  }

  private static boolean isNewer(Path library, List<Path> files) {
    try {
      FileTime made = Files.getLastModifiedTime(library);
      for (Path file : files) {
        if (Files.getLastModifiedTime(file).compareTo(made) > 0) {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Gives the unpacked tools the names and rights that a zip archive cannot hold. */
  private void prepare() throws IOException {
    for (String name : List.of("clang", "lld")) {
      File tool = compiler.resolve(name).toFile();
      if (!tool.setExecutable(true)) {
        throw new IOException(tool + " cannot be made executable");
      }
    }
    link("ld.lld", "lld");
    link("libclang-cpp.so.20.1", "libclang-cpp.so");
    link("libLLVM.so.20.1", "libLLVM.so");
  }

  private void link(String link, String target) throws IOException {
    Files.deleteIfExists(compiler.resolve(link));
    Files.createSymbolicLink(compiler.resolve(link), Path.of(target));
  }
}
