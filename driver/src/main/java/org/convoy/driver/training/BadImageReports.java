package org.convoy.driver.training;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.convoy.image.loader.BadImage;

/** Images that this executor found not to decode, until the driver is told of them. */
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

  /** Tells the driver what it has not been told yet. */
  void tell() {
    if (!found.isEmpty()) {
      driver.accept(new Message.BadImages(rank, List.copyOf(found)));
      found.clear();
    }
  }

  /** Ends the run where too many images were skipped; the driver hears their names first. */
  void requireFew(SkippedImages skipped) {
    if (skipped.tooMany()) {
      tell();
      throw skipped.failure();
    }
  }
}
