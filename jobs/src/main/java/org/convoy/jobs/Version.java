package org.convoy.jobs;

import picocli.CommandLine.IVersionProvider;

/** The version that the build wrote into the jar's manifest; {@code development} outside a jar. */
public final class Version implements IVersionProvider {
  /** Only the version, as in the manifest of a saved model. */
  public static String current() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  @Override
  public String[] getVersion() {
    return new String[] {"convoy " + current()};
  }
}
