import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Compiles Convoy's own kernels, once for each instruction set, with the LLVM that Maven has fetched.
 *
 * <p>The sources are freestanding: they include nothing, and of other libraries they call OpenMP's runtime alone, which
 * oneDNN brings. So neither headers nor a system's compiler are needed.
 *
 * <p>Run by the build: {@code java CompileKernels.java LLVM_FOLDER SOURCE_FOLDER OPENMP_LIBRARY OUTPUT_FOLDER
 * FOREIGN_SOURCE FOREIGN_LIBRARY}. The last two are the source and the library of the calls into CUDA, which need no
 * instruction set of their own. Nothing happens where all libraries are newer than all sources. On hosts that LLVM was not fetched for, the jar goes without,
 * and plans consist of oneDNN's kernels alone.
 */
final class CompileKernels {
  /** The variants as org.convoy.kernels.vector.VectorLibrary names them, and what they may use. */
  private static final Map<String, List<String>> VARIANTS = new LinkedHashMap<>();

  static {
    VARIANTS.put("avx512-bf16", List.of("-march=x86-64-v4", "-mavx512bf16"));
    VARIANTS.put("avx512", List.of("-march=x86-64-v4"));
    VARIANTS.put("avx2", List.of("-march=x86-64-v3"));
  }

  /** No contraction: what is one rounding and what is two stands in the source. */
  private static final List<String> FLAGS =
      List.of(
          "-x", "c++", "-std=c++17", "-target", "x86_64-unknown-linux-gnu", "-O2", "-mprefer-vector-width=512",
          "-ffp-contract=off", "-fno-math-errno", "-ffreestanding", "-fno-exceptions", "-fno-rtti",
          "-fno-threadsafe-statics", "-fvisibility=hidden", "-fPIC", "-Wall", "-Wextra", "-Werror", "-shared",
          "-nostdlib");

  private CompileKernels() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    Path llvm = Path.of(args[0]);
    Path sources = Path.of(args[1]);
    Path openmp = Path.of(args[2]);
    Path output = Path.of(args[3]);
    if (!System.getProperty("os.name").equals("Linux") || !System.getProperty("os.arch").equals("amd64")) {
      System.err.println("Convoy's own kernels are compiled on Linux on x86-64 alone: this jar goes without");
      return;
    }
    List<Path> files;
    try (Stream<Path> all = Files.list(sources)) {
      files = all.sorted().toList();
    }
    Path foreignSource = Path.of(args[4]);
    Path foreignLibrary = Path.of(args[5]);
    if (VARIANTS.keySet().stream().allMatch(variant -> isNewer(library(output, variant), files))
        && isNewer(foreignLibrary, List.of(foreignSource))) {
      return;
    }
    Files.createDirectories(output);
    Files.createDirectories(foreignLibrary.getParent());
    Path compiler = prepare(llvm);
    Map<String, Process> running = new LinkedHashMap<>();
    for (Map.Entry<String, List<String>> variant : VARIANTS.entrySet()) {
      List<String> command = new ArrayList<>(List.of(compiler.toString()));
      command.addAll(FLAGS);
      command.addAll(variant.getValue());
      command.add("--ld-path=" + compiler.resolveSibling("ld.lld"));
      files.stream().map(Path::toString).filter(file -> file.endsWith(".cpp")).forEach(command::add);
      command.addAll(List.of("-x", "none", openmp.toString(), "-o", library(output, variant.getKey()).toString()));
      running.put(variant.getKey(), new ProcessBuilder(command).inheritIO().start());
    }
    List<String> command = new ArrayList<>(List.of(compiler.toString()));
    command.addAll(FLAGS);
    command.add("--ld-path=" + compiler.resolveSibling("ld.lld"));
    command.addAll(List.of(foreignSource.toString(), "-o", foreignLibrary.toString()));
    running.put("foreign calls", new ProcessBuilder(command).inheritIO().start());
    for (Map.Entry<String, Process> each : running.entrySet()) {
      if (each.getValue().waitFor() != 0) {
        throw new IOException("the kernels for " + each.getKey() + " did not compile, see above");
      }
    }
  }

  private static Path library(Path output, String variant) {
    return output.resolve("libconvoy-" + variant + ".so");
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
  private static Path prepare(Path llvm) throws IOException {
    Path compiler = llvm.resolve("clang").toAbsolutePath();
    Path linker = llvm.resolve("lld").toAbsolutePath();
    for (Path tool : List.of(compiler, linker)) {
      File file = tool.toFile();
      if (!file.setExecutable(true)) {
        throw new IOException(tool + " cannot be made executable");
      }
    }
    link(llvm.resolve("ld.lld"), linker.getFileName());
    link(llvm.resolve("libclang-cpp.so.20.1"), Path.of("libclang-cpp.so"));
    link(llvm.resolve("libLLVM.so.20.1"), Path.of("libLLVM.so"));
    return compiler;
  }

  private static void link(Path link, Path target) throws IOException {
    Files.deleteIfExists(link);
    Files.createSymbolicLink(link, target);
  }
}
