package org.convoy.jobs;

import picocli.CommandLine.IVersionProvider;

/** The version that the build wrote into the jar's manifest; {@code development} outside a jar. */
public final class Version implements IVersionProvider {
  /** The version alone, as it stands in a saved model's manifest. */
  public static String current() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  @Override
  public String[] getVersion() {
    return new String[] {"convoy " + current()};
  }
}
