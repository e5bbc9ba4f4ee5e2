package org.convoy.driver.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.convoy.artifact.ArtifactStore;
import org.convoy.artifact.DamagedFileException;
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

class CheckpointsTest {
  private static final int CHUNK = 100;
  private static final Parameters LAYOUT = Parameters.of(network());

  private Path folder;
  private ArtifactStore store;
  private Checkpoints checkpoints;

  @BeforeEach
  void within(@TempDir Path folder) throws IOException {
    this.folder = folder;
    this.store = StoreLocation.of(folder.toString(), new Configuration()).open();
    this.checkpoints = new Checkpoints(store, 3);
  }

  private static Graph network() {
    return Value.input(Shape.of(3, 8, 8))
        .conv("conv1", 8, 3, 2)
        .norm("bn1")
        .relu()
        .globalAveragePool()
        .flatten()
        .linear("fc", 10)
        .graph("tiny");
  }

  private static int chunks() {
    return (int) ((LAYOUT.length() + CHUNK - 1) / CHUNK);
  }

  private static int chunkLength(int chunk) {
    return (int) Math.min(CHUNK, LAYOUT.length() - (long) chunk * CHUNK);
  }

  private static INDArray flat(long step) {
    return LAYOUT.initialize(step, DataType.FLOAT);
  }

  /** The state that one executor owns after a step. The values depend on vector, chunk and step. */
  private static Map<StateKey, INDArray> owned(long step, int rank, int executors) {
    Map<StateKey, INDArray> state = new HashMap<>();
    for (int chunk = rank; chunk < chunks(); chunk += executors) {
      INDArray momentum = Nd4j.create(DataType.FLOAT, chunkLength(chunk));
      INDArray average = momentum.dup();
      state.put(new StateKey("momentum", chunk), momentum.assign(1000 * step + chunk));
      state.put(new StateKey("average", chunk), average.assign(-1000 * step - chunk));
    }
    return state;
  }

  static RunPosition position(long step, int executors) {
    ObjectNode progress = new ObjectMapper().createObjectNode();
    progress.put("loss", 0.1 + 0.2).put("images", Long.MAX_VALUE);
    return new RunPosition(
        step, 1, 42, "0.1.0", "abc", "def", executors, CHUNK, LAYOUT.length(), progress);
  }

  static List<CheckpointPart> parts(Checkpoints checkpoints, long step, int executors)
      throws IOException {
    List<CheckpointPart> parts = new ArrayList<>();
    parts.add(checkpoints.writeParameters(step, LAYOUT, flat(step)));
    for (int rank = 0; rank < executors; rank++) {
      CheckpointPart part =
          checkpoints.writeState(step, rank, executors, owned(step, rank, executors));
      parts.add(CheckpointPart.fromJson(part.toJson()));
    }
    return parts;
  }

  private void save(long step, int executors) throws IOException {
    checkpoints.commit(position(step, executors), parts(checkpoints, step, executors));
  }

  private Path step(long step) {
    return folder.resolve(String.format(Locale.ROOT, "checkpoints/step-%08d", step));
  }

  private long latest() throws IOException {
    return checkpoints.latest().orElseThrow().run().step();
  }

