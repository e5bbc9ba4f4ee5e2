package org.convoy.driver.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.convoy.artifact.LocalStore;
import org.convoy.artifact.ModelManifest;
import org.convoy.artifact.SavedModel;
import org.convoy.artifact.SealedJson;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameters;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.convoy.image.transform.Preprocessing;
import org.convoy.inference.InferenceOptions;
import org.convoy.kernels.NativeMemory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Saved models whose digests are right and whose content is not: {@code FOLDERS} mutations, drawn
 * from a stated seed, of every file of a small model. Each is opened, which compiles it, or refused
 * with a message that names a file of the folder; nothing else may happen.
 */
final class ModelFolderFuzzTest {
  private static final int FOLDERS = Integer.getInteger("convoy.fuzz.models", 300);
  private static final long SEED = Long.getLong("convoy.fuzz.seed", 20);
  private static final Configuration HADOOP = new Configuration();
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> FILES =
      List.of("model.json", "weights.safetensors", "labels.txt", "preprocessing.json");
  private static final long[] NUMBERS = {
    0, 1, -1, 2, 7, 1 << 14, 1 << 16, 1 << 30, Integer.MAX_VALUE, Integer.MIN_VALUE, Long.MAX_VALUE
  };
  private static final String[] TEXTS = {
    "", "x", "../../x", "/etc/passwd", "F64", "input", "\u0000", "\ud83d\ude80", "1", "NaN"
  };

  @TempDir
  @SuppressWarnings("NullAway.Init") // set before all tests
  private static Path sound;

  @TempDir
  @SuppressWarnings("NullAway.Init") // set before each test
  private Path folder;

  @BeforeAll
  static void save() throws IOException {
    NativeMemory.unlimited();
    Graph graph =
        Value.input(Shape.of(3, 8, 8))
            .conv("conv1", 8, 3, 2)
            .norm("bn1")
            .relu()
            .globalAveragePool()
            .flatten()
            .linear("fc", 4)
            .graph("tiny");
    try (INDArray weights = Parameters.of(graph).initialize(1, DataType.FLOAT)) {
      new SavedModel(
              graph,
              weights,
              List.of("a", "b", "c", "d"),
              Preprocessing.named("pad-crop-flip", "cifar10", 3, 8, 8).evaluationOnly().toJson(),
              new ModelManifest.Origin("", "test", "", Map.of("top1", 0.5)))
          .save(new LocalStore(sound), "model");
    }
  }

  @Test
  void everyMutatedFolderIsOpenedOrRefusedByName() throws IOException {
    System.out.println("model folders: " + FOLDERS + ", seed " + SEED);
    int refused = 0;
    List<String> wrong = new ArrayList<>();
    for (int number = 0; number < FOLDERS; number++) {
      Random random = new Random(SEED * 1_000_003 + number);
      String mutation = write(random);
      Optional<String> refusal =
          assertTimeoutPreemptively(Duration.ofSeconds(20), this::refusal, mutation);
      refused += refusal.isPresent() ? 1 : 0;
      if (refusal.isPresent() && !isSaid(refusal.get())) {
        wrong.add(String.format(Locale.ROOT, "folder %d, %s: %s", number, mutation, refusal.get()));
      }
    }
    assertEquals(List.of(), wrong.subList(0, Math.min(9, wrong.size())));
    // Most mutations matter; what is left are labels, places of initial values and the like.
    assertTrue(refused > FOLDERS / 2 && refused < FOLDERS, "refused: " + refused);
  }

  /** Why the folder is not opened. */
  private Optional<String> refusal() {
    try {
      Predictor.open("file:" + folder.resolve("model"), InferenceOptions.of(2), HADOOP).close();
      return Optional.empty();
    } catch (IOException | IllegalArgumentException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    } catch (RuntimeException | Error e) {
      return Optional.of("threw " + e);
    }
  }

  /** Whether a refusal names a file of the folder, in words of ours. */
  private boolean isSaid(String refusal) {
    return refusal.contains(folder.resolve("model").toString())
        && !refusal.startsWith("threw")
        && !refusal.contains("org.convoy")
        && !refusal.contains("java.");
  }

