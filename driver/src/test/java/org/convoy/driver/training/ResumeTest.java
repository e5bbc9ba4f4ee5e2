package org.convoy.driver.training;

import static org.convoy.driver.training.SmallRuns.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.convoy.artifact.SealedJson;
import org.convoy.driver.checkpoint.Checkpoints;
import org.convoy.driver.checkpoint.RunLease;
import org.convoy.driver.checkpoint.SmallDisk;
import org.convoy.driver.checkpoint.StoreLocation;
import org.convoy.driver.checkpoint.Warnings;
import org.convoy.driver.monitor.RunSummary;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Going on in a folder that holds what it should, something else, or nothing. */
final class ResumeTest {
  private static final String[] CONSTANT = {"schedule.name=constant"};

  @RegisterExtension private static final SmallRuns runs = new SmallRuns();

  @TempDir
  @SuppressWarnings("NullAway.Init") // set before each test
  private Path folder;

  private RunSummary train(String run, boolean resume, String... overrides) throws Exception {
    return runs.train(runs.data(), folder.resolve(run), resume, overrides);
  }

  @Test
  void whatIsOnlyNamedLikeACheckpointIsPassedOver() throws Exception {
    RunSummary whole = train("whole", false, "max-steps=4");
    train("run", false, "max-steps=3");
    Path checkpoints = folder.resolve("run/checkpoints");
    Path sound = checkpoints.resolve("step-00000003");
    Files.createDirectory(checkpoints.resolve("step-00000099"));
    Files.writeString(checkpoints.resolve("step-00000098"), "a file");
    Path half = Files.createDirectory(checkpoints.resolve("step-00000097"));
    Files.copy(sound.resolve("parameters.safetensors"), half.resolve("parameters.safetensors"));
    Path cut = Files.createDirectory(checkpoints.resolve("step-00000096"));
    Files.copy(sound.resolve("manifest.json"), cut.resolve("manifest.json"));
    Path forged = Files.createDirectory(checkpoints.resolve("step-00000095"));
    try (Stream<Path> files = Files.list(sound)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.copy(file, forged.resolve(file.getFileName()));
      }
    }
    ObjectMapper json = new ObjectMapper();
    ObjectNode manifest =
        (ObjectNode) json.readTree(Files.readAllBytes(sound.resolve("manifest.json")));
    manifest.remove("sealed_sha256");
    ((ObjectNode) manifest.get("run")).put("step", 95);
    ((ObjectNode) manifest.get("run").get("progress")).remove("history");
    Files.write(forged.resolve("manifest.json"), SealedJson.write(manifest));
    try (Warnings warnings = new Warnings(Checkpoints.class)) {
      RunSummary resumed = train("run", true, "max-steps=4");
      assertEquals(whole.weightsSha256(), resumed.weightsSha256());
      for (int step = 95; step <= 99; step++) {
        String name = "step-000000" + step;
        assertTrue(
            warnings.messages().stream().anyMatch(each -> each.contains(name)),
            () -> name + " in " + warnings.messages());
      }
    }
  }

  @Test
  void whereNothingIsTheRunBeginsAnewAndSaysSo() throws Exception {
    try (Warnings warnings = new Warnings(TrainingSession.class)) {
      train("run", true, "max-steps=1");
      assertEquals(1, warnings.messages().size());
      String warning = warnings.messages().get(0);
      assertTrue(warning.contains("so the run begins anew"), warning);
    }
    Path checkpoint = folder.resolve("run/checkpoints/step-00000001");
    Files.move(checkpoint, folder.resolve("elsewhere"));
    refused("holds a model and no checkpoint", "run", true, "max-steps=1");
  }

  @Test
  void moreEpochsGoOnWhereTheScheduleAllows() throws Exception {
    RunSummary whole = train("whole", false, with(CONSTANT, "epochs=2"));
    train("run", false, with(CONSTANT, "epochs=1"));
    RunSummary longer = train("run", true, with(CONSTANT, "epochs=2"));
    assertEquals(whole.weightsSha256(), longer.weightsSha256());
    assertEquals(2 * SmallRuns.STEPS_PER_EPOCH, longer.steps());
    refused("epochs: 2 there, 1 here", "run", true, with(CONSTANT, "epochs=1"));
  }

  @Test
  void moreEpochsOfACosineAreRefusedAndTheWayIsTold() throws Exception {
    train("run", false, "epochs=1");
    refused("start a new run from the saved model", "run", true, "epochs=2");
  }

  @Test
  void aFolderThatAnotherRunHoldsIsRefusedAndLeftAlone() throws Exception {
    Path run = folder.resolve("run");
    try (RunLease other =
        RunLease.acquire(
            StoreLocation.of(run.toString(), new Configuration()).open(), lost -> {})) {
      refused("is the folder of a run under way (process ", "run", false);
      try (Stream<Path> files = Files.list(run)) {
        assertEquals(List.of(RunLease.FILE), files.map(f -> f.getFileName().toString()).toList());
      }
    }
    train("run", false, "max-steps=1");
    assertFalse(Files.exists(run.resolve(RunLease.FILE)));
  }

  /** The events fill the disk first: the run fails at its next checkpoint, and can go on. */
  @ParameterizedTest
  @CsvSource({"synchronous-sum, 8000", "top-k, 40000"})
  void aFullDiskEndsTheRunByNameAndItCanGoOn(String combination, int kibibytes) throws Exception {
    Optional<SmallDisk> mounted = SmallDisk.mount(folder, kibibytes);
    Assumptions.assumeTrue(mounted.isPresent(), "mounting a tmpfs needs root");
    String form = "exchange.combine=" + combination;
    try (SmallDisk disk = mounted.get()) {
      Path run = disk.root().resolve("run");
      RunSummary whole = train("whole", false, form, "max-steps=4");
      runs.train(runs.data(), run, false, form, "max-steps=2");
      Path filler = disk.root().resolve("filler");
      assertThrows(IOException.class, () -> Files.write(filler, new byte[1024 * kibibytes]));
      IOException full =
          assertThrows(
              IOException.class, () -> runs.train(runs.data(), run, true, form, "max-steps=4"));
      assertTrue(full.toString().contains(run.resolve(RunLease.FILE).toString()), full::toString);
      try (FileChannel open = FileChannel.open(filler, StandardOpenOption.WRITE)) {
        open.truncate(open.size() - 32_000);
      }
      TrainingFailedException failure =
          assertThrows(
              TrainingFailedException.class,
              () -> runs.train(runs.data(), run, true, form, "max-steps=4"));
      String unwritten = "could not write " + run.resolve("checkpoints/.step-00000004.tmp");
      assertTrue(failure.toString().contains(unwritten), failure::toString);
      Files.delete(filler);
      RunSummary resumed = runs.train(3, runs.data(), run, true, form, "max-steps=4");
      assertEquals(whole.weightsSha256(), resumed.weightsSha256());
      for (String line : Files.readAllLines(run.resolve("events.jsonl"))) {
        new ObjectMapper().readTree(line);
      }
    }
  }

  private void refused(String reason, String run, boolean resume, String... overrides) {
    SmallRuns.refused(reason, () -> train(run, resume, overrides));
  }
}
