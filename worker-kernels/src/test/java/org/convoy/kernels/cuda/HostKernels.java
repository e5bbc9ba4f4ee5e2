package org.convoy.kernels.cuda;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The kernels for GPUs compiled for the host: the same sources, in which a kernel is a loop over
 * its indices. The compiler is the build's own.
 */
final class HostKernels {
  private static final Path ROOT =
      Stream.of("worker-kernels", "../worker-kernels")
          .map(Path::of)
          .filter(Files::isDirectory)
          .findFirst()
          .orElse(Path.of(""));
  private static final Path COMPILER =
      ROOT.resolve("target/compiler/org/bytedeco/llvm/linux-x86_64").toAbsolutePath();
  private static final List<String> FLAGS =
      List.of(
          "-x",
          "c++",
          "-std=c++17",
          "-target",
          "x86_64-unknown-linux-gnu",
          "-O2",
          "-ffp-contract=off",
          "-fno-math-errno",
          "-ffreestanding",
          "-fno-exceptions",
          "-fno-rtti",
          "-fvisibility=hidden",
          "-fPIC",
          "-Wall",
          "-Wextra",
          "-Werror",
          "-shared",
          "-nostdlib");

  private HostKernels() {}

  /** Why they cannot be compiled here, if so. */
  static Optional<String> missing() {
    return Files.exists(COMPILER.resolve("clang"))
        ? Optional.empty()
        : Optional.of("needs the build's compiler, which is fetched for Linux on x86-64 alone");
  }

  /** The folder of the sources. */
  static Path sources() {
    return ROOT.resolve("src/main/cuda").toAbsolutePath();
  }

  /**
   * Compiles them.
   *
   * @param backwards whether loops run from the last index to the first, which changes nothing
   *     unless an index reads what another one writes
   */
  static ForeignLibrary compile(boolean backwards) {
    try {
      Path folder = Files.createTempDirectory("convoy-host-kernels");
      Path library = folder.resolve("libkernels-" + (backwards ? "down" : "up") + ".so");
      List<String> command = new ArrayList<>(List.of(tool("clang").toString()));
      command.addAll(FLAGS);
      command.add("--ld-path=" + linker());
      command.add("-DBACKWARDS=" + (backwards ? 1 : 0));
      command.addAll(List.of(sources().resolve(KernelSource.MAIN).toString(), "-o"));
      command.add(library.toString());
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String log = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException("the kernels do not compile for the host: " + log);
      }
      ForeignLibrary opened =
          ForeignLibrary.open("the host's kernels", List.of(library.toString()));
      Files.delete(library);
      Files.delete(folder);
      return opened;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** A tool of the archive, which cannot hold the right to run it. */
  private static Path tool(String name) throws IOException {
    Path tool = COMPILER.resolve(name);
    if (!tool.toFile().setExecutable(true)) {
      throw new IOException(tool + " cannot be made executable");
    }
    return tool;
  }

  private static Path linker() throws IOException {
    Path linker = COMPILER.resolve("ld.lld");
    if (!Files.exists(linker)) {
      Files.createSymbolicLink(linker, Path.of("lld"));
    }
    tool("lld");
    return linker;
  }
}
