package org.convoy.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.util.ShutdownHookManager;
import org.junit.jupiter.api.Test;

/** A driver whose launcher was killed, in separate processes. */
final class LauncherTest {
  private static final long SECONDS = 30;

  @Test
  void theDriverEndsWithItsLauncher() throws Exception {
    Process launcher = new ProcessBuilder("sleep", "600").start();
    Process driver = driver(launcher.pid());
    try {
      assertEquals('.', driver.getInputStream().read(), "the driver follows");
      assertTrue(driver.isAlive());
      launcher.destroyForcibly();
      assertTrue(driver.waitFor(SECONDS, TimeUnit.SECONDS), "the driver trains on unseen");
      assertEquals(1, driver.exitValue());
      String told = new String(driver.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals("convoy: the launcher was killed, so the run ends\n", told);
    } finally {
      launcher.destroyForcibly();
      driver.destroyForcibly();
    }
  }

  @Test
  void aLauncherThatEndedEarlierIsNoticedAtOnce() throws Exception {
    Process launcher = new ProcessBuilder("true").start();
    launcher.waitFor();
    Process driver = driver(launcher.pid());
    try {
      assertTrue(driver.waitFor(SECONDS, TimeUnit.SECONDS));
      assertEquals(1, driver.exitValue());
    } finally {
      driver.destroyForcibly();
    }
  }

  @Test
  void theLastLineOfADriverThatASignalEndsIsConvoys() throws Exception {
    Process driver = driver(ProcessHandle.current().pid());
    try {
      assertEquals('.', driver.getInputStream().read());
      driver.toHandle().destroy();
      assertTrue(driver.waitFor(SECONDS, TimeUnit.SECONDS));
      assertEquals(143, driver.exitValue());
      String told = new String(driver.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals("convoy: a signal ends the command\n", told);
    } finally {
      driver.destroyForcibly();
    }
  }

  private static Process driver(long launcher) throws Exception {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-Dconvoy.launcher=" + launcher,
            "-cp",
            System.getProperty("java.class.path"),
            Driver.class.getName())
        .start();
  }

  /** Follows the launcher, prints a dot, and would run for ten minutes. Its end is noisy. */
  static final class Driver {
    private static final int SPARKS_PRIORITY = FileSystem.SHUTDOWN_HOOK_PRIORITY + 30;

    private Driver() {}

    public static void main(String[] arguments) throws InterruptedException {
      StandardError.replace();
      ShutdownHookManager.get()
          .addShutdownHook(() -> System.err.println("an executor was lost"), SPARKS_PRIORITY);
      Launcher.follow();
      System.out.print('.');
      System.out.flush();
      Thread.sleep(600_000);
    }
  }
}
