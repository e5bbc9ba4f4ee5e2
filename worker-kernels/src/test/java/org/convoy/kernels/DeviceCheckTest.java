package org.convoy.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code deploy/device/check} on a machine without a GPU: the parts that are programs of their own
 * end at the first call of the device, and the results say so. The other parts are tests, which the
 * build runs.
 */
class DeviceCheckTest {
  private static final Path ROOT =
      Path.of(Files.isDirectory(Path.of("worker-kernels")) ? "" : "..").toAbsolutePath();
  private static final Path SCRIPT = ROOT.resolve("deploy/device/check");
  private static final int WHOLE_SECONDS = 540;

  /** The seconds after which a part that does not end is killed. */
  private static final int KILL_SECONDS = 2;

  /** Without PyTorch there is nothing to compare with, and nothing that Convoy begins. */
  private static final Set<String> OF_THE_RIVAL = Set.of("compiled");

  @TempDir
  @SuppressWarnings("NullAway.Init") // JUnit sets it
  private Path folder;

  private String output = "";

  @BeforeEach
  void unpackedBundle() throws IOException {
    assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "needs bash");
    Optional<String> refusal = Backends.get("cudnn").unavailable();
    assumeTrue(refusal.isPresent(), "this machine has a GPU: run deploy/device/check on it");
    Path convoy = folder.resolve("home/convoy");
    Files.createDirectories(convoy.resolve("lib"));
    link(convoy.resolve("java"), Path.of(System.getProperty("java.home", "")));
    link(convoy.resolve("classes"), ROOT.resolve("worker-kernels/target/classes"));
    link(convoy.resolve("test-classes"), ROOT.resolve("worker-kernels/target/test-classes"));
    link(convoy.resolve("torch_step.py"), SCRIPT.resolveSibling("torch_step.py"));
    Files.createDirectories(convoy.resolve("cifar10"));
    Files.createDirectories(convoy.resolve("photographs"));
    String path =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path", ""));
    Set<String> names = new HashSet<>();
    for (String entry : path.split(":")) {
      Path jar = Path.of(entry).toAbsolutePath();
      if (entry.endsWith(".jar") && names.add(String.valueOf(jar.getFileName()))) {
        link(convoy.resolve("lib").resolve(jar.getFileName()), jar);
      }
    }
  }

  private static void link(Path from, Path to) throws IOException {
    Files.createSymbolicLink(from, to);
  }

  private int check(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("/bin/bash", SCRIPT.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("CONVOY_DEVICE", folder.resolve("home").toString());
    builder.environment().put("OUT", folder.toString());
    builder.environment().put("PYTHON", "false");
    builder.environment().put("HEAP", "512m");
    builder.environment().put("PATIENCE", "20");
    Process process = builder.start();
    output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor();
  }

  @Test
  void partsEndAtTheFirstCallOfTheDevice() throws Exception {
    List<String> chosen = List.of("machine", "inference", "compiled", "feed", "nvjpeg");
    assertEquals(1, check(arguments(chosen)), () -> output);
    JsonNode parts =
        JsonMapper.builder().build().readTree(folder.resolve("device.json").toFile()).path("parts");
    assertEquals(chosen, parts.findValuesAsText("part"), () -> output);
    String log = Files.readString(folder.resolve("device.log"));
    for (JsonNode part : parts) {
      String name = part.path("part").asText();
      assertTrue(part.path("exit").asInt() != 0, () -> name + ": " + output);
      assertTrue(part.path("figures").isArray(), () -> name + ": " + output);
      Matcher section =
          Pattern.compile(
                  "== " + name + ": exit \\d+, \\d+ s\\n(.*?)(?=\\n== |\\z)", Pattern.DOTALL)
              .matcher(log);
      assertTrue(section.find(), log);
      assertTrue(OF_THE_RIVAL.contains(name) || section.group(1).contains("NVIDIA's driver"), log);
    }
  }

  private static String[] arguments(List<String> parts) {
    List<String> all = new ArrayList<>(List.of("run"));
    all.addAll(parts);
    return all.toArray(String[]::new);
  }

  @Test
  void unknownPartIsRefused() throws Exception {
    assertEquals(2, check("run", "machine", "nothing"), () -> output);
    assertTrue(output.contains("there is no part nothing"), output);
    assertTrue(output.contains("feed"), output);
  }

  /** Even if every part is killed at its limit: tests run side by side, timings in turn. */
  @Test
  void limitsOfAllPartsTogetherAreBelowNineMinutes() throws IOException {
    int tests = limits("tests").stream().mapToInt(limit -> limit).max().orElseThrow();
    int timings = limits("timings").stream().mapToInt(limit -> limit).sum();
    assertTrue(tests + timings <= WHOLE_SECONDS, tests + " and " + timings + " seconds");
  }

  private static List<Integer> limits(String list) throws IOException {
    Matcher parts =
        Pattern.compile("^" + list + "=\"([^\"]*)\"", Pattern.MULTILINE)
            .matcher(Files.readString(SCRIPT));
    assertTrue(parts.find(), list);
    List<Integer> seconds = new ArrayList<>();
    for (String part : parts.group(1).split("\\s+")) {
      seconds.add(Integer.parseInt(part.substring(part.indexOf(':') + 1)) + KILL_SECONDS);
    }
    return seconds;
  }
}
