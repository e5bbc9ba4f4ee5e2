package org.convoy.artifact;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A real file system of a few pages (tmpfs) that runs out of space. Only root can mount it. */
final class SmallDisk implements AutoCloseable {
  private final Path root;

  private SmallDisk(Path root) {
    this.root = root;
  }

  static Optional<SmallDisk> mount(Path parent, int kibibytes) throws Exception {
    Path root = Files.createDirectory(parent.resolve("small"));
    boolean mounted =
        run("mount", "-t", "tmpfs", "-o", "size=" + kibibytes + "k", "tmpfs", root.toString());
    return mounted ? Optional.of(new SmallDisk(root)) : Optional.empty();
  }

  Path root() {
    return root;
  }

  @Override
  public void close() throws Exception {
    if (!run("umount", root.toString())) {
      throw new IOException("could not unmount " + root);
    }
  }

  private static boolean run(String... command) throws InterruptedException {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getInputStream().transferTo(OutputStream.nullOutputStream());
      return process.waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
