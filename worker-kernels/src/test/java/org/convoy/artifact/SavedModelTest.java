package org.convoy.artifact;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameters;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class SavedModelTest {
  private static final Graph TINY = graph(8);

  private final SavedModel model = model(1);
  private Path folder;
  private ArtifactStore store;

  @BeforeEach
  void within(@TempDir Path folder) {
    this.folder = folder;
    this.store = new LocalStore(folder);
  }

  private static Graph graph(int width) {
    return Value.input(Shape.of(3, 8, 8))
        .conv("conv1", width, 3, 2)
        .norm("bn1")
        .relu()
        .globalAveragePool()
        .flatten()
        .linear("fc", 10)
        .graph("tiny");
  }

  private static SavedModel model(long seed) {
    Graph graph = TINY;
    return new SavedModel(
        graph,
        Parameters.of(graph).initialize(seed, DataType.FLOAT),
        IntStream.range(0, 10).mapToObj(i -> "class " + i).toList(),
        new ObjectMapper().createObjectNode().put("resize", 32),
        new ModelManifest.Origin(
            "epochs = 5\n", "0.1.0", "cafe", Map.of("top1", 0.78, "loss", 1e-3)));
  }

  @Test
  void aSavedModelIsReadBackUnchanged() throws IOException {
    ModelManifest manifest = model.save(store, "out/model");
    SavedModel back = SavedModel.load(store, "out/model");
    assertEquals(model.graph(), back.graph());
    assertArrayEquals(model.weights().toFloatVector(), back.weights().toFloatVector());
    assertEquals(model.labels(), back.labels());
    assertEquals(model.preprocessing(), back.preprocessing());
    assertEquals(model.origin(), back.origin());
    assertEquals(manifest, SavedModel.manifest(store, "out/model"));
    assertEquals(model.weightsSha256(), manifest.weightsSha256());
    assertEquals(List.of("model"), store.list("out"));
    assertEquals(
        List.of(
            "labels.txt",
            "manifest.json",
            "model.json",
            "preprocessing.json",
            "weights.safetensors"),
        store.list("out/model"));
  }

  @Test
  void equalModelsGiveEqualBytes() throws IOException {
    model.save(store, "a");
    model(1).save(store, "b");
    for (String name : store.list("a")) {
      assertEquals(
          -1, Files.mismatch(folder.resolve("a/" + name), folder.resolve("b/" + name)), name);
    }
    assertNotEquals(model.weightsSha256(), model(2).weightsSha256());
  }

  @Test
  void weightsDigestCoversLittleEndianFloats() {
    // printf '\0\0\200\077\0\0\0\300' | sha256sum
    assertEquals(
        "ee4ac73c2bd27756ab82780f27c73a7bc4d3f0bb6acb37e008bc27eccd7e588b",
        Sha256.ofWeights(Nd4j.createFromArray(1f, -2f)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "labels.txt",
        "manifest.json",
        "model.json",
        "preprocessing.json",
        "weights.safetensors"
      })
  void oneFlippedByteIsDetectedAndNamed(String name) throws IOException {
    model.save(store, "model");
    Path file = folder.resolve("model/" + name);
    byte[] sound = Files.readAllBytes(file);
    for (int at : new int[] {0, sound.length / 3, sound.length / 2, sound.length - 2}) {
      byte[] flipped = sound.clone();
      flipped[at] ^= 1;
      if (Character.isWhitespace(sound[at]) && name.equals("manifest.json")) {
        flipped[at] = 'x';
      }
      Files.write(file, flipped);
      DamagedFileException e =
          assertThrows(DamagedFileException.class, () -> SavedModel.load(store, "model"));
      assertTrue(
          e.toString().contains(file.toString())
              && e.toString().contains("expected")
              && e.toString().contains("got"),
          e::toString);
    }
    Files.write(file, Arrays.copyOf(sound, sound.length - 1));
    assertThrows(DamagedFileException.class, () -> SavedModel.load(store, "model"));
    Files.delete(file);
    FileNotFoundException e =
        assertThrows(FileNotFoundException.class, () -> SavedModel.load(store, "model"));
    assertTrue(e.toString().contains(file.toString()), e::toString);
  }

  @Test
  void aFullDiskLeavesOnlyTheEarlierModel() throws Exception {
    Optional<SmallDisk> mounted = SmallDisk.mount(folder, 64);
    assumeTrue(mounted.isPresent(), "mounting a tmpfs needs root");
    try (SmallDisk disk = mounted.get()) {
      ArtifactStore small = new LocalStore(disk.root());
      model.save(small, "model");
      try (OutputStream filler = small.create("filler")) {
        filler.write(new byte[26_000]);
      }
      SavedModel second = model(2);
      IOException e = assertThrows(IOException.class, () -> second.save(small, "model"));
      assertTrue(
          e.toString().contains(".model.tmp/")
              && e.toString().contains(", which needs ")
              && e.toString().contains("No space left on device"),
          e::toString);
      assertEquals(model.weightsSha256(), SavedModel.load(small, "model").weightsSha256());
      assertEquals(List.of("filler", "model"), small.list(""));
    }
  }

  @Test
  void weightsThatAreNotFiniteAreNeitherSavedNorRead() throws IOException {
    model.save(store, "model");
    for (float lost : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      SavedModel ruined = model(3);
      ruined.weights().putScalar(300, lost);
      NotFiniteException e =
          assertThrows(NotFiniteException.class, () -> ruined.save(store, "model"));
      assertTrue(e.toString().contains("tensor fc.weight: expected finite numbers"), e::toString);
    }
    assertEquals(model.weightsSha256(), SavedModel.load(store, "model").weightsSha256());
    assertEquals(List.of("model"), store.list(""));
  }

  /** A change of the folder whose digests are corrected afterwards. */
  private interface Change {
    void of(ObjectNode manifest) throws IOException;
  }

  private void refused(String reason, Change change) throws IOException {
    model.save(store, "model");
    Path manifest = folder.resolve("model/manifest.json");
    ObjectNode tree = (ObjectNode) new ObjectMapper().readTree(Files.readAllBytes(manifest));
    tree.remove("sealed_sha256");
    change.of(tree);
    ObjectNode files = (ObjectNode) tree.get("files");
    for (String name : SavedModel.FILES) {
      if (files.has(name)) {
        FileDigest digest = FileDigest.of(store, "model/" + name);
        files.putObject(name).put("bytes", digest.bytes()).put("sha256", digest.sha256());
      }
    }
    Files.write(manifest, SealedJson.write(tree));
    DamagedFileException e =
        assertThrows(DamagedFileException.class, () -> SavedModel.load(store, "model"));
    assertTrue(e.toString().contains(folder + "/model/"), e::toString);
    assertTrue(e.toString().contains(reason), e::toString);
  }

  private void write(String name, String content) throws IOException {
    Files.writeString(folder.resolve("model/" + name), content);
  }

  @Test
  void namesStayInsideTheFolder() throws IOException {
    Files.writeString(folder.resolve("secret"), "x");
    for (String name :
        List.of("../secret", folder.resolve("secret").toString(), "sub/../../secret", "..", "")) {
      refused(
          "expected names of files in this folder",
          manifest ->
              ((ObjectNode) manifest.get("files"))
                  .putObject(name)
                  .put("bytes", 1)
                  .put("sha256", "0".repeat(64)));
    }
    refused(
        "files: expected a digest of weights.safetensors, got none",
        manifest -> ((ObjectNode) manifest.get("files")).remove("weights.safetensors"));
  }

  @Test
  void sizesAreCheckedAgainstTheWeightsFileAndALimit() throws IOException {
    Graph wide = graph(50_000_000);
    refused(
        "tensor conv1.weight: expected shape [50000000, 3, 3, 3], got [8, 3, 3, 3]",
        manifest -> write("model.json", wide.toJson()));
    refused(
        "node input: expected at most 1073741824 elements of one sample, got"
            + " 3x2147483647x2147483647",
        manifest ->
            write(
                "model.json",
                """
                {"name": "x", "nodes": [{"name": "input", "inputs": [],
                  "op": {"op": "input", "shape": [3, 2147483647, 2147483647]},
                  "shape": [3, 2147483647, 2147483647]}]}
                """));
    refused(
        "model.json: node input: expected at most 1073741824 elements of one sample, got"
            + " 3x2147483647x2147483647",
        manifest ->
            write(
                "model.json",
                """
                {"name": "x", "nodes": [
                  {"name": "input", "inputs": [], "shape": [3, 2147483647, 2147483647],
                   "op": {"op": "input", "shape": [3, 2147483647, 2147483647]}},
                  {"name": "flat", "inputs": [0], "shape": [10], "op": {"op": "flatten"}}]}
                """));
    refused(
        "model.json: node conv1: expected numbers that give a shape, got an overflow of Convolution",
        manifest ->
            write(
                "model.json",
                model
                    .graph()
                    .toJson()
                    .replaceAll(
                        "(\"pad(Before|After)\" : )\\[ 1, 1 ]", "$1[ 2147483647, 2147483647 ]")));
  }

  @Test
  void aModelOfAnotherVersionIsExplainedPlainly() throws IOException {
    refused(
        "model.json: content: expected a JSON object, got null", m -> write("model.json", "null"));
    refused(
        "nodes[0].op: 'telepathy', which this version does not know",
        m ->
            write(
                "model.json", "{\"name\": \"x\", \"nodes\": [{\"op\": {\"op\": \"telepathy\"}}]}"));
    refused(
        "colour: unknown key (a newer version may have written it)",
        m -> write("model.json", "{\"colour\": 1, " + model.graph().toJson().substring(1)));
    refused("format: expected 1, the one that this version reads, got 4", m -> m.put("format", 4));
    refused("colour: unknown key", m -> m.put("colour", 1));
    refused("labels.txt: labels: expected 10", m -> write("labels.txt", "one\n"));
    refused("model.json: content: ", m -> write("model.json", "[".repeat(200_000)));
    refused("preprocessing.json: content: ", m -> write("preprocessing.json", "{"));
  }

  @Test
  void aSecondSaveReplacesTheFirst() throws IOException {
    model.save(store, "model");
    model(2).save(store, "model");
    assertEquals(model(2).weightsSha256(), SavedModel.load(store, "model").weightsSha256());
    assertEquals(List.of("model"), store.list(""));
  }

  @Test
  void aModelRenamedBeforeACrashIsRestored() throws IOException {
    model.save(store, "model");
    store.rename("model", ".model.old");
    try (StagedFolder staged = StagedFolder.begin(store, "model")) {
      staged.write("half", new byte[] {1});
    }
    assertEquals(model.weightsSha256(), SavedModel.load(store, "model").weightsSha256());
    try (Stream<Path> all = Files.list(folder)) {
      assertEquals(1, all.count());
    }
  }

  @Test
  void mismatchedPartsAreRefused() {
    INDArray shorter = Nd4j.create(DataType.FLOAT, 3);
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new SavedModel(
                model.graph(), shorter, model.labels(), model.preprocessing(), model.origin()));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new SavedModel(
                model.graph(),
                model.weights(),
                List.of("one"),
                model.preprocessing(),
                model.origin()));
    assertFalse(Files.exists(folder.resolve("model")));
  }
}