  /** Writes a folder with one thing changed and all digests right; says what was changed. */
  private String write(Random random) throws IOException {
    Path from = sound.resolve("model");
    Path to = Files.createDirectories(folder.resolve("model"));
    Map<String, byte[]> files = new TreeMap<>();
    for (String name : FILES) {
      files.put(name, Files.readAllBytes(from.resolve(name)));
    }
    ObjectNode manifest =
        (ObjectNode) JSON.readTree(Files.readAllBytes(from.resolve("manifest.json")));
    manifest.remove("sealed_sha256");
    int which = random.nextInt(FILES.size() + 1);
    boolean ofManifest = which == FILES.size();
    String said;
    if (ofManifest) {
      said = "manifest.json: " + mutate(manifest, random);
    } else {
      String name = FILES.get(which);
      byte[] changed = mutate(name, Files.readAllBytes(from.resolve(name)), random);
      said = name + ": " + text(changed);
      files.put(name, changed);
      ((ObjectNode) manifest.get("files"))
          .putObject(name)
          .put("bytes", changed.length)
          .put("sha256", sha256(changed));
    }
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Files.write(to.resolve(file.getKey()), file.getValue());
    }
    Files.write(to.resolve("manifest.json"), SealedJson.write(manifest));
    return said;
  }

  private static byte[] mutate(String name, byte[] content, Random random) throws IOException {
    if (random.nextInt(4) == 0) {
      return mutateBytes(content, random);
    } else if (name.endsWith(".json")) {
      JsonNode tree = JSON.readTree(content);
      mutate(tree, random);
      return JSON.writeValueAsBytes(tree);
    } else if (name.endsWith(".safetensors")) {
      int length = (int) ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).getLong();
      JsonNode header = JSON.readTree(content, Long.BYTES, length);
      mutate(header, random);
      byte[] json = JSON.writeValueAsBytes(header);
      int data = content.length - Long.BYTES - length;
      return ByteBuffer.allocate(Long.BYTES + json.length + data)
          .order(ByteOrder.LITTLE_ENDIAN)
          .putLong(json.length)
          .put(json)
          .put(content, Long.BYTES + length, data)
          .array();
    }
    return mutateBytes(content, random);
  }

  private static byte[] mutateBytes(byte[] content, Random random) {
    byte[] changed = content.clone();
    switch (random.nextInt(4)) {
      case 0 -> changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
      case 1 -> changed = Arrays.copyOf(changed, random.nextInt(changed.length));
      case 2 -> random.nextBytes(changed);
      default -> changed[random.nextInt(Math.min(8, changed.length))] = (byte) random.nextInt();
    }
    return changed;
  }

  /** Changes one value somewhere in a tree of objects and lists; says which. */
  private static String mutate(JsonNode tree, Random random) {
    List<Runnable> changes = new ArrayList<>();
    List<String> names = new ArrayList<>();
    collect(tree, "", random, changes, names);
    int chosen = random.nextInt(changes.size());
    changes.get(chosen).run();
    return names.get(chosen);
  }

  private static void collect(
      JsonNode at, String path, Random random, List<Runnable> changes, List<String> names) {
    if (at instanceof ObjectNode object) {
      for (String key : List.copyOf(object.properties().stream().map(Map.Entry::getKey).toList())) {
        JsonNode value = object.get(key);
        add(() -> object.set(key, other(value, random)), path + "/" + key, changes, names);
        add(() -> object.remove(key), path + "/" + key + " removed", changes, names);
        add(
            () -> object.set(TEXTS[random.nextInt(TEXTS.length)], object.remove(key)),
            path + "/" + key + " renamed",
            changes,
            names);
        collect(value, path + "/" + key, random, changes, names);
      }
    } else if (at instanceof ArrayNode list) {
      for (int i = 0; i < list.size(); i++) {
        int index = i;
        JsonNode value = list.get(i);
        add(() -> list.set(index, other(value, random)), path + "/" + i, changes, names);
        add(() -> list.remove(index), path + "/" + i + " removed", changes, names);
        add(() -> list.insert(index, value.deepCopy()), path + "/" + i + " twice", changes, names);
        collect(value, path + "/" + i, random, changes, names);
      }
    }
  }

  private static void add(
      Runnable change, String name, List<Runnable> changes, List<String> names) {
    changes.add(change);
    names.add(name);
  }

  private static JsonNode other(JsonNode value, Random random) {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    return switch (random.nextInt(8)) {
      case 0 -> nodes.nullNode();
      case 1 -> nodes.textNode(TEXTS[random.nextInt(TEXTS.length)]);
      case 2 -> nodes.numberNode(random.nextGaussian() * 1e9);
      case 3 -> nodes.booleanNode(random.nextBoolean());
      case 4 -> nodes.arrayNode().add(value);
      case 5 -> nodes.objectNode().set("x", value);
      default -> nodes.numberNode(NUMBERS[random.nextInt(NUMBERS.length)]);
    };
  }

  private static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String text(byte[] content) {
    String text = new String(content, StandardCharsets.ISO_8859_1);
    return text.substring(0, Math.min(400, text.length()));
  }
}
