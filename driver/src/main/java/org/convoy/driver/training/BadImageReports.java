package org.convoy.driver.training;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.convoy.image.loader.BadImage;

/** Images that did not decode on this executor, until they are reported to the driver. */
final class BadImageReports {
  private final int rank;
  private final Consumer<Message> driver;
  private final List<BadImage> found = new ArrayList<>();

  BadImageReports(int rank, Consumer<Message> driver) {
    this.rank = rank;
    this.driver = driver;
  }

  void add(List<BadImage> images) {
    found.addAll(images);
  }

  /** Reports the images that have not been reported yet. */
  void tell() {
    if (!found.isEmpty()) {
      driver.accept(new Message.BadImages(rank, List.copyOf(found)));
      found.clear();
    }
  }

  /** Ends the run if too many images were skipped. Their names are reported to the driver first. */
  void requireFew(SkippedImages skipped) {
    if (skipped.tooMany()) {
      tell();
      throw skipped.failure();
    }
  }
}