  @Test
  void filesHaveTheDocumentedLayout() throws IOException {
    save(123, 2);
    assertEquals(List.of("step-00000123"), store.list("checkpoints"));
    assertEquals(
        List.of(
            "manifest.json",
            "parameters.safetensors",
            "state-0-of-2.safetensors",
            "state-1-of-2.safetensors"),
        store.list("checkpoints/step-00000123"));
    String manifest = Files.readString(step(123).resolve("manifest.json"));
    for (String field : List.of("\"step\" : 123", "recipe_digest", "chunk_size", "sha256")) {
      assertTrue(manifest.contains(field), manifest);
    }
    assertEquals(position(123, 2), checkpoints.latest().orElseThrow().run());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 5, 16})
  void anotherNumberOfExecutorsReadsTheSameState(int executors) throws IOException {
    save(7, 3);
    Checkpoint checkpoint = checkpoints.open(7);
    INDArray back = Nd4j.create(DataType.FLOAT, LAYOUT.length());
    checkpoint.readParameters(LAYOUT, back);
    assertArrayEquals(flat(7).toFloatVector(), back.toFloatVector());
    for (int rank = 0; rank < executors; rank++) {
      Map<StateKey, INDArray> expected = owned(7, rank, executors);
      Map<StateKey, INDArray> got = new HashMap<>();
      expected.forEach((key, array) -> got.put(key, Nd4j.create(DataType.FLOAT, array.length())));
      checkpoint.readState(got);
      assertEquals(expected, got);
    }
  }

  @Test
  void equalStateGivesEqualBytes() throws IOException {
    save(1, 2);
    byte[] first = Files.readAllBytes(step(1).resolve("state-1-of-2.safetensors"));
    save(1, 2);
    assertArrayEquals(first, Files.readAllBytes(step(1).resolve("state-1-of-2.safetensors")));
    assertEquals(List.of("step-00000001"), store.list("checkpoints"));
  }

  @Test
  void onlyTheLatestAreKept() throws IOException {
    for (long step : new long[] {5, 10, 15, 20, 25}) {
      save(step, 1);
    }
    assertEquals(List.of(25L, 20L, 15L), checkpoints.steps());
    assertEquals(25, latest());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "manifest.json",
        "parameters.safetensors",
        "state-0-of-2.safetensors",
        "state-1-of-2.safetensors"
      })
  void aDamagedFileIsNamedAndTheEarlierCheckpointIsUsed(String name) throws IOException {
    save(1, 2);
    save(2, 2);
    Path file = step(2).resolve(name);
    byte[] sound = Files.readAllBytes(file);
    byte[] flipped = sound.clone();
    flipped[sound.length / 2 + 1] ^= 4;
    List<byte[]> damages = new ArrayList<>();
    damages.add(flipped);
    damages.add(Arrays.copyOf(sound, sound.length / 2));
    damages.add(new byte[0]);
    try (Warnings warnings = new Warnings(Checkpoints.class)) {
      for (byte[] damage : damages) {
        Files.write(file, damage);
        assertEquals(1, latest());
      }
      Files.delete(file);
      assertEquals(1, latest());
      assertEquals(4, warnings.messages().size());
      for (String warning : warnings.messages()) {
        assertTrue(warning.contains(file.toString()), warning);
      }
    }
    Files.write(file, sound);
    assertEquals(2, latest());
  }

  @Test
  void withoutAValidCheckpointThereIsNone() throws IOException {
    assertEquals(Optional.empty(), checkpoints.latest());
    save(1, 1);
    Files.delete(step(1).resolve("manifest.json"));
    assertEquals(Optional.empty(), checkpoints.latest());
    assertThrows(DamagedFileException.class, () -> checkpoints.open(1));
  }

  @Test
  void aManifestInTheWrongFolderIsRefused() throws IOException {
    save(1, 1);
    store.rename("checkpoints/step-00000001", "checkpoints/step-00000002");
    IOException e = assertThrows(DamagedFileException.class, () -> checkpoints.open(2));
    assertTrue(e.toString().contains("step: expected 2, got 1"), e::toString);
  }

  @Test
  void uncommittedCheckpointsAreNotListed() throws IOException {
    save(1, 2);
    List<CheckpointPart> parts = parts(checkpoints, 2, 2);
    assertEquals(1, latest());
    assertEquals(List.of(".step-00000002.tmp", "step-00000001"), store.list("checkpoints"));
    // A restart with another number of executors overwrites the same step.
    checkpoints.writeState(2, 2, 3, owned(2, 2, 3));
    checkpoints.commit(position(2, 2), parts);
    assertEquals(2, latest());
    assertEquals(4, store.list("checkpoints/step-00000002").size());
    parts(checkpoints, 3, 1);
    checkpoints.clean();
    assertEquals(List.of("step-00000001", "step-00000002"), store.list("checkpoints"));
  }

  @Test
  void aCommitWithoutEveryPartIsRefused() throws IOException {
    save(1, 2);
    List<CheckpointPart> parts = parts(checkpoints, 2, 2);
    RunPosition run = position(2, 2);
    List<CheckpointPart> two = parts.subList(0, 2);
    assertThrows(IllegalArgumentException.class, () -> checkpoints.commit(run, two));
    Path cut = folder.resolve("checkpoints/.step-00000002.tmp/state-1-of-2.safetensors");
    Files.write(cut, new byte[10]);
    IOException e = assertThrows(DamagedFileException.class, () -> checkpoints.commit(run, parts));
    assertTrue(e.toString().contains(cut.toString()), e::toString);
    assertEquals(List.of("step-00000001"), store.list("checkpoints"));
    assertEquals(1, latest());
  }

  @Test
  void aFullDiskNamesPathAndBytesAndLeavesEarlierOnesIntact() throws Exception {
    Optional<SmallDisk> mounted = SmallDisk.mount(folder, 1024);
    assumeTrue(mounted.isPresent(), "mounting a tmpfs needs root");
    try (SmallDisk disk = mounted.get()) {
      ArtifactStore small = StoreLocation.of(disk.root().toString(), new Configuration()).open();
      Checkpoints there = new Checkpoints(small, 3);
      there.commit(position(1, 2), parts(there, 1, 2));
      try (OutputStream filler = small.create("filler")) {
        filler.write(new byte[900_000]);
      }
      INDArray large = Nd4j.create(DataType.FLOAT, 100_000);
      Map<StateKey, INDArray> state = Map.of(new StateKey("momentum", 0), large);
      there.writeParameters(2, LAYOUT, flat(2));
      IOException e = assertThrows(IOException.class, () -> there.writeState(2, 0, 2, state));
      String file = disk.root() + "/checkpoints/.step-00000002.tmp/state-0-of-2.safetensors";
      assertTrue(e.toString().contains(file), e::toString);
      assertTrue(e.toString().contains("needs 400088 bytes"), e::toString);
      assertTrue(e.toString().contains("No space left on device"), e::toString);
      assertEquals(List.of("step-00000001"), small.list("checkpoints"));
      assertEquals(1, there.latest().orElseThrow().run().step());
      small.delete("filler");
      there.commit(position(2, 2), parts(there, 2, 2));
      assertEquals(2, there.latest().orElseThrow().run().step());
    }
  }

  @Test
  void aChunkInNoFileIsNamed() throws IOException {
    save(1, 2);
    Checkpoint checkpoint = checkpoints.open(1);
    INDArray target = Nd4j.create(DataType.FLOAT, CHUNK);
    IOException e =
        assertThrows(
            DamagedFileException.class,
            () -> checkpoint.readState(Map.of(new StateKey("variance", 3), target)));
    assertTrue(e.toString().contains("variance/00000003"), e::toString);
    assertTrue(e.toString().contains(step(1).toString()), e::toString);
    assertFalse(e.toString().contains("momentum"));
  }

  @Test
  void badArgumentsAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Checkpoints(store, 0));
    assertThrows(IllegalArgumentException.class, () -> new StateKey("a/b", 0));
    assertThrows(IllegalArgumentException.class, () -> checkpoints.writeState(1, 2, 2, Map.of()));
    assertThrows(IllegalArgumentException.class, () -> CheckpointPart.fromJson("[]"));
  }
}
