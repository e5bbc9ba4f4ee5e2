package org.convoy.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PackCommandTest {
  @Test
  void wrongNumbersAreToldTogether() {
    CommandLineRun run =
        CommandLineRun.of("pack", "a", "b", "--side=-1", "--quality=101", "--shard-size=0");
    assertEquals(2, run.exitCode());
    for (String option : new String[] {"--side", "--quality", "--shard-size"}) {
      assertTrue(run.err().contains(option), run::err);
    }
  }

  @Test
  void itRunsOnSpark() {
    CommandLineRun run = CommandLineRun.of("pack", "a", "b");
    assertEquals(2, run.exitCode());
    assertTrue(run.err().contains("deploy/convoy"), run::err);
  }

  @Test
  void bothPlacesAreNeeded() {
    CommandLineRun run = CommandLineRun.of("pack", "a");
    assertEquals(2, run.exitCode());
    assertTrue(run.err().contains("DEST"), run::err);
  }
}
