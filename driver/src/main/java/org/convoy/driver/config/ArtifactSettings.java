package org.convoy.driver.config;

import java.io.Serializable;
import java.util.List;
import org.convoy.artifact.formats.ArtifactFormats;
import org.convoy.settings.Checks;

/**
 * What is written beside the saved model.
 *
 * @param formats names of formats for other programs
 */
public record ArtifactSettings(List<String> formats) implements Serializable {

  /** Checks the rules. */
  public ArtifactSettings {
    formats = List.copyOf(formats);
    List<String> known = ArtifactFormats.names();
    new Checks()
        .that(
            known.containsAll(formats),
            "formats",
            "expected some of " + String.join(", ", known) + ", got " + formats)
        .that(
            formats.stream().distinct().count() == formats.size(),
            "formats",
            "expected each format once, got " + formats)
        .done();
  }
}
