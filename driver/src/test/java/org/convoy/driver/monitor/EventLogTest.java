package org.convoy.driver.monitor;

import static org.convoy.driver.monitor.SampleRun.metrics;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.BooleanNode;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The event file and the summary. */
class EventLogTest {
  private final List<String> lines = new ArrayList<>();
  private final EventLog log =
      new EventLog(
          lines::add, Clock.fixed(Instant.parse("2024-05-06T07:08:09.123456Z"), ZoneOffset.UTC));

  @Test
  void eachEventIsALineOfJson() {
    log.add(new Event.ExecutorLost("2", "connection\nclosed"));
    log.add(
        new Event.EpochDone(
            new EpochRecord(1, 9, 1.5, metrics(Double.NaN, Double.NaN, Double.NaN), 4, 2)));
    assertEquals(
        List.of(
            "{\"time\":\"2024-05-06T07:08:09.123Z\",\"event\":\"executor-lost\",\"executor\":\"2\","
                + "\"reason\":\"connection\\nclosed\"}\n",
            "{\"time\":\"2024-05-06T07:08:09.123Z\",\"event\":\"epoch\",\"epoch\":1,\"step\":9,"
                + "\"train_loss\":1.5,\"validation_loss\":null,\"top1\":null,\"top5\":null,"
                + "\"images_per_second\":4.0,\"seconds\":2.0}\n"),
        lines);
  }

  @Test
  void everyEventCanBeWritten() throws JsonProcessingException {
    List<Event> events =
        List.of(
            new Event.RunStarted("quickstart", "resnet20", 2, 0, "ab"),
            new Event.StepDone(new StepRecord(1, 1, 2.3, 0.1, 440)),
            new Event.StepTimed(1, "2", 1, new StepTimes(1, 2, 3, 4, 5, 2)),
            new Event.CheckpointSaved(1, "out/checkpoints/1"),
            new Event.BadImage("train/cat/1.jpg", "not a JPEG"),
            new Event.Restarted(1, 0, 1),
            new Event.RunFailed("no executor left"),
            new Event.RunEnded(summary(List.of())));
    events.forEach(log::add);
    for (int i = 0; i < events.size(); i++) {
      JsonNode node = new ObjectMapper().readTree(lines.get(i));
      assertEquals(events.get(i).kind(), node.path("event").asText());
      assertEquals(lines.get(i).length() - 1, lines.get(i).indexOf('\n'));
    }
  }

  @Test
  void theSummaryHoldsWhatScriptsRead() throws JsonProcessingException {
    List<String> bad = IntStream.range(0, 250).mapToObj(i -> "bad" + i + ".jpg").toList();
    RunSummary summary = summary(bad);
    JsonNode node = new ObjectMapper().readTree(summary.toJson());
    for (String key :
        List.of(
            "model",
            "precision",
            "executors",
            "epochs",
            "steps",
            "train_loss",
            "top1",
            "top5",
            "images_per_second",
            "seconds",
            "weights_sha256",
            "bad_images",
            "restarts")) {
      assertTrue(node.has(key), key);
    }
    assertTrue(node.path("top5").isNull());
    assertEquals(
        "{\"data\":1.0,\"compute\":100.0,\"exchange\":7.5,\"exchange_wait\":5.0,\"update\":2.0,\"checkpoint\":null}",
        node.path("milliseconds_per_step").toString());
    assertEquals(0.75, node.path("local_read_share").asDouble());
    assertEquals(250, node.path("bad_images").asInt());
    assertEquals(100, node.path("bad_image_names").size());
    assertEquals(BooleanNode.FALSE, node.path("same_processors"));
    assertEquals("[\"b\",\"c\"]", node.at("/processors/1/hosts").toString());
    assertEquals("none", node.at("/processors/1/kernels").asText());
    assertEquals("runs/1/model", node.path("outputs").path("model").asText());
    assertEquals(-1, summary.toJson().indexOf('\n'));
    assertEquals(node, new ObjectMapper().readTree(summary.toPrettyJson()));
  }

  static RunSummary summary(List<String> bad) {
    return new RunSummary(
        "quickstart",
        "resnet20",
        "float32",
        2,
        5,
        315,
        0.1,
        metrics(0.2, 0.97, Double.NaN),
        440,
        new StepTimes(1, 100, 7.5, 2, Double.NaN, 5),
        0.75,
        51,
        "00ff",
        "ab",
        bad.size(),
        bad,
        0,
        List.of(
            new MachineRecord(List.of("a"), "P1", "AVX2", "avx2", 2, "oneDNN 3.11.0"),
            new MachineRecord(List.of("b", "c"), "P2", "AVX-512", "none", 2, "oneDNN 3.11.0")),
        Map.of("model", "runs/1/model"));
  }
}
