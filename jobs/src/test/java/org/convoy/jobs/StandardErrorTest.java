package org.convoy.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class StandardErrorTest {
  @Test
  void onlyTheCommandWritesOnceSparkIsBeingClosed() {
    PrintStream before = System.err;
    ByteArrayOutputStream seen = new ByteArrayOutputStream();
    System.setErr(new PrintStream(seen, true, StandardCharsets.UTF_8));
    try {
      PrintStream own = StandardError.replace();
      System.err.print("an executor was lost\n");
      StandardError.silenceAll();
      System.err.print("RejectedExecutionException\n");
      own.print("convoy: it failed\n");
    } finally {
      System.setErr(before);
    }
    assertEquals(
        "an executor was lost\nconvoy: it failed\n", seen.toString(StandardCharsets.UTF_8));
  }
}
