package org.convoy.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The kernels' sources compile for the GPUs that they are meant for, where a compiler is found. */
class CompilersTest {
  private static final byte[] ELF = {0x7F, 'E', 'L', 'F'};

  @ParameterizedTest
  @ValueSource(strings = {"sm_80", "sm_90"})
  void nvccCompiles(String architecture, @TempDir Path folder) throws Exception {
    Optional<Path> nvcc =
        Stream.concat(
                Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                    .map(entry -> Path.of(entry, "nvcc")),
                Stream.of(Path.of("/usr/local/cuda/bin/nvcc")))
            .filter(Files::isExecutable)
            .findFirst();
    assumeTrue(nvcc.isPresent(), "needs nvcc");
    Path source = HostKernels.sources().resolve(KernelSource.MAIN);
    Path result = folder.resolve("convoy.cubin");
    List<String> command =
        List.of(
            nvcc.orElseThrow().toString(),
            "-std=c++17",
            "-Werror=all-warnings",
            "-fmad=false",
            "-arch=" + architecture,
            "-cubin",
            source.toString(),
            "-o",
            result.toString());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String log = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), log);
    assertElf(Files.readAllBytes(result));
  }

  @ParameterizedTest
  @ValueSource(strings = {"sm_80", "sm_90"})
  void nvrtcCompiles(String architecture) {
    Nvrtc compiler;
    try {
      compiler = Nvrtc.open();
    } catch (UnsupportedOperationException e) {
      abort("needs NVRTC: " + e.getMessage());
      return;
    }
    assertElf(compiler.compile(architecture));
  }

  private static void assertElf(byte[] code) {
    assertTrue(code.length > ELF.length, "no machine code");
    for (int i = 0; i < ELF.length; i++) {
      assertEquals(ELF[i], code[i], "byte " + i + " of the machine code");
    }
  }

  /** NVRTC reads them from the jar by the names of this list. */
  @Test
  void everySourceIsListed() throws Exception {
    try (Stream<Path> files = Files.list(HostKernels.sources())) {
      List<String> found =
          files
              .map(file -> String.valueOf(file.getFileName()))
              .filter(name -> !name.equals(KernelSource.MAIN))
              .sorted()
              .toList();
      assertEquals(found, KernelSource.HEADERS);
    }
    KernelSource.HEADERS.forEach(
        name ->
            assertTrue(
                KernelSource.text(KernelSource.MAIN).contains(name)
                    || KernelSource.HEADERS.stream()
                        .anyMatch(other -> KernelSource.text(other).contains("\"" + name + "\"")),
                name));
  }
}
