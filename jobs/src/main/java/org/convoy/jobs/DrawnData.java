package org.convoy.jobs;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.convoy.driver.config.GenerateSettings;
import org.convoy.driver.config.Recipe;
import org.convoy.image.shapes.ShapesGenerator;
import org.convoy.image.shapes.ShapesSettings;

/** The data set of shapes that a recipe may describe. */
final class DrawnData {
  private DrawnData() {}

  /** Draws the data set that the recipe describes, if none exists. */
  static void drawIfMissing(Recipe loaded, Configuration hadoop, PrintWriter err)
      throws IOException {
    GenerateSettings generate = loaded.data().generate();
    Optional<Path> place = localPlace(loaded.data().location(), hadoop);
    if (!generate.wanted() || place.isEmpty() || Files.exists(place.get())) {
      return;
    }
    err.printf(Locale.ROOT, "drawing a data set of shapes into %s%n", place.get());
    err.flush();
    ShapesSettings settings =
        new ShapesSettings(
            generate.trainPerClass(),
            generate.validationPerClass(),
            generate.size(),
            generate.seed());
    // Draws it beside its place first, so that an interrupted drawing is never taken for a data
    // set.
    Path beside = place.get().resolveSibling("." + place.get().getFileName() + ".part");
    new ShapesGenerator(settings).write(beside);
    Files.move(beside, place.get());
  }

  /** The path on this machine, if Hadoop finds the location there. */
  private static Optional<Path> localPlace(String location, Configuration hadoop)
      throws IOException {
    org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(location);
    FileSystem files = path.getFileSystem(hadoop);
    return files instanceof LocalFileSystem
        ? Optional.of(Path.of(path.toUri().getPath()))
        : Optional.empty();
  }
}
