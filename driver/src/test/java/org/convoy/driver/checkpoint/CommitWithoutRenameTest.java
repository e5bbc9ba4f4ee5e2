package org.convoy.driver.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.convoy.artifact.ArtifactFormat;
import org.convoy.artifact.ExportManifest;
import org.convoy.artifact.ExportOptions;
import org.convoy.artifact.FileDigest;
import org.convoy.artifact.LocalStore;
import org.convoy.artifact.ModelManifest;
import org.convoy.artifact.SavedModel;
import org.convoy.artifact.formats.ArtifactFormats;
import org.convoy.graph.Graph;
import org.convoy.graph.Parameters;
import org.convoy.graph.Shape;
import org.convoy.graph.Value;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;

/** Checkpoints and models on a store that cannot rename: nobody ever takes a part for the whole. */
class CommitWithoutRenameTest {
  private Path folder;
  private StoreWithoutRename store;
  private Checkpoints checkpoints;

  @BeforeEach
  void within(@TempDir Path folder) {
    this.folder = folder;
    this.store = new StoreWithoutRename(new LocalStore(folder));
    this.checkpoints = new Checkpoints(store, 1);
  }

  private long latest() throws IOException {
    return checkpoints.latest().map(found -> found.run().step()).orElse(0L);
  }

  @Test
  void theManifestMakesTheCheckpoint() throws IOException {
    List<CheckpointPart> parts = CheckpointsTest.parts(checkpoints, 1, 2);
    assertEquals(List.of(), checkpoints.steps());
    assertEquals(0, latest());
    checkpoints.commit(CheckpointsTest.position(1, 2), parts);
    assertEquals(List.of(1L), checkpoints.steps());
    assertEquals(1, latest());
  }

  /** With one checkpoint to keep, files of the next one do not push the committed one out. */
  @Test
  void unfinishedCheckpointsNeitherCountNorStay() throws IOException {
    List<CheckpointPart> first = CheckpointsTest.parts(checkpoints, 1, 1);
    CheckpointsTest.parts(checkpoints, 2, 1);
    checkpoints.commit(CheckpointsTest.position(1, 1), first);
    assertEquals(1, latest());
    checkpoints.clean();
    assertEquals(List.of("step-00000001"), store.list("checkpoints"));
    checkpoints.commit(CheckpointsTest.position(2, 1), CheckpointsTest.parts(checkpoints, 2, 1));
    assertEquals(List.of("step-00000002"), store.list("checkpoints"));
  }

  @Test
  void aPartThatIsNotWholeKeepsTheManifestAway() throws IOException {
    List<CheckpointPart> parts = CheckpointsTest.parts(checkpoints, 1, 1);
    Path cut = folder.resolve("checkpoints/step-00000001/" + CheckpointNames.PARAMETERS);
    Files.write(cut, new byte[10]);
    IOException e =
        assertThrows(
            IOException.class, () -> checkpoints.commit(CheckpointsTest.position(1, 1), parts));
    assertTrue(e.toString().contains(cut.toString()), e::toString);
    assertEquals(0, latest());
  }

  /** The store goes away after each number of files in turn. */
  @Test
  void halfAModelIsNone() throws IOException {
    SavedModel model = model();
    model.save(store, "whole");
    int files = store.list("whole").size();
    for (int written = 0; written < files; written++) {
      String place = "model-" + written;
      store.failAfter(written);
      assertThrows(IOException.class, () -> model.save(store, place));
      assertEquals(written, store.list(place).size());
      assertThrows(FileNotFoundException.class, () -> SavedModel.load(store, place));
    }
    store.failAfter(files);
    model.save(store, "model-0");
    assertEquals(model.weightsSha256(), SavedModel.load(store, "model-0").weightsSha256());
  }

  /**
   * The same for an export. The other program does not take a part for a model either: what it asks
   * for first comes last.
   */
  @ParameterizedTest
  @CsvSource({"mlflow,MLmodel", "triton,1/model.onnx", "djl,model.onnx"})
  void halfAnExportIsNone(String name, String needed) throws IOException {
    ArtifactFormat format = ArtifactFormats.get(name);
    SavedModel model = model();
    format.write(model, ExportOptions.PLAIN, store, "whole");
    ExportManifest whole = ExportManifest.read(store, "whole");
    for (Map.Entry<String, FileDigest> file : whole.files().entrySet()) {
      file.getValue().verify(store, "whole/" + file.getKey());
    }
    assertEquals(model.weightsSha256(), whole.weightsSha256());
    int others = whole.files().size();
    for (int written = 0; written <= others; written++) {
      String place = name + "-" + written;
      store.failAfter(written);
      assertThrows(IOException.class, () -> format.write(model, ExportOptions.PLAIN, store, place));
      assertEquals(written == others, store.exists(place + "/" + needed), place);
      assertThrows(FileNotFoundException.class, () -> ExportManifest.read(store, place));
    }
  }

  private static SavedModel model() {
    Graph graph =
        Value.input(Shape.of(3, 8, 8))
            .conv("conv1", 8, 3, 2)
            .relu()
            .globalAveragePool()
            .flatten()
            .linear("fc", 10)
            .graph("tiny");
    return new SavedModel(
        graph,
        Parameters.of(graph).initialize(1, DataType.FLOAT),
        IntStream.range(0, 10).mapToObj(i -> "class " + i).toList(),
        new ObjectMapper().createObjectNode(),
        new ModelManifest.Origin("epochs = 5\n", "0.1.0", "cafe", Map.of()));
  }
}
